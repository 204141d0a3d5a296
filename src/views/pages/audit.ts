import { ALERTS } from "../../domain/alert-words.ts";
import { own } from "../../domain/own.ts";
import { AUDIT_KINDS, type AuditLine, type AuditPage, type AuditQuestion } from "../../domain/pages/audit-line.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Hole, type Html, html, safeUrl } from "../html.ts";
import { type Address, linkTo } from "../parts/address.ts";
import { DELIVERY_STATES, VERDICTS } from "../parts/badge.ts";
import { dataTable } from "../parts/data-table.ts";
import { filters, searchField } from "../parts/filters.ts";
import { letterAbout } from "../parts/letter-about.ts";
import { candidatePath, componentsPath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { stepping } from "../parts/paging.ts";
import { select } from "../parts/select.ts";
import { exactly } from "../parts/when.ts";
import { channelTitle } from "../words.ts";

/** What the page is told. `wrong`: a date that is none. */
export type AuditView = {
  readonly page: AuditPage;
  readonly question: AuditQuestion;
  readonly address: Address;
  readonly wrong?: string;
};

const KINDS: Readonly<Record<AuditLine["kind"], string>> = {
  decision: "Decided by the policy",
  "human-decision": "Decided by a person",
  vouch: "Vouched",
  alert: "Alert",
  delivery: "Delivery",
};

/** Every decision and every write to the outside, newest first. */
export function auditPage({ page, question, address, wrong }: AuditView): Html {
  const { lines, older } = page;
  const newest = question.before === undefined ? undefined : linkTo(address, { before: "" });
  const next = older === undefined ? undefined : linkTo(address, { before: older });
  return html`<p class="lead">Every decision and every write to the outside, written by the store itself in the same transaction. Nobody can change it; retention alone ends it.</p>
${questions(question, address, wrong)}
<section class="panel">${lines.length === 0 ? nothing(address) : table(lines)}${stepping(newest, next, "Pages of the audit log")}</section>`;
}

function questions({ kind, text, actor }: AuditQuestion, address: Address, wrong: string | undefined): Html {
  const date = (id: string, label: string) =>
    html`<div><label for="${id}">${label}</label><input id="${id}" name="${id}" type="date" value="${address.query[id] ?? ""}"${wrong === id && html` aria-invalid="true" aria-describedby="wrong-date"`}></div>`;
  return filters(address, [
    searchField("q", "q", "Project, upstream, candidate", text ?? ""),
    select({
      ...{ id: "kind", label: "What", name: "kind", value: kind ?? "" },
      options: [["", "Everything"], ...AUDIT_KINDS.map((id) => [id, KINDS[id]] as const)],
    }),
    html`<div><label for="actor">Who</label><input id="actor" name="actor" value="${actor ?? ""}"></div>`,
    date("since", "Since (day)"),
    date("until", "Until (day)"),
    wrong !== undefined && html`<p class="wrong" id="wrong-date">That is not a day such as 2026-12-01.</p>`,
  ]);
}

function nothing({ query }: Address): Html {
  return Object.keys(query).length === 0
    ? empty("Nothing was decided yet.", "The first cycle writes here.")
    : empty("No entry answers this.", html`<a href="/audit">Show all</a>`);
}

function table(lines: readonly AuditLine[]): Html {
  return dataTable({
    id: "audit",
    caption: "Entries, newest first",
    rows: lines,
    columns: [
      { heading: "When", cell: ({ at }) => exactly(at) },
      { heading: "Who", cell: ({ actor }) => actor },
      { heading: "What", row: true, cell: said },
      { heading: "About", cell: about },
      {
        heading: "In full",
        cell: ({ data }) =>
          html`<details><summary>Entry</summary><pre>${JSON.stringify(data, null, 2)}</pre></details>`,
      },
    ],
  });
}

/** What an entry says, in words that people know from the other pages, and why. */
function said({ kind, data }: AuditLine): Hole {
  const reason = textOf(data.reason) ?? textOf(data.error) ?? firstReason(data.reasons) ?? textOf(data.summary);
  const url = safeUrl(textOf(data.url));
  return html`${headOf(kind, data)}${reason !== undefined && html` <span class="quiet">${reason}</span>`}${url !== undefined && html` <a href="${url}" rel="noreferrer">Open</a>`}`;
}

/** `Pull request: sent`, `Decided by the policy: proposed`, `Tag moved: open`. */
function headOf(kind: AuditLine["kind"], data: AuditLine["data"]): string {
  const channel = textOf(data.channel);
  const subject =
    kind === "delivery" && channel !== undefined
      ? channelTitle(channel)
      : kind === "alert"
        ? (own(ALERTS, textOf(data.class) ?? "") ?? KINDS.alert)
        : KINDS[kind];
  const word = textOf(data.verdict) ?? textOf(data.action) ?? textOf(data.state);
  if (word === undefined) return subject;
  const known =
    kind === "decision" ? own(VERDICTS, word) : kind === "delivery" ? own(DELIVERY_STATES, word) : undefined;
  return `${subject}: ${known?.word ?? word}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function firstReason(reasons: unknown): string | undefined {
  const first: unknown = Array.isArray(reasons) ? reasons[0] : undefined;
  const summary = typeof first === "object" && first !== null && "summary" in first ? first.summary : undefined;
  return typeof summary === "string" ? summary : undefined;
}

function about({ candidate, upstream, project, data, about: letter }: AuditLine): Html {
  if (letter !== undefined) return letterAbout(letter);
  return html`${named({ candidate, upstream, subject: textOf(data.subject) })}${project !== undefined && html` <span class="quiet">${project}</span>`}`;
}

/** A candidate by its page, an upstream by its components; what is neither, as it was logged. */
function named({
  candidate,
  upstream,
  subject,
}: Readonly<Record<"candidate" | "upstream" | "subject", string | undefined>>): Hole {
  if (upstream === undefined)
    return subject !== undefined && html`<span class="anywhere">${subject.replace("/", " ")}</span>`;
  const label = upstreamLabel(upstream);
  const path = candidate === undefined ? componentsPath(label) : candidatePath(candidate);
  return html`<a href="${path}">${label}</a>`;
}
