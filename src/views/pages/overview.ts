import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { Instant } from "../../domain/instant.ts";
import type { CandidateLine, NextRun, Overview, ProjectLine, Some } from "../../domain/pages/overview.ts";
import type { Progress } from "../../domain/pages/progress.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { courseChart } from "../charts/course.ts";
import { freshnessChart } from "../charts/freshness.ts";
import { lagChart } from "../charts/lag.ts";
import { type Hole, type Html, html, safeUrl } from "../html.ts";
import { badge, SEVERITIES, STATES } from "../parts/badge.ts";
import { dataTable } from "../parts/data-table.ts";
import { candidatePath } from "../parts/links.ts";
import type { Tone } from "../parts/mark.ts";
import { empty, nothingHeard, notice } from "../parts/notice.ts";
import { number } from "../parts/paging.ts";
import { progressPanel } from "../parts/progress.ts";
import { ago, when } from "../parts/when.ts";
import { withCalls } from "../parts/with-calls.ts";
import { count, list, STEPS, shortVersion } from "../words.ts";

/** The first page: what needs somebody, what is on its way, and whether what it says is fresh. */
export function overviewPage(overview: Overview, nextRuns: readonly NextRun[], progress: Progress, now: Instant): Html {
  return html`${tally(overview)}
${overview.projects.filter(({ failure }) => failure !== undefined).map((project) => unread(project, now))}
<div class="sides"><div>${needs(overview, now)}${proposed(overview.proposed, now)}</div>
<div>${chart(freshnessChart("freshness", overview.freshness, now), "Freshness", "No upstream has been asked yet.")}
${chart(lagChart("lag", overview.lag), "Lag", "Nothing was planned yet.")}</div></div>
${chart(courseChart("course", overview.standings), "Lag and freshness over time", "Two days are needed to draw it.", "How everything stands is kept once a day; from tomorrow on it is drawn here.")}
${projects(overview.projects, now)}
<div class="grid">${progressPanel(progress, "/")}${runs(nextRuns, now)}${limits(overview, now)}</div>`;
}

/** Five numbers, the loudest first; each leads to what it counts. */
function tally({ overdue, alarms, states, held, proposed: open }: Overview): Html {
  const entry = (amount: number, tone: Tone, words: string, path: string) =>
    html`<li class="${amount === 0 ? "calm" : tone}"><strong>${number(amount)}</strong><a href="${path}">${words}</a></li>`;
  const waiting = (state: CandidateState) => states[state] ?? 0;
  return html`<ul class="tally">${[
    entry(
      overdue.total,
      "urgent",
      overdue.total === 1 ? "overdue advisory" : "overdue advisories",
      "/advisories?urgency=overdue",
    ),
    entry(alarms.total, "urgent", alarms.total === 1 ? "alarm that stands" : "alarms that stand", "/integrity"),
    entry(held.total, "careful", "held, for you to decide", "/components?state=held"),
    entry(open.total, "info", "proposed, to review", "/components?state=proposed"),
    entry(waiting("waiting"), "calm", "waiting for their time", "/components?state=waiting"),
  ]}</ul>`;
}

function unread({ id, failure }: ProjectLine, now: Instant): Hole {
  if (failure === undefined) return undefined;
  return notice(
    "urgent",
    `${id} could not be read`,
    html`${withCalls(failure.message)} So it is since ${when(failure.since, now)}; it is read again by itself as soon as it can be.`,
  );
}

const LOUDEST: readonly Alert["severity"][] = ["critical", "high", "medium", "low"];

function needs({ alarms, overdue, held, proposed: open, freshness }: Overview, now: Instant): Html {
  const loud = [...overdue.first, ...alarms.first].sort(
    (a, b) => LOUDEST.indexOf(a.severity) - LOUDEST.indexOf(b.severity),
  );
  const nothing = alarms.total + overdue.total + held.total === 0;
  const heard = freshness.some(({ upstreams, silent }) => upstreams > silent);
  return panel("Needs you", [
    nothing && !heard && nothingHeard("What needs you is not known yet."),
    nothing &&
      heard &&
      empty(
        "Nothing is urgent.",
        ["No alarm stands, no advisory is overdue, and nothing is held.", reviews(open.total)].join(" "),
      ),
    html`<ul class="items">${[
      ...loud.map((alert) => alertItem(alert, now)),
      ...held.first.map((line) => candidateItem(line, now)),
    ]}</ul>`,
    more("/advisories?urgency=overdue", "overdue advisory", "overdue advisories", overdue),
    more("/integrity", "alarm", "alarms", alarms),
    more("/components?state=held", "held candidate", "held candidates", held),
  ]);
}

function reviews(open: number): string {
  return open === 0 ? "" : `${count(open, "proposal waits", "proposals wait")} for a review.`;
}

