import type { Alert } from "../../domain/bump.ts";
import { type Digest, type DigestEntry, groupUnchecked } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Place } from "../../domain/pin.ts";
import { supportSentence } from "../../domain/support.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { Tone } from "../../views/mail.ts";
import { moment, relative } from "../../views/time.ts";
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
  /** Sanitised Markdown. */
  readonly notes?: string;
};

/** A sentence with its mark: `fixes`, `look`, `held`, `until` … */
type Fact = { readonly mark: string; readonly tone: Tone; readonly text: string };

/** A part of a digest under its own heading. */
export type Section = { readonly heading: string; readonly tone: Tone; readonly items: readonly Item[] };

/** Characters of release notes beside one proposal; the rest is in its pull request. */
const NOTES_BUDGET = 1_800;

const MAX_FACTS = 8;

/** The sections of a digest in the order of urgency; those with nothing to say are absent. */
export function digestSections(digest: Digest): Section[] {
  const at = digest.until;
  const sections: Section[] = [
    { heading: "Look at these now", tone: "urgent", items: digest.alerts.map((alert) => alertItem(alert, at)) },
    { heading: "Ready to review", tone: "good", items: digest.proposed.map((entry) => proposedItem(entry, at)) },
    { heading: "Blocked", tone: "urgent", items: digest.blocked.map((entry) => entryItem(entry, at)) },
    { heading: "Held for a person's word", tone: "careful", items: digest.held.map((entry) => heldItem(entry, at)) },
    { heading: "Waiting", tone: "calm", items: digest.waiting.map((entry) => entryItem(entry, at)) },
    { heading: "Out of support, or soon", tone: "careful", items: digest.ending.map(endingItem) },
    {
      heading: "Could not be checked",
      tone: "careful",
      items: groupUnchecked(digest.unchecked).map((entry) => uncheckedItem(entry, at)),
    },
    { heading: "One upstream, several versions", tone: "calm", items: digest.drifting.map(driftItem) },
    { heading: "Not pinned", tone: "calm", items: digest.unpinned.map(unpinnedItem) },
  ];
  return sections.filter((section) => section.items.length > 0);
}

/** The digest in one line: `3 ready, 1 held, 12 waiting`. */
export function digestCounts(digest: Digest): string {
  const parts = [
    [digest.alerts.length, digest.alerts.length === 1 ? "alert" : "alerts"],
    [digest.proposed.length, "ready to review"],
    [digest.blocked.length, "blocked"],
    [digest.held.length, "held"],
    [digest.waiting.length, "waiting"],
    [digest.ending.length, "out of support, or soon"],
    [digest.unchecked.length, "not checked"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return said.length === 0 ? "nothing new" : said.join(", ");
}

/** What is watched, so that silence can be told from blindness. */
export function watchedLine({ watched, from, until }: Digest): string {
  const subject = `${count(watched.upstreams, "upstream")} of ${count(watched.components, "component")} in ${count(watched.projects, "project")}`;
  return `Watched from ${moment(from)} to ${moment(until)}: ${subject}.`;
}

function proposedItem(entry: DigestEntry, at: Instant): Item {
  const notes = composeNotes(entry.candidate.between, NOTES_BUDGET);
  return { ...entryItem(entry, at), ...(notes !== "" && { notes }) };
}

function heldItem(entry: DigestEntry, at: Instant): Item {
  return { ...entryItem(entry, at), command: `headgate approve ${entry.candidate.id} --reason "why"` };
}

function entryItem(entry: DigestEntry, at: Instant): Item {
  const { candidate, card } = entry;
  const { component } = candidate;
  const from = candidate.from.length === 0 ? "" : `${list(candidate.from.map(shortVersion), 4)} → `;
  return {
    title: `${upstreamLabel(component.upstream)} ${from}${shortVersion(candidate.to.version)}`,
    ...((entry.url ?? candidate.to.notesUrl) !== undefined && { url: entry.url ?? candidate.to.notesUrl ?? "" }),
    about: [
      entry.project,
      STEPS[candidate.step],
      count(component.pins.length, "place"),
      `trust: ${trustPhrase(card.score)}`,
    ],
    facts: entryFacts(entry, at),
  };
}

function entryFacts(entry: DigestEntry, at: Instant): Fact[] {
  const { candidate, decision, byHand } = entry;
  const fixes = candidate.fixes.slice(0, 3).map(
    (advisory): Fact => ({
      mark: "fixes",
      tone: "good",
      text: `${advisory.id} (${advisory.severity}): ${advisory.summary}`,
    }),
  );
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
  const hand: Fact[] = byHand === undefined ? [] : [{ mark: "by hand", tone: "careful", text: byHand }];
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

function alertItem(alert: Alert, at: Instant): Item {
  const { acknowledged } = alert;
  const state: Fact[] =
    acknowledged === undefined
      ? []
      : [
          {
            mark: "acknowledged",
            tone: "calm",
            text: `by ${acknowledged.by} on ${moment(acknowledged.at)}: ${acknowledged.reason}`,
          },
        ];
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
      ...state,
    ],
    ...(alert.state === "open" && { command: `headgate acknowledge ${alert.id} --reason "why"` }),
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
