import type { Instant } from "../../domain/instant.ts";
import { type Finding, NOT_ASKED, type TrustScore } from "../../domain/trust.ts";
import { trustDimensions } from "../charts/trust-dimensions.ts";
import { type Html, html } from "../html.ts";
import { title, trustPhrase } from "../words.ts";
import { badge, FINDINGS } from "./badge.ts";
import { dataTable } from "./data-table.ts";
import { empty } from "./notice.ts";
import { ago } from "./when.ts";

/** Project trust with every signal: what it found, where, when, and what it weighs; what is not known, and why. */
export function trustCard(score: TrustScore, weights: Readonly<Record<string, number>>, now: Instant): Html {
  if (score.findings.length === 0)
    return empty("Nothing was looked at yet.", "Signals are asked for when something newer is to be judged.");
  return html`<p>${trustPhrase(score)}</p>${trustDimensions("trust-dimensions", score)}${signals(score.findings, weights, now)}`;
}

function signals(findings: readonly Finding[], weights: Readonly<Record<string, number>>, now: Instant): Html {
  const named = (some: readonly Finding[]) => some.map(({ signal }) => title(signal)).join(", ");
  const open = findings.filter(({ reason }) => reason === NOT_ASKED);
  const shown = findings.filter(({ outcome, reason }) => outcome !== "not-applicable" && reason !== NOT_ASKED);
  const others = findings.filter(({ outcome }) => outcome === "not-applicable");
  const table = dataTable({
    id: "signals",
    caption: "Signals",
    rows: shown,
    columns: [
      { heading: "Signal", row: true, cell: ({ signal }) => title(signal) },
      { heading: "Found", cell: ({ outcome }) => badge(FINDINGS[outcome]) },
      { heading: "Points", number: true, cell: points },
      { heading: "Weight", number: true, cell: ({ signal }) => weights[signal] ?? "" },
      { heading: "Why", cell: (finding) => why(finding, now) },
    ],
  });
  return html`${shown.length > 0 && table}${open.length > 0 && html`<p class="quiet">Not asked yet: ${named(open)}.</p>`}${others.length > 0 && html`<p class="quiet">Does not apply: ${named(others)}.</p>`}`;
}

/** The reason, and below it where it is from, and when it was looked at. */
function why({ reason, evidence, observedAt }: Finding, now: Instant): Html {
  const sources = [...new Set(evidence.map(({ source }) => source))].slice(0, 3).join(", ");
  return html`${reason} <span class="quiet">${sources}${sources !== "" && ", "}${ago(observedAt, now)}</span>`;
}

/** What is not known has no points: it is not zero. */
function points({ outcome, points: value }: Finding): Html {
  return outcome === "unknown" ? html`<span class="quiet">none</span>` : html`${(value * 10).toFixed(1)}`;
}
