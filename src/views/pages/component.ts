import { ALERTS } from "../../domain/alert-words.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ComponentDetail, PinnedPlace } from "../../domain/pages/component-page.ts";
import type { CandidateLine } from "../../domain/pages/overview.ts";
import type { Vouch } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { timelineChart } from "../charts/timeline.ts";
import { type Html, html, safeUrl } from "../html.ts";
import type { Visitor } from "../layout.ts";
import { ALERT_STATES, badge, SEVERITIES, STATES } from "../parts/badge.ts";
import { dataTable } from "../parts/data-table.ts";
import { decisionForm, nameField, type Refused } from "../parts/decision-form.ts";
import { facts } from "../parts/facts.ts";
import { linkedHistory } from "../parts/history.ts";
import { candidatePath, componentPath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { outcome, type ShownOutcome } from "../parts/outcome.ts";
import { panel } from "../parts/panel.ts";
import { reasonForm } from "../parts/reason-form.ts";
import { trustCard } from "../parts/trust-card.ts";
import { when } from "../parts/when.ts";
import { withCalls } from "../parts/with-calls.ts";
import { upstreamPage } from "../upstream-page.ts";
import { count, list, STEPS, shortVersion } from "../words.ts";

/** What the page is told. `notes`: the beginning of the release notes of what comes next, made harmless. `came`: what came of a form that was just sent. */
export type ComponentPage = {
  readonly detail: ComponentDetail;
  readonly notes: Html | undefined;
  readonly visitor: Visitor;
  readonly came?: ShownOutcome;
  readonly refused?: Refused;
  readonly now: Instant;
};

/** One component: its versions over time, what is known of its upstream, where it is written, what was decided. */
export function componentPage({ detail, notes, visitor, came, refused, now }: ComponentPage): Html {
  const { row, timeline, candidates } = detail;
  const path = componentPath(row);
  const leading = candidates.find((one) => one.id === row.candidate);
  return html`${outcome(came, path)}
${summary(detail, now)}
<section class="panel">${timelineChart("timeline", timeline) || noVersion(detail)}</section>
${alerts(detail, now)}
<div class="sides"><div>${panel("candidates-heading", "What is newer", newer(candidates, now))}${notes !== undefined && leading !== undefined && notesPanel(notes, leading)}</div>
${leading !== undefined && panel("decide-heading", `Your word on ${shortVersion(leading.to)}`, decisionForm(leading, visitor, undefined))}</div>
${panel("places-heading", "Places", places(detail.places))}
${panel("trust-heading", "Project trust", html`${trustCard(detail.score, detail.weights, now)}${askForm(path, visitor)}`)}
${panel("vouches", "Relationships of trust", html`${vouches(detail.vouches, now)}${vouchForm(path, visitor, refused)}`)}
${panel("history", "History", linkedHistory(detail.history, now))}`;
}

function noVersion({ lastPolledAt }: ComponentDetail): Html {
  return lastPolledAt === undefined
    ? empty("No version is known yet.", "It is shown as soon as its upstream was asked.")
    : empty("Its upstream names no version.", "There is no release and no tag that reads as one.");
}

function summary({ row, lastPolledAt, unknown }: ComponentDetail, now: Instant): Html {
  const page = upstreamPage(row.upstream);
  return facts([
    ["Project", row.project],
    [
      "Upstream",
      html`<code>${row.upstream}</code>${page !== undefined && html` <a href="${page}" rel="noreferrer">its page</a>`}`,
    ],
    ["Current", row.current.length === 0 ? "no version is written" : list(row.current.map(shortVersion))],
    ["Latest", row.latest ?? (row.state === "current" && "the same")],
    [
      "Behind",
      row.lag !== undefined &&
        row.lag > 0 &&
        html`${count(row.lag, "release")}${row.behindSince !== undefined && html`, since ${when(row.behindSince, now)}`}`,
    ],
    ["Asked", lastPolledAt === undefined ? "never" : when(lastPolledAt, now)],
    [
      "Not looked at",
      unknown.length > 0 && html`<ul class="plain">${unknown.map((reason) => html`<li>${reason}</li>`)}</ul>`,
    ],
  ]);
}

function alerts({ alerts: all }: ComponentDetail, now: Instant): Html | undefined {
  if (all.length === 0) return undefined;
  const items = all.map(
    ({ class: kind, severity, state, summary: said, openedAt, next }) =>
      html`<li>${badge(SEVERITIES[severity])} ${badge(ALERT_STATES[state])} <strong>${ALERTS[kind]}</strong>: ${said} <span class="quiet">${when(openedAt, now)}</span>${state === "open" && html`<p>${withCalls(next)} <a href="/integrity">Answer it</a>.</p>`}</li>`,
  );
  return panel("alerts", "What happened to it", html`<ul class="items">${items}</ul>`);
}

function newer(lines: readonly CandidateLine[], now: Instant): Html {
  if (lines.length === 0)
    return empty("Nothing newer is known.", "A newer version appears here with the decision about it.");
  const items = lines.map(({ id, from, to, step, state, until, reason, url }) => {
    const pull = safeUrl(url);
    return html`<li>${badge(STATES[state])} <a href="${candidatePath(id)}">${list(from.map(shortVersion), 3)} → ${shortVersion(to)}</a> <span class="quiet">${STEPS[step]}${until !== undefined && html`, until ${when(until, now)}`}</span>${pull !== undefined && html` <a href="${pull}" rel="noreferrer">Pull request</a>`}${reason !== undefined && html`<p>${reason}</p>`}</li>`;
  });
  return html`<ul class="items">${items}</ul>`;
}

function notesPanel(notes: Html, { id, to }: CandidateLine): Html {
  return panel(
    "notes",
    `Release notes up to ${shortVersion(to)}`,
    html`${notes}<p><a href="${`${candidatePath(id)}#notes`}">All of them, and the change</a></p>`,
  );
}

const PRECISION: Readonly<Record<PinnedPlace["precision"], string>> = {
  exact: "exact",
  range: "a range",
  floating: "whatever is newest",
  branch: "a branch",
};

function places(all: readonly PinnedPlace[]): Html {
  return dataTable<PinnedPlace>({
    id: "places",
    caption: `${all.length} ${all.length === 1 ? "place decides" : "places decide"} its version`,
    rows: all,
    columns: [
      { heading: "Place", row: true, cell: placeOf },
      { heading: "Name", cell: ({ name }) => html`<code>${name}</code>` },
      { heading: "As written", cell: ({ text, digest }) => written(text, digest) },
      { heading: "What it takes", cell: ({ precision }) => PRECISION[precision] },
      { heading: "Lock file", cell: ({ lockedBy }) => lockedBy ?? "" },
    ],
  });
}

function placeOf({ path, line, url }: PinnedPlace): Html {
  const words = html`<code>${path}:${line}</code>`;
  const safe = safeUrl(url);
  return safe === undefined ? words : html`<a href="${safe}" rel="noreferrer">${words}</a>`;
}

function written(text: string, digest: string | undefined): Html {
  const content = digest !== undefined && digest !== text && html` <span class="quiet">${shortVersion(digest)}</span>`;
  return html`${text === "" ? html`<span class="quiet">nothing</span>` : html`<code>${shortVersion(text)}</code>`}${content}`;
}

function askForm(action: string, { form }: Visitor): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="form" value="${form}"><button name="action" value="ask">Look at it now</button></form>`;
}

function vouches(all: readonly Vouch[], now: Instant): Html {
  if (all.length === 0)
    return empty("Nobody has vouched for it.", "Who knows the people there can say so: it is one signal of many.");
  const items = all.map(
    ({ by, points, reason, since, until }) =>
      html`<li><strong>${by}</strong>: ${Math.round(points * 10)} of 10, ${when(since, now)}${until !== undefined && html`, until ${when(until, now)}`}<p>${reason}</p></li>`,
  );
  return html`<ul class="items">${items}</ul>`;
}

function vouchForm(action: string, visitor: Visitor, refused: Refused | undefined): Html {
  const options = Array.from(
    { length: 11 },
    (_, points) => html`<option${points === 7 && html` selected`}>${points}</option>`,
  );
  return html`<details${refused !== undefined && html` open`}><summary>Vouch for it</summary>${reasonForm({
    id: "vouch",
    action,
    hidden: { form: visitor.form },
    name: "action",
    buttons: [{ value: "vouch", words: "Vouch" }],
    until: true,
    hint: "Whom you know there, and how. It is kept with your name, and shortens no wait below its least.",
    ...(refused !== undefined && { reason: refused.reason, wrong: refused.wrong }),
    more: html`${nameField("vouch", refused?.by ?? visitor.person)}<div><label for="vouch-points">Points, 0 (no trust) to 10</label><select id="vouch-points" name="points">${options}</select></div>`,
  })}</details>`;
}

/** `example/tool in suite`: the page's heading. */
export function componentTitle({ row }: ComponentDetail): string {
  return `${upstreamLabel(row.upstream)} in ${row.project}`;
}