function alertItem(alert: Alert, now: Instant): Html {
  const { severity, summary, next, project, openedAt, acknowledged, id } = alert;
  return html`<li>${badge(SEVERITIES[severity])} <a href="${`/integrity#alert-${id}`}">${ALERTS[alert.class]}</a>: ${summary}
<p class="quiet">${project}, ${ago(openedAt, now)}. ${acknowledged === undefined ? withCalls(next) : `Acknowledged by ${acknowledged.by}.`}</p></li>`;
}

function proposed(lines: Some<CandidateLine>, now: Instant): Html {
  return panel("Proposed", [
    lines.total === 0 && empty("No pull request is open.", "What may move is proposed as soon as its wait is over."),
    html`<ul class="items">${lines.first.map((line) => candidateItem(line, now))}</ul>`,
    more("/components?state=proposed", "proposal", "proposals", lines),
  ]);
}

function candidateItem(
  { id, upstream, from, to, step, project, updatedAt, reason, state, url }: CandidateLine,
  now: Instant,
): Html {
  const safe = safeUrl(url);
  return html`<li>${badge(STATES[state])} <a href="${candidatePath(id)}"><strong>${upstreamLabel(upstream)}</strong> ${list(from.map(shortVersion))} → ${shortVersion(to)}</a>${safe !== undefined && html` <a href="${safe}" rel="noreferrer">pull request</a>`}
<p class="quiet">${STEPS[step]}, ${project}, ${ago(updatedAt, now)}. ${reason}</p></li>`;
}

function more<Item>(path: string, one: string, many: string, { total, first }: Some<Item>): Hole {
  return (
    total > first.length &&
    html`<p><a href="${path}">${count(total - first.length, `more ${one}`, `more ${many}`)}</a></p>`
  );
}

function chart(drawn: Html | false, title: string, nothing: string, next = "The first cycle does that."): Html {
  return html`<section class="panel">${drawn === false ? html`<h2>${title}</h2>${empty(nothing, next)}` : drawn}</section>`;
}

function projects(lines: readonly ProjectLine[], now: Instant): Html {
  return html`<section class="panel"><h2>Watched projects</h2>${dataTable<ProjectLine>({
    id: "projects",
    caption: html`<span class="hidden">Watched projects</span>`,
    rows: lines,
    columns: [
      {
        heading: "Project",
        row: true,
        cell: ({ id }) => html`<a href="${`/components?${new URLSearchParams({ project: id })}`}">${id}</a>`,
      },
      { heading: "Components", number: true, cell: ({ components }) => number(components) },
      { heading: "Held", number: true, cell: ({ id, held }) => counted(id, "held", held) },
      { heading: "Proposed", number: true, cell: ({ id, proposed }) => counted(id, "proposed", proposed) },
      { heading: "Files read", cell: ({ readAt }) => (readAt === undefined ? "never" : ago(readAt, now)) },
      {
        heading: "State",
        cell: ({ failure }) =>
          failure === undefined
            ? badge({ word: "well", tone: "good", shape: "tick" })
            : badge({ word: "not read", tone: "urgent", shape: "cross" }),
      },
    ],
  })}</section>`;
}

/** A number that leads to what it counts; none leads nowhere. */
function counted(project: string, state: "held" | "proposed", amount: number): Hole {
  if (amount === 0) return 0;
  return html`<a href="${`/components?${new URLSearchParams({ project, state })}`}">${number(amount)}<span class="hidden"> ${state} in ${project}</span></a>`;
}

function limits({ budgets, pauses }: Overview, now: Instant): Html {
  const left = budgets.map(
    ({ name, limit, remaining, resetAt }) =>
      html`<li>${name}: ${number(remaining)} of ${number(limit)} requests left, all of them again ${ago(resetAt, now)}</li>`,
  );
  const alone = pauses.map(
    ({ host, trouble, until }) =>
      html`<li>${badge({ word: "left alone", tone: "careful", shape: "bar" })} ${host}${until !== undefined && html`, asked again ${ago(until, now)}`}: ${trouble}</li>`,
  );
  const any = left.length + alone.length > 0;
  return panel(
    "Request budgets",
    any
      ? html`<ul class="plain">${alone}${left}</ul>`
      : html`<p class="quiet">No service has stated a limit lately.</p>`,
  );
}

function runs(nextRuns: readonly NextRun[], now: Instant): Hole {
  if (nextRuns.length === 0) return undefined;
  return panel(
    "Next runs",
    html`<ul class="plain">${nextRuns.map(({ what, at }) => html`<li>${what} ${ago(at, now)}</li>`)}</ul>`,
  );
}

function panel(title: string, body: Hole): Html {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return html`<section class="panel" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}
