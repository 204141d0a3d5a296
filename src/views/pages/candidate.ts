import type { Reason } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import type { CandidateView, ChangeView } from "../../domain/pages/candidate-page.ts";
import type { Advisory } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html, safeUrl } from "../html.ts";
import type { Visitor } from "../layout.ts";
import { badge, deliveryState, SEVERITIES, VERDICTS } from "../parts/badge.ts";
import { change } from "../parts/change.ts";
import { checkTable } from "../parts/checks.ts";
import { dataTable } from "../parts/data-table.ts";
import { decisionForm, type Refused } from "../parts/decision-form.ts";
import { facts } from "../parts/facts.ts";
import { history } from "../parts/history.ts";
import { linkedPlaces } from "../parts/linked-places.ts";
import { candidatePath, componentPath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { outcome, type ShownOutcome } from "../parts/outcome.ts";
import { panel } from "../parts/panel.ts";
import { trustBar } from "../parts/trust-bar.ts";
import { when } from "../parts/when.ts";
import { comparePage } from "../upstream-page.ts";
import { channelTitle, count, decidedBy, list, STEPS, shortVersion, title } from "../words.ts";

/** What the page is told. `notes`: release notes, made harmless. `came`: what came of a form that was just sent. */
export type CandidatePage = {
  readonly view: CandidateView;
  readonly change: ChangeView;
  readonly notes: Html | undefined;
  readonly visitor: Visitor;
  readonly came?: ShownOutcome;
  readonly refused?: Refused;
  readonly now: Instant;
};

/** `example/tool 1.0 → 1.1`: the page's heading. */
export function candidateTitle({ candidate }: CandidateView): string {
  const from = list(candidate.from.map(shortVersion), 3);
  return `${upstreamLabel(candidate.to.upstream)} ${from} → ${shortVersion(candidate.to.version)}`;
}

/** One possible move: why it is decided as it is, what it changes, and what people can say of it. */
export function candidatePage(page: CandidatePage): Html {
  const { view, now, visitor, refused } = page;
  return html`${outcome(page.came, candidatePath(view.id))}
${summary(view, now)}
<div class="sides">${decision(view, now)}
${panel("decide-heading", "Your word", decisionForm(view, visitor, refused))}</div>
${advisories(view)}
${panel("change", "The change as it will be committed", change(page.change, `${candidatePath(view.id)}?change=wait`))}
${panel("checks-heading", "Checks", checkTable(view.card.checks))}
${panel("notes", "Release notes", page.notes ?? empty("No release notes were found.", notesElsewhere(view)))}
${panel("deliveries-heading", "Pull request and deliveries", deliveries(view, now))}
${panel("history", "History", history(view.history, now))}`;
}

function summary(
  { candidate, project, componentKey, card, firstSeenAt, url, places }: CandidateView,
  now: Instant,
): Html {
  const { to, step, between } = candidate;
  const pull = safeUrl(url);
  const published = to.publishedAt === undefined ? undefined : when(to.publishedAt, now);
  return facts([
    [
      "Component",
      html`<a href="${componentPath({ project, key: componentKey })}">${upstreamLabel(to.upstream)} in ${project}</a>`,
    ],
    ["Step", html`${STEPS[step]}, ${count(between.length, "release")} further`],
    ["Published", published],
    ["First seen", when(firstSeenAt, now)],
    ["Project trust", trustBar(card.score)],
    ["Pull request", pull !== undefined && html`<a href="${pull}" rel="noreferrer">${pull}</a>`],
    ["Places", linkedPlaces(places)],
  ]);
}

function decision({ decision: made, until, whys }: CandidateView, now: Instant): Html {
  if (made === undefined)
    return panel("decision", "Decision", empty("It was never decided.", "The next plan decides it."));
  const ends = made.until ?? until;
  const head = html`<p>${badge(VERDICTS[made.verdict])} by ${decidedBy(made)}${ends !== undefined && html`, until ${when(ends, now)}`}</p>`;
  return panel(
    "decision",
    "Decision",
    html`${head}<ul class="items">${made.reasons.map((reason) => reasonItem(reason, whys, now))}</ul>`,
  );
}

function reasonItem({ rule, level, summary: said, until }: Reason, whys: CandidateView["whys"], now: Instant): Html {
  const why = level === "note" ? undefined : own(whys, rule);
  return html`<li>${said} <span class="quiet">${title(rule)}${until !== undefined && html`, until ${when(until, now)}`}</span>${why !== undefined && html`<p class="quiet">Why it matters: ${why}</p>`}</li>`;
}

function advisories({ candidate: { fixes, introduces } }: CandidateView): Html | undefined {
  if (fixes.length + introduces.length === 0) return undefined;
  const item = (advisory: Advisory) => {
    const url = safeUrl(advisory.url);
    const name = url === undefined ? advisory.id : html`<a href="${url}" rel="noreferrer">${advisory.id}</a>`;
    return html`<li>${badge(SEVERITIES[advisory.severity])} ${name}: ${advisory.summary}</li>`;
  };
  return panel(
    "advisories",
    "Advisories",
    html`${fixes.length > 0 && html`<h3>It fixes</h3><ul class="items">${fixes.map(item)}</ul>`}
${introduces.length > 0 && html`<h3>It has</h3><ul class="items">${introduces.map(item)}</ul>`}`,
  );
}

/** Where to look when nobody wrote any. */
function notesElsewhere({ candidate: { to, from } }: CandidateView): Html {
  const page = safeUrl(to.notesUrl) ?? comparePage(to.upstream, from[0] ?? "", to.tag);
  return page === undefined
    ? html`Its upstream has no page that we know.`
    : html`<a href="${page}" rel="noreferrer">Look at what changed</a>.`;
}

function deliveries({ deliveries: made }: CandidateView, now: Instant): Html {
  if (made.length === 0) return empty("Nothing was sent.", "What is proposed is delivered with the next cycle.");
  return dataTable({
    id: "deliveries",
    caption: html`<span class="hidden">Deliveries</span>`,
    rows: [...made].reverse(),
    columns: [
      { heading: "When", row: true, cell: ({ at }) => when(at, now) },
      { heading: "Channel", cell: ({ channel }) => channelTitle(channel) },
      { heading: "State", cell: ({ state, error }) => badge(deliveryState(state, error)) },
      {
        heading: "Said",
        cell: ({ url, error }) => {
          const safe = safeUrl(url);
          return html`${safe !== undefined && html`<a href="${safe}" rel="noreferrer">${safe}</a> `}${error}`;
        },
      },
    ],
  });
}
