import type { CheckResult } from "../../domain/trust.ts";
import { type Html, html } from "../html.ts";
import { title } from "../words.ts";
import { badge, CHECK_OUTCOMES } from "./badge.ts";
import { dataTable } from "./data-table.ts";
import { empty } from "./notice.ts";

const GRAVITY: readonly CheckResult["outcome"][] = ["block", "hold", "warn", "not-checked", "pass"];

/** The checks of a release, the gravest first, each with what was observed and what the project's history lets expect. */
export function checkTable(checks: readonly CheckResult[]): Html {
  if (checks.length === 0) return empty("Nothing was checked yet.", "Checks run when the candidate is decided.");
  const rows = [...checks].sort((a, b) => GRAVITY.indexOf(a.outcome) - GRAVITY.indexOf(b.outcome));
  return dataTable({
    id: "checks",
    caption: html`<span class="hidden">Checks of this release</span>`,
    rows,
    columns: [
      {
        heading: "Check",
        row: true,
        cell: ({ check, rule }) =>
          html`${title(check)}${rule !== undefined && html` <span class="quiet">${rule}</span>`}`,
      },
      { heading: "Outcome", cell: ({ outcome }) => badge(CHECK_OUTCOMES[outcome]) },
      { heading: "What was seen", cell: seen },
    ],
  });
}

function seen({ summary, evidence, comparedVersions = [] }: CheckResult): Html {
  const told = evidence
    .filter(({ observed, expected }) => observed !== undefined && expected !== undefined)
    .slice(0, 5);
  const items = told.map(
    ({ observed, expected }) => html`<li>observed <code>${observed}</code>, expected <code>${expected}</code></li>`,
  );
  const compared = comparedVersions.slice(0, 10).join(", ");
  return html`${summary}${items.length > 0 && html`<ul class="plain quiet">${items}</ul>`}${compared !== "" && html` <span class="quiet">Compared with ${compared}.</span>`}`;
}
