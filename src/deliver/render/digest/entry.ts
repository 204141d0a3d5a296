import type { Reason } from "../../../domain/bump.ts";
import { type DigestEntry, NOT_YET } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { Advisory } from "../../../domain/trust.ts";
import { moment, relative } from "../../../views/time.ts";
import { count, decidedBy, STEPS, trustPhrase } from "../../../views/words.ts";
import { capped, type Fact, type Item } from "./item.ts";
import { moveTitle } from "./move-title.ts";

/** A candidate with what was decided of it and why: what every section of candidates begins from. */
export function entryItem(entry: DigestEntry, at: Instant): Item {
  const { candidate, card, isNew } = entry;
  const { component } = candidate;
  return {
    title: moveTitle(candidate),
    ...((entry.url ?? candidate.to.notesUrl) !== undefined && { url: entry.url ?? candidate.to.notesUrl ?? "" }),
    about: [
      entry.project,
      STEPS[candidate.step],
      count(component.pins.length, "place"),
      `trust: ${trustPhrase(card.score)}`,
    ],
    facts: entryFacts(entry, at),
    ...(isNew === true && { isNew }),
  };
}

/** Why there is no pull request, or what is the matter with it. */
export function handFact({ byHand }: DigestEntry): Fact[] {
  return byHand === undefined ? [] : [{ mark: byHandMark(byHand), tone: "careful", text: byHand }];
}

/** An advisory that a candidate fixes. */
export function fixFact(advisory: Advisory): Fact {
  return { mark: "fixes", tone: "good", text: `${advisory.id} (${advisory.severity}): ${advisory.summary}` };
}

function entryFacts(entry: DigestEntry, at: Instant): Fact[] {
  const { candidate, decision } = entry;
  const fixes = candidate.fixes.slice(0, 3).map(fixFact);
  const more =
    candidate.fixes.length > 3
      ? [{ mark: "fixes", tone: "good", text: `${candidate.fixes.length - 3} more advisories` } as const]
      : [];
  const introduces = candidate.introduces.slice(0, 3).map(
    (advisory): Fact => ({
      mark: "known flaw",
      tone: "urgent",
      text: `${advisory.id} (${advisory.severity}): ${advisory.summary}`,
    }),
  );
  const isSaid = ({ rule }: Reason) => rule === "security-fix" && candidate.fixes.length > 0; // above, and by when with the advisory
  const reasons = decision.reasons
    .filter((reason) => !isSaid(reason))
    .toSorted((a, b) => LOUDNESS.indexOf(a.level) - LOUDNESS.indexOf(b.level))
    .map((reason): Fact => {
      const until = reason.until === undefined ? "" : untilOf(reason.summary, reason.until, at);
      const text = reason.summary + until;
      return text.startsWith(NOT_CHECKED)
        ? { mark: "not checked", tone: "calm", text: text.slice(NOT_CHECKED.length) }
        : { mark: MARKS[reason.level], tone: TONES[reason.level], text };
    });
  const until: Fact[] =
    decision.until === undefined || decision.reasons.some((reason) => reason.until === decision.until)
      ? []
      : [{ mark: "until", tone: "calm", text: `${moment(decision.until)}, ${relative(decision.until, at)}` }];
  const person: Fact[] =
    decision.by === "policy" ? [] : [{ mark: "decided by", tone: "calm", text: decidedBy(decision) }];
  return capped([...fixes, ...more, ...introduces, ...handFact(entry), ...until, ...reasons, ...person]);
}

/** A sentence that names the moment itself is told only how far away it is. */
function untilOf(summary: string, until: Instant, at: Instant): string {
  const away = relative(until, at);
  return summary.includes(until.slice(0, 10)) ? ` That is ${away}.` : ` Until ${moment(until)}, ${away}.`;
}

/** How the reason begins that lists what no check could look at: it is no reason why. */
const NOT_CHECKED = "Not checked: ";
const LOUDNESS = ["block", "hold", "warn", "wait", "skip", "note"];
const MARKS = { block: "blocked", hold: "held", warn: "look", wait: "waits", skip: "skipped", note: "why" } as const;
const TONES = { block: "urgent", hold: "careful", warn: "careful", wait: "calm", skip: "calm", note: "calm" } as const;

/** What the matter with a pull request, or that there is none, asks of people: words of the channel, by how they begin. */
export function byHandMark(reason: string): (typeof BEGINNINGS)[number][1] | "by hand" {
  return BEGINNINGS.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? "by hand";
}

const BEGINNINGS = [
  ["waits for", "waits"],
  [NOT_YET, "tried again"],
  ["covered by", "covered"],
  ["somebody else committed", "frozen"],
  ["somebody closed", "closed"],
  ["merged already", "merged"],
  ["not everything was given", "incomplete"],
] as const;
