import type { Instant } from "../../domain/instant.ts";
import type { AdvisoryLine, AdvisoryQuestion, IntroducedLine, Remedy } from "../../domain/pages/advisory-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { Advisory } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html, safeUrl } from "../html.ts";
import type { Address } from "../parts/address.ts";
import { badge, SEVERITIES, STATES } from "../parts/badge.ts";
import { dataTable } from "../parts/data-table.ts";
import { filters, searchField } from "../parts/filters.ts";
import { candidatePath, componentsPath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { number, paging } from "../parts/paging.ts";
import { places } from "../parts/places.ts";
import { select } from "../parts/select.ts";
import { ago, when } from "../parts/when.ts";
import { count, list, shortVersion } from "../words.ts";

/** What the page is told. `asked`: anything narrows the list. */
export type AdvisoriesPage = {
  readonly lines: Listed<AdvisoryLine>;
  readonly introduced: readonly IntroducedLine[];
  /** Everything that is installed was asked about once. */
  readonly complete: boolean;
  readonly question: AdvisoryQuestion;
  readonly projects: readonly string[];
  readonly address: Address;
  readonly now: Instant;
};

/** Advisories about what is installed, overdue first, and those that candidates would bring in. */
export function advisoriesPage(page: AdvisoriesPage): Html {
  const { lines, introduced, address } = page;
  return html`<p class="lead">Known advisories about what the watched projects take, the most urgent first. Times to answer run from first sight here; <a href="/settings">settings</a> say how long they are.</p>
${questions(page)}
<section class="panel">${lines.total === 0 ? nothing(page) : table(page)}${paging(address, lines, "Pages of advisories")}</section>
${introduced.length > 0 && introducedSection(introduced, page.now)}`;
}

function questions({ question, projects, address }: AdvisoriesPage): Html {
  return filters(address, [
    searchField("q", "q", "Component or advisory", question.text ?? ""),
    select({
      ...{ id: "urgency", label: "Answer", name: "urgency", value: question.urgency ?? "" },
      options: [
        ["", "All"],
        ["overdue", "Overdue"],
        ["due", "Due later"],
        ["undated", "With the next major version"],
      ],
    }),
    projects.length > 1 &&
      select({
        ...{ id: "project", label: "Project", name: "project", value: question.project ?? "" },
        options: [["", "All"], ...projects.map((id) => [id, id] as const)],
      }),
  ]);
}

function nothing({ question: { text, urgency, project }, complete }: AdvisoriesPage): Html {
  if (!complete)
    return empty(
      "Not everything was asked about yet.",
      html`Advisories are asked for every hour; <a href="/problems">Problems</a> says why there was no answer.`,
    );
  return text === undefined && urgency === undefined && project === undefined
    ? empty(
        "No advisory is known about what is installed.",
        "They are asked for every hour; Problems says when they could not be.",
      )
    : empty("No advisory answers this.", html`<a href="/advisories">Show all</a>`);
}

function table({ lines, now }: AdvisoriesPage): Html {
  return dataTable({
    id: "advisories",
    caption: `${number(lines.total)} ${lines.total === 1 ? "advisory" : "advisories"} about installed versions`,
    rows: lines.rows,
    columns: [
      { heading: "Due", cell: (line) => due(line, now) },
      { heading: "Advisory", row: true, cell: ({ advisory }) => [link(advisory), html`<br>${risk(advisory)}`] },
      {
        heading: "Component",
        cell: ({ upstream, version, project }) =>
          html`<a href="${componentsPath(upstreamLabel(upstream))}">${upstreamLabel(upstream)}</a> <code>${shortVersion(version)}</code> <span class="quiet">${project}</span>`,
      },
      { heading: "What it is", cell: ({ advisory }) => advisory.summary },
      { heading: "Answer", cell: answer },
      { heading: "Places", cell: (line) => places(line.places) },
    ],
  });
}

function due({ dueAt, since }: AdvisoryLine, now: Instant): Html {
  if (dueAt === undefined) return html`next major version<br><span class="quiet">known ${ago(since, now)}</span>`;
  return dueAt <= now
    ? html`${badge({ word: "overdue", tone: "urgent", shape: "triangle" })}<br><span class="quiet">due ${ago(dueAt, now)}</span>`
    : when(dueAt, now);
}

function link({ id, url, aliases }: Advisory): Html {
  const safe = safeUrl(url);
  const also = aliases.filter((one) => one !== id).slice(0, 2);
  return html`${safe === undefined ? id : html`<a href="${safe}" rel="noreferrer">${id}</a>`}${also.length > 0 && html` <span class="quiet">${list(also)}</span>`}`;
}

/** How bad, and how likely: what CISA lists is exploited already; EPSS is a chance within 30 days. */
function risk({ id, severity, exploited, exploitProbability }: Advisory): Html {
  return html`${id.startsWith("MAL-") ? badge({ word: "malware", tone: "urgent", shape: "cross" }) : badge(SEVERITIES[severity])}${exploited === true && html` ${badge({ word: "exploited (KEV)", tone: "urgent", shape: "triangle" })}`}${exploitProbability !== undefined && html` <span class="quiet nowrap">EPSS ${(exploitProbability * 100).toFixed(1)}%</span>`}`;
}

function answer({ fix, advisory }: AdvisoryLine): Html {
  if (fix !== undefined) return html`${remedy(fix)}`;
  if (advisory.fixedIn.length === 0) return html`<span class="quiet">no fixed version is known</span>`;
  return html`fixed in <code>${list(advisory.fixedIn, 3)}</code><br><span class="quiet">no candidate yet</span>`;
}

function remedy({ id, to, state }: Remedy): Html {
  return html`<a href="${candidatePath(id)}">${shortVersion(to)}</a> ${badge(STATES[state])}`;
}

function introducedSection(introduced: readonly IntroducedLine[], now: Instant): Html {
  return html`<section class="panel"><h2>Would be brought in</h2><p class="quiet">${count(introduced.length, "candidate has", "candidates have")} advisories that the installed version has not.</p>${dataTable(
    {
      id: "introduced",
      caption: "Candidates with advisories of their own",
      rows: introduced,
      columns: [
        {
          heading: "Candidate",
          row: true,
          cell: ({ upstream, candidate }) => html`${upstreamLabel(upstream)} ${remedy(candidate)}`,
        },
        { heading: "Project", cell: ({ project }) => project },
        {
          heading: "Advisories",
          cell: ({ advisories }) =>
            advisories.map(
              (one) =>
                html`<div>${link(one)} ${risk(one)}${one.publishedAt !== undefined && html` <span class="quiet">published ${ago(one.publishedAt, now)}</span>`}</div>`,
            ),
        },
      ],
    },
  )}</section>`;
}
