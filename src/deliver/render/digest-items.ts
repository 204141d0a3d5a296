import type { Alert, Candidate, Verdict } from "../../domain/bump.ts";
import {
  type Digest,
  type DigestEntry,
  type DueAdvisory,
  groupUnchecked,
  type MergedEntry,
  sortAlerts,
} from "../../domain/digest.ts";
import { DAY, type Instant } from "../../domain/instant.ts";
import type { Place } from "../../domain/pin.ts";
import { supportSentence } from "../../domain/support.ts";
import type { Advisory } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { Tone } from "../../views/mail.ts";
import { plainLine } from "../../views/plain.ts";
import { day, moment, relative } from "../../views/time.ts";
import { upstreamPage } from "../../views/upstream-page.ts";
import { ALERTS, count, decidedBy, list, STEPS, shortVersion, trustPhrase } from "../../views/words.ts";
import { composeNotes } from "../notes/compose.ts";

/** One thing a digest says, in words, before it is HTML, text or Markdown. Nothing in it is escaped. */
export type Item = {
  readonly title: string;
  readonly url?: string;
  /** Which project, how far, how many places. */
  readonly about: readonly string[];
  readonly facts: readonly Fact[];
  /** A command that somebody may want to type. */
  readonly command?: string;
  /** Sanitised Markdown, made when it is asked for: most items of a long digest are never written out. */
  readonly notes?: () => string;
  /** The last digest did not say it. */
  readonly isNew?: boolean;
  /** One of a list of equals: a line of its own is enough. */
  readonly compact?: boolean;
};

/** A sentence with its mark: `fixes`, `look`, `held`, `until` … */
type Fact = { readonly mark: string; readonly tone: Tone; readonly text: string; readonly url?: string };

/** A part of a digest under its own heading. */
export type Section = { readonly heading: string; readonly tone: Tone; readonly items: readonly Item[] };

/** Characters of release notes beside one proposal; the rest is in its pull request. */
const NOTES_BUDGET = 1_800;

const MAX_FACTS = 8;

/** The sections of a digest in the order of urgency; those with nothing to say are absent. */
export function digestSections(digest: Digest): Section[] {
  const at = digest.until;
  const { fresh, standing, withoutPull } = proposedParts(digest.proposed);
  const { overdue, due, unlisted, others } = sortAlerts(digest);
  const alerts = (list: readonly Alert[]) => list.map((alert) => alertItem(alert, at));
  const entries = (list: readonly DigestEntry[]) => list.map((entry) => entryItem(entry, at));
  const sections: Section[] = [
    {
      heading: "Overdue",
      tone: "urgent",
      items: [...overdue.map(({ entry, alert }) => advisoryItem(entry, alert, at)), ...alerts(unlisted)],
    },
    { heading: "Look at these now", tone: "urgent", items: alerts(others) },
    {
      heading: "Known advisories",
      tone: "careful",
      items: due.map(({ entry, alert }) => advisoryItem(entry, alert, at)),
    },
    { heading: "Ready to review", tone: "good", items: fresh.map((entry) => proposedItem(entry, at)) },
    { heading: "Blocked", tone: "urgent", items: entries(digest.blocked) },
    {
      heading: "Held for a person's word",
      tone: "careful",
      items: digest.held.map((entry) => heldItem(entry, at)),
    },
    {
      heading: "Wanted, but not in a pull request of ours",
      tone: "careful",
      items: withoutPull.map((entry) => handItem(entry, at)),
    },
    { heading: "Still open", tone: "calm", items: standing.map((entry) => reminderItem(entry, at)) },
    { heading: "Waiting", tone: "calm", items: entries(digest.waiting) },
    { heading: "Out of support, or soon", tone: "careful", items: digest.ending.map(endingItem) },
    { heading: "Component version updates", tone: "good", items: digest.merged.map(mergedItem) },
    {
      heading: "Could not be checked",
      tone: "careful",
      items: groupUnchecked(digest.unchecked).map((entry) => uncheckedItem(entry, at)),
    },
    { heading: "One upstream, several versions", tone: "calm", items: digest.drifting.map(driftItem) },
    { heading: "Not pinned", tone: "calm", items: digest.unpinned.map(unpinnedItem) },
  ];
  return sections
    .filter((section) => section.items.length > 0)
    .map((section) => ({ ...section, items: section.items.map(shortened) }));
}

