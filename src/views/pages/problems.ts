import type { Instant } from "../../domain/instant.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { ProblemKind, ProblemLine, ProblemQuestion } from "../../domain/pages/problem-line.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html } from "../html.ts";
import type { Address } from "../parts/address.ts";
import { dataTable } from "../parts/data-table.ts";
import { filters } from "../parts/filters.ts";
import { empty } from "../parts/notice.ts";
import { number, paging } from "../parts/paging.ts";
import { select } from "../parts/select.ts";
import { ago, when } from "../parts/when.ts";
import { withCalls } from "../parts/with-calls.ts";
import { count } from "../words.ts";

/** Where something could not be looked at, in words. */
const PROBLEM_KINDS: Readonly<Record<ProblemKind, string>> = {
  project: "Project not read",
  file: "File not understood",
  upstream: "Upstream not heard",
  part: "Part of an answer missing",
  decision: "Not checked in the last plan",
  host: "Host left alone",
  "trust-root": "Trust roots not renewed",
  job: "Job given up within a day",
};

/** What the page is told. */
export type ProblemsPage = {
  readonly lines: Listed<ProblemLine>;
  /** Something could be looked at. */
  readonly heard: boolean;
  readonly question: ProblemQuestion;
  readonly address: Address;
  readonly now: Instant;
};

/** What could not be checked, since when, why, and when it is tried again. */
export function problemsPage({ lines, heard, question, address, now }: ProblemsPage): Html {
  return html`<p class="lead">What could not be looked at. None of it counts as “no update”, and none of it as good; it is tried again by itself unless it says what to do.</p>
${filters(
  address,
  select({
    ...{ id: "kind", label: "Where", name: "kind", value: question.kind ?? "" },
    options: [["", "Anywhere"], ...Object.entries(PROBLEM_KINDS)],
  }),
)}
<section class="panel">${lines.total === 0 ? nothing(question, heard) : table(lines, now)}${paging(address, lines, "Pages of problems")}</section>`;
}

function nothing({ kind }: ProblemQuestion, heard: boolean): Html {
  if (!heard)
    return empty(
      "Nothing was asked yet.",
      "The first look reads the projects' files and asks their upstreams; what gives no answer stands here.",
    );
  return kind === undefined
    ? empty("Everything could be checked.", "Every project was read, and every upstream answered in full.")
    : empty("Nothing of this kind.", html`<a href="/problems">Show all</a>`);
}

function table(lines: Listed<ProblemLine>, now: Instant): Html {
  return dataTable({
    id: "problems",
    caption: `${number(lines.total)} ${lines.total === 1 ? "reason" : "reasons"}, those that last longest first`,
    rows: lines.rows,
    columns: [
      { heading: "Where", cell: ({ kind }) => PROBLEM_KINDS[kind] },
      { heading: "Why", row: true, cell: ({ reason }) => withCalls(reason) },
      { heading: "Of what", cell: subjects },
      { heading: "Since", cell: ({ since }) => (since === undefined ? undefined : when(since, now)) },
      { heading: "Next try", cell: ({ retryAt }) => (retryAt === undefined ? undefined : next(retryAt, now)) },
    ],
  });
}

function next(retryAt: Instant, now: Instant): Html {
  return retryAt <= now ? html`now` : ago(retryAt, now);
}

function subjects({ subjects: named, count: all }: ProblemLine): Html {
  const labels = named.map((one) => (one.startsWith("pkg:") ? upstreamLabel(one) : one));
  if (labels.length === 1) return html`${labels[0]}`;
  const more = all > labels.length && html`<li class="quiet">and ${count(all - labels.length, "more", "more")}</li>`;
  return html`<details><summary>${labels[0]} and ${count(all - 1, "other")}</summary><ul class="plain">${labels.slice(1).map((one) => html`<li>${one}</li>`)}${more}</ul></details>`;
}
