import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { IntegrityNote, IntegrityQuestion } from "../../domain/pages/integrity-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html } from "../html.ts";
import type { Visitor } from "../layout.ts";
import type { Address } from "../parts/address.ts";
import { ALERT_STATES, badge, SEVERITIES } from "../parts/badge.ts";
import { facts } from "../parts/facts.ts";
import { filters } from "../parts/filters.ts";
import { componentsPath } from "../parts/links.ts";
import { answer, empty, nothingHeard } from "../parts/notice.ts";
import { paging } from "../parts/paging.ts";
import { places } from "../parts/places.ts";
import { reasonForm } from "../parts/reason-form.ts";
import { select } from "../parts/select.ts";
import { when } from "../parts/when.ts";
import { withCalls } from "../parts/with-calls.ts";
import { shortVersion, title } from "../words.ts";

/** What came of a form: about which alert, and what to say of it. */
export type Said = { readonly alert: string; readonly wrong?: string; readonly reason?: string };

/** What the page is told. `said`: what was just sent. */
export type IntegrityPage = {
  readonly alerts: Listed<Alert>;
  readonly notes: readonly IntegrityNote[];
  /** Something was seen at all. */
  readonly heard: boolean;
  readonly question: IntegrityQuestion;
  readonly address: Address;
  readonly visitor: Visitor;
  readonly said?: Said;
  readonly now: Instant;
};

/** Trouble with what is pinned, from open to resolved, with what was only noted below it. */
export function integrityPage(page: IntegrityPage): Html {
  const { alerts, notes, address, question, said, now } = page;
  return html`<p class="lead">A tag can be moved, a file replaced, a repository handed over while the name in your files stays the same. What was seen stands here until somebody says what it was.</p>
${said !== undefined && answered(said, alerts.rows)}
${filters(address, [stateSelect(question), classSelect(question)])}
${alerts.total === 0 ? nothing(question, page.heard) : alerts.rows.map((alert) => alertPanel(alert, page))}
${paging(address, alerts, "Pages of events")}
${notes.length > 0 && noted(notes, now)}`;
}

function answered({ alert, wrong }: Said, shown: readonly Alert[]): Html {
  if (wrong !== undefined) return answer("urgent", "Nothing was recorded", wrong);
  const one = shown.find(({ id }) => id === alert);
  const state = one === undefined ? "resolved" : one.state;
  return answer("good", `Recorded: ${state}`, "It is in the audit log, and the upstream is looked at again at once.");
}

function stateSelect({ state }: IntegrityQuestion): Html {
  return select({
    ...{ id: "state", label: "State", name: "state", value: state === "standing" ? "" : state },
    options: [
      ["", "Open or acknowledged"],
      ["open", "Open"],
      ["acknowledged", "Acknowledged"],
      ["resolved", "Resolved"],
      ["all", "All"],
    ],
  });
}

function classSelect({ class: kind = "" }: { readonly class?: string }): Html {
  return select({
    ...{ id: "class", label: "What happened", name: "class", value: kind },
    options: [["", "Anything"], ...Object.entries(ALERTS)],
  });
}

function nothing({ state, class: kind }: IntegrityQuestion, heard: boolean): Html {
  if (!heard) return nothingHeard("Whether anything changed under its name is not known yet.");
  return state === "standing" && kind === undefined
    ? empty(
        "Nothing changed under its name.",
        "Every pinned name still stands for what was first seen behind it, and nothing else is wrong with it.",
      )
    : empty("Nothing answers this.", html`<a href="/integrity">Show what stands</a>`);
}

function alertPanel(alert: Alert, { visitor, said, now }: IntegrityPage): Html {
  const { id, project, upstream, subject, summary, next, state, severity, openedAt } = alert;
  const label = upstreamLabel(upstream);
  return html`<section class="panel" id="${`alert-${id}`}" aria-labelledby="${`title-${id}`}"><div class="panel-head"><h2 id="${`title-${id}`}">${ALERTS[alert.class]}: ${label}${subject !== "" && html` <code>${shortVersion(subject)}</code>`}</h2><span>${badge(SEVERITIES[severity])} ${badge(ALERT_STATES[state])}</span></div>
<p>${summary}</p>${state !== "resolved" && html`<p><strong>Next:</strong> ${withCalls(next)}</p>`}
${facts([
  ["Since", when(openedAt, now)],
  ["Project", project],
  ["Component", html`<a href="${componentsPath(label)}">${upstream}</a>`],
  ["Places", alert.places.length > 0 && places(alert.places)],
  ["Acknowledged", alert.acknowledged && word(alert.acknowledged, now)],
  ["Resolved", alert.resolved && word(alert.resolved, now)],
])}
${evidence(alert)}
${state !== "resolved" && html`<details${said?.alert === id && said.wrong !== undefined && html` open`}><summary>Answer</summary>${form(alert, visitor, said)}</details>`}</section>`;
}

function word({ by, reason, at }: NonNullable<Alert["resolved"]>, now: Instant): Html {
  return html`by ${by}, ${when(at, now)}: ${reason}`;
}

function evidence({ evidence: seen }: Alert): Html | false {
  const told = seen.filter(({ observed, expected }) => observed !== undefined || expected !== undefined);
  if (told.length === 0) return false;
  return html`<details><summary>What was seen</summary>${facts(
    told.map(({ kind, observed = "nothing", expected }) => [
      evidenceTitle(kind),
      html`<code>${observed}</code>${expected !== undefined && html` where <code>${expected}</code> was expected`}`,
    ]),
  )}</details>`;
}

/** `asset:tool-linux-amd64` becomes `Asset tool-linux-amd64`: names of files stay as they are. */
function evidenceTitle(kind: string): string {
  const [word = kind] = /^[a-z-]+/.exec(kind) ?? [];
  return `${title(word)}${kind.slice(word.length).replace(/^:/, " ")}`;
}

function form({ id, state }: Alert, { form: token, person }: Visitor, said: Said | undefined): Html {
  const mine = said?.alert === id ? said : undefined;
  return reasonForm({
    id: `answer-${id}`,
    action: `/integrity/${id}`,
    hidden: { form: token },
    name: "state",
    buttons: [
      ...(state === "open" ? [{ value: "acknowledged", words: "Acknowledge" }] : []),
      { value: "resolved", words: "Resolve: what is there now is expected" },
    ],
    hint: "One sentence, kept with your name. Acknowledged: somebody looks after it.",
    ...(mine?.reason !== undefined && { reason: mine.reason }),
    ...(mine?.wrong !== undefined && { wrong: mine.wrong }),
    more: html`<div><label for="${`by-${id}`}">Your name</label><input id="${`by-${id}`}" name="by" value="${person}" required maxlength="100" autocomplete="name"></div>`,
  });
}

function noted(notes: readonly IntegrityNote[], now: Instant): Html {
  return html`<section class="panel"><h2>Only noted</h2><p class="quiet">Seen, and harmless: tags that were made anew with the same files, images that were rebuilt as their tag lets expect.</p><ul class="items">${notes.map(
    ({ at, project, class: kind, summary }) =>
      html`<li><strong>${title(kind)}</strong>: ${summary} <span class="quiet">${project}, ${when(at, now)}</span></li>`,
  )}</ul></section>`;
}