/** Nothing that somebody else wrote may be so long that it takes the room of everything else. */
function shortened(item: Item): Item {
  return {
    ...item,
    title: plainLine(item.title, 200),
    about: item.about.map((part) => plainLine(part, 100)),
    facts: item.facts.map((fact) => ({ ...fact, mark: plainLine(fact.mark, 60), text: plainLine(fact.text, 600) })),
  };
}

/** The digest in one line: `1 overdue, 3 ready to review, 1 held, 12 waiting`. */
export function digestCounts(digest: Digest): string {
  const { fresh, standing, withoutPull } = proposedParts(digest.proposed);
  const { overdue, due, unlisted, others } = sortAlerts(digest);
  const parts = [
    [overdue.length + unlisted.length, "overdue"],
    [others.length, others.length === 1 ? "alert" : "alerts"],
    [due.length, "to be answered in time"],
    [fresh.length, "ready to review"],
    [digest.blocked.length, "blocked"],
    [digest.held.length, "held"],
    [withoutPull.length, "without a pull request"],
    [standing.length, "still open"],
    [digest.waiting.length, "waiting"],
    [digest.ending.length, "out of support, or soon"],
    [digest.merged.length, "merged"],
    [digest.unchecked.length, "not checked"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return said.length === 0 ? "nothing new" : said.join(", ");
}

/** What is new or has changed stands apart from what was said before, and both from what no pull request carries. */
function proposedParts(proposed: readonly DigestEntry[]) {
  const withPull = proposed.filter((entry) => entry.byHand === undefined || entry.url !== undefined);
  return {
    fresh: withPull.filter((entry) => entry.isNew !== false || entry.url === undefined),
    standing: withPull.filter((entry) => entry.isNew === false && entry.url !== undefined),
    withoutPull: proposed.filter((entry) => !withPull.includes(entry)),
  };
}

/** What is watched, so that silence can be told from blindness. */
export function watchedLine({ watched, from, until }: Digest): string {
  const subject = `${count(watched.upstreams, "upstream")} of ${count(watched.components, "component")} in ${count(watched.projects, "project")}`;
  return `Watched from ${moment(from)} to ${moment(until)}: ${subject}.`;
}

function proposedItem(entry: DigestEntry, at: Instant): Item {
  const { between } = entry.candidate;
  const hasNotes = between.some((release) => (release.notes ?? "").trim() !== "");
  return { ...entryItem(entry, at), ...(hasNotes && { notes: once(() => composeNotes(between, NOTES_BUDGET)) }) };
}

function heldItem(entry: DigestEntry, at: Instant): Item {
  return { ...entryItem(entry, at), command: `headgate approve ${entry.candidate.id} --reason "why"` };
}

/** What waits for a place comes by itself; what somebody else's pull request covers needs nobody. */
function handItem(entry: DigestEntry, at: Instant): Item {
  const item = entryItem(entry, at);
  const needsHand = handMark(entry.byHand ?? "") === "by hand";
  return needsHand ? { ...item, command: `headgate apply ${entry.candidate.id} --patch | git apply` } : item;
}

function handMark(reason: string): "waits" | "covered" | "by hand" {
  if (reason.startsWith("waits for a place")) return "waits";
  return reason.startsWith("covered by") ? "covered" : "by hand";
}

/** What was said before, and still waits for somebody: its age, and the pull request. */
function reminderItem(entry: DigestEntry, at: Instant): Item {
  const { title, url, about } = entryItem(entry, at);
  const since = entry.proposedAt ?? entry.since;
  const age = since === undefined ? [] : [`open since ${ageOf(since, at)}`];
  const fixes = entry.candidate.fixes.slice(0, 3).map(fixFact);
  return { title, about: [about[0] ?? "", ...age], facts: fixes, compact: true, ...(url !== undefined && { url }) };
}

function ageOf(since: Instant, at: Instant): string {
  const days = Math.floor((Date.parse(at) - Date.parse(since)) / DAY);
  return days < 1 ? "today" : count(days, "day");
}

function mergedItem({ project, candidate, mergedAt, url }: MergedEntry): Item {
  const page = candidate.to.notesUrl ?? upstreamPage(candidate.component.upstream);
  const pull: Fact[] = url === undefined ? [] : [{ mark: "pull request", tone: "calm", text: "", url }];
  return {
    title: titleOf(candidate),
    about: [project, `merged on ${day(mergedAt)}`],
    facts: pull,
    compact: true,
    ...(page !== undefined && { url: page }),
  };
}

function advisoryItem(entry: DueAdvisory, alert: Alert | undefined, at: Instant): Item {
  const { advisory, project, upstream, since, dueAt, overdue, places, fix } = entry;
  const due: Fact =
    dueAt === undefined
      ? { mark: "due", tone: "calm", text: "with the next major version" }
      : {
          mark: overdue ? "was due" : "due",
          tone: overdue ? "urgent" : "careful",
          text: `${moment(dueAt)}, ${relative(dueAt, at)}`,
        };
  const remedy: Fact =
    fix === undefined
      ? { mark: "fix", tone: "careful", text: "none is known here yet" }
      : {
          mark: "fix",
          tone: "good",
          text: `${fix.version}: ${VERDICTS[fix.verdict]}`,
          ...(fix.url !== undefined && { url: fix.url }),
        };
  return {
    title: `${advisory.id} in ${upstreamLabel(upstream)}`,
    about: [project, advisory.severity, `known since ${moment(since)}`],
    facts: [
      { mark: "what", tone: "careful", text: advisory.summary },
      due,
      remedy,
      ...placesFact(places),
      ...seenFact(alert),
    ],
    ...(advisory.url !== undefined && { url: advisory.url }),
    ...acknowledgeCommand(alert),
  };
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  propose: "proposed",
  wait: "waiting",
  hold: "held for a person's word",
  block: "blocked",
  skip: "skipped",
};

function titleOf(candidate: Candidate): string {
  const from = candidate.from.length === 0 ? "" : `${list(candidate.from.map(shortVersion), 4)} → `;
  return `${upstreamLabel(candidate.component.upstream)} ${from}${shortVersion(candidate.to.version)}`;
}

function entryItem(entry: DigestEntry, at: Instant): Item {
  const { candidate, card, isNew } = entry;
  const { component } = candidate;
  return {
    title: titleOf(candidate),
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

function fixFact(advisory: Advisory): Fact {
  return { mark: "fixes", tone: "good", text: `${advisory.id} (${advisory.severity}): ${advisory.summary}` };
}

/** Works once, and remembers. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function entryFacts(entry: DigestEntry, at: Instant): Fact[] {
  const { candidate, decision, byHand } = entry;
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
  const reasons = decision.reasons
    .toSorted((a, b) => LOUDNESS.indexOf(a.level) - LOUDNESS.indexOf(b.level))
    .map((reason): Fact => {
      const until = reason.until === undefined ? "" : ` Until ${moment(reason.until)}, ${relative(reason.until, at)}.`;
      return { mark: MARKS[reason.level], tone: TONES[reason.level], text: reason.summary + until };
    });
  const until: Fact[] =
    decision.until === undefined || decision.reasons.some((reason) => reason.until === decision.until)
      ? []
      : [{ mark: "until", tone: "calm", text: `${moment(decision.until)}, ${relative(decision.until, at)}` }];
  const person: Fact[] =
    decision.by === "policy" ? [] : [{ mark: "decided by", tone: "calm", text: decidedBy(decision) }];
  const hand: Fact[] = byHand === undefined ? [] : [{ mark: handMark(byHand), tone: "careful", text: byHand }];
  return capped([...fixes, ...more, ...introduces, ...hand, ...until, ...reasons, ...person]);
}

const LOUDNESS = ["block", "hold", "warn", "wait", "skip", "note"];
const MARKS = { block: "blocked", hold: "held", warn: "look", wait: "waits", skip: "skipped", note: "why" } as const;
const TONES = { block: "urgent", hold: "careful", warn: "careful", wait: "calm", skip: "calm", note: "calm" } as const;

function capped(facts: readonly Fact[]): Fact[] {
  if (facts.length <= MAX_FACTS) return [...facts];
  return [
    ...facts.slice(0, MAX_FACTS - 1),
    { mark: "and", tone: "calm", text: `${facts.length - MAX_FACTS + 1} more reasons` },
  ];
}

/** Who looks after it already. */
function seenFact(alert: Alert | undefined): Fact[] {
  if (alert?.acknowledged === undefined) return [];
  const { by, at, reason } = alert.acknowledged;
  return [{ mark: "acknowledged", tone: "calm", text: `by ${by} on ${moment(at)}: ${reason}` }];
}

function acknowledgeCommand(alert: Alert | undefined): Pick<Item, "command"> {
  return alert?.state === "open" ? { command: `headgate acknowledge ${alert.id} --reason "why"` } : {};
}

function alertItem(alert: Alert, at: Instant): Item {
  const seen = alert.evidence
    .slice(0, 2)
    .flatMap(({ expected, observed }): Fact[] =>
      expected === undefined || observed === undefined
        ? []
        : [{ mark: "was", tone: "careful", text: `${shortVersion(expected)}, now ${shortVersion(observed)}` }],
    );
  return {
    title: `${ALERTS[alert.class]}: ${upstreamLabel(alert.upstream)}`,
    about: [alert.project, alert.severity, `since ${moment(alert.openedAt)}, ${relative(alert.openedAt, at)}`],
    facts: [
      { mark: "what", tone: "urgent", text: alert.summary },
      ...seen,
      ...placesFact(alert.places),
      { mark: "next", tone: "careful", text: alert.next },
      ...seenFact(alert),
    ],
    ...acknowledgeCommand(alert),
  };
}

function uncheckedItem(entry: Digest["unchecked"][number], at: Instant): Item {
  const since: Fact[] =
    entry.since === undefined
      ? []
      : [{ mark: "since", tone: "calm", text: `${moment(entry.since)}, ${relative(entry.since, at)}` }];
  const retry: Fact[] =
    entry.retryAt === undefined ? [] : [{ mark: "next try", tone: "calm", text: moment(entry.retryAt) }];
  const title = entry.subject.startsWith("pkg:") ? upstreamLabel(entry.subject) : entry.subject;
  return { title, about: [], facts: [{ mark: "why", tone: "careful", text: entry.reason }, ...since, ...retry] };
}

function endingItem(entry: Digest["ending"][number]): Item {
  return {
    title: entry.subject,
    url: entry.url,
    about: [entry.project, upstreamLabel(entry.upstream), count(entry.places.length, "place")],
    facts: [
      { mark: entry.ended ? "ended" : "ends", tone: "careful", text: supportSentence(entry) },
      ...placesFact(entry.places),
    ],
  };
}

function driftItem(entry: Digest["drifting"][number]): Item {
  const facts = entry.versions.map(
    (one): Fact => ({ mark: shortVersion(one.version), tone: "calm", text: placesText(one.places) }),
  );
  return { title: upstreamLabel(entry.upstream), about: [entry.project], facts: capped(facts) };
}

function unpinnedItem(entry: Digest["unpinned"][number]): Item {
  const written = entry.text === "" ? "no version" : entry.text;
  return {
    title: `${upstreamLabel(entry.upstream)}: ${written}`,
    about: [entry.project],
    facts: placesFact(entry.places),
    compact: true,
  };
}

function placesFact(places: readonly Place[]): Fact[] {
  return places.length === 0 ? [] : [{ mark: "in", tone: "calm", text: placesText(places) }];
}

function placesText(places: readonly Place[]): string {
  return list(
    places.map(({ path, line }) => `${path}:${line}`),
    5,
  );
}
