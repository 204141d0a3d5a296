import type { SourceFreshness } from "../../domain/freshness.ts";
import { between, HOUR, type Instant, MINUTE } from "../../domain/instant.ts";
import { type Html, html } from "../html.ts";
import type { Tone } from "../parts/mark.ts";
import { relative } from "../time.ts";
import { count } from "../words.ts";
import { bars } from "./bars.ts";
import { figure } from "./figure.ts";

/** How old the oldest answer of each source is, against what it may be: the line in the middle of each bar. */
export function freshnessChart(id: string, sources: readonly SourceFreshness[], now: Instant): Html | false {
  if (sources.length === 0) return false;
  const stale = sources.filter((one) => one.stale > 0);
  const silent = sources.filter((one) => one.stale === 0 && one.silent > 0);
  const rows = sources.map((one) => ({
    label: one.source,
    words: wordsOf(one, now),
    ...(one.oldest !== undefined && { value: between(one.oldest, now) / one.target }),
    tone: toneOf(one),
  }));
  return figure({
    id,
    title: "Freshness by source",
    says:
      stale.length + silent.length === 0
        ? `All ${count(sources.length, "source")} answered within their targets.`
        : [
            saysOf(stale, "source misses the target", "sources miss the target"),
            saysOf(silent, "source has upstreams that never answered", "sources have upstreams that never answered"),
          ]
            .join("")
            .trim(),
    ...bars(rows, 2, 1),
    legend: html`<p class="quiet">Age of the oldest answer, of what it may be at most: the line.</p>`,
    table: {
      headings: ["Source", "Oldest answer", "Target", "Upstreams", "Stale"],
      rows: sources.map((one) => [
        one.source,
        one.oldest === undefined ? "never" : relative(one.oldest, now),
        span(one.target),
        one.upstreams,
        one.stale,
      ]),
    },
  });
}

function saysOf(sources: readonly SourceFreshness[], one: string, many: string): string {
  return sources.length === 0
    ? ""
    : `${count(sources.length, one, many)}: ${sources.map(({ source }) => source).join(", ")}. `;
}

function toneOf({ stale, silent }: SourceFreshness): Tone {
  if (stale > 0) return "urgent";
  return silent > 0 ? "careful" : "good";
}

/** Short, since words in a picture do not wrap: `3 days of 2 hours, 3 late`. */
function wordsOf({ oldest, stale, target, silent, upstreams }: SourceFreshness, now: Instant): string {
  if (oldest === undefined || silent === upstreams) return `never heard from, target ${span(target)}`;
  return `${span(between(oldest, now))} of ${span(target)}${stale > 0 ? `, ${stale} late` : ""}`;
}

/** `90 minutes`, `26 hours`, `2 days`. */
function span(milliseconds: number): string {
  if (milliseconds < 2 * HOUR) return count(Math.round(milliseconds / MINUTE), "minute");
  const hours = Math.round(milliseconds / HOUR);
  return hours % 24 === 0 || hours > 72 ? count(Math.round(hours / 24), "day") : count(hours, "hour");
}
