import { type Alert, byGravity, type Verdict } from "../../domain/bump.ts";
import {
  type Digest,
  type DigestEntry,
  type DriftEntry,
  type MergedEntry,
  NOT_YET,
  type QuietChange,
  type SideBySideEntry,
  type TakenBackEntry,
  type UncheckedEntry,
  type UnpinnedEntry,
  type UnusedEntry,
} from "../../domain/digest.ts";
import { between, DAY, type Instant } from "../../domain/instant.ts";
import { isQuiet } from "../../domain/integrity/pin-integrity.ts";
import type { IntegrityNote } from "../../domain/pages/integrity-line.ts";
import { type Component, isUnpinned, type Pin } from "../../domain/pin.ts";
import type { Policy } from "../../domain/policy.ts";
import type { SupportEntry } from "../../domain/support.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { dueAdvisories } from "../advisories/due-advisories.ts";
import { isPinnedAt } from "../discover/pinned-places.ts";

/** What a digest is made of, read from the store. */
export type DigestMaterial = {
  readonly entries: readonly DigestEntry[];
  readonly components: readonly Component[];
  readonly alerts: readonly Alert[];
  readonly merged: readonly MergedEntry[];
  readonly takenBack: readonly TakenBackEntry[];
  readonly unchecked: readonly UncheckedEntry[];
  /** Places that are several versions of one upstream on purpose, by their projects. */
  readonly alternatives: readonly { readonly project: string; readonly upstream: string; readonly pin: Pin }[];
  /** Files that nothing else names, by their projects. */
  readonly unused: readonly Pick<UnusedEntry, "project" | "path">[];
  readonly ending: readonly SupportEntry[];
  /** What the watch on pins noted, oldest first, as it was stored. */
  readonly changed: readonly IntegrityNote[];
  readonly projects: readonly string[];
  /** The installation's address in the world, where it has one. */
  readonly pages?: string;
  readonly responseTimes: Policy["responseTimes"];
  readonly from: Instant;
  readonly until: Instant;
  /** The news of the last digest of the same recipient; absent: there was none. */
  readonly known?: readonly string[];
};

/** Sorts the material into the digest's sections. Pure: the same material gives the same digest, whatever the order it came in. */
export function buildDigest(material: DigestMaterial): Digest {
  const { components, alerts, from, until, known, pages } = material;
  const entries = material.entries.map((entry) => withNews(entry, known));
  const inVerdict = (verdict: Verdict) => entries.filter((entry) => entry.decision.verdict === verdict).sort(byUrgency);
  const sections = {
    proposed: inVerdict("propose"),
    held: inVerdict("hold"),
    waiting: inVerdict("wait"),
    blocked: inVerdict("block"),
  };
  return {
    key: `digest-${until.slice(0, 10)}-${[...material.projects].sort().join("+")}`,
    title: titleOf(material.projects, sections.proposed.length, entries),
    ...(pages !== undefined && { pages }),
    from,
    until,
    ...sections,
    alerts: [...alerts].sort(byGravity),
    advisories: dueAdvisories(entries, material.responseTimes, until),
    merged: [...material.merged].filter((entry) => entry.mergedAt >= from).sort(byComponent),
    takenBack: [...material.takenBack].filter((entry) => entry.at >= from).sort(byComponent),
    changed: quietChangesOf(material),
    unpinned: unpinnedOf(components),
    drifting: driftingOf(components),
    sideBySide: sideBySideOf(material),
    unused: unusedOf(material),
    unchecked: [...material.unchecked].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    ending: [...material.ending].sort((a, b) => ((a.endsAt ?? "") < (b.endsAt ?? "") ? -1 : 1)),
    watched: {
      projects: material.projects.length,
      components: components.length,
      upstreams: new Set(components.map((component) => component.upstream)).size,
    },
  };
}

/**
 * One line per piece of news, always spelled the same: what the next digest is compared with. A waiting candidate is
 * news once, that its date comes nearer is not; nor is another reason for what could not be looked at yesterday either.
 */
export function newsOf(digest: Digest): string[] {
  const entries = [...digest.proposed, ...digest.held, ...digest.waiting, ...digest.blocked];
  return [
    ...entries.map(newsLine),
    ...digest.advisories.map(
      ({ project, upstream, advisory, overdue }) =>
        `advisory ${project} ${upstream} ${advisory.id}${overdue ? " overdue" : ""}`,
    ),
    ...digest.alerts.flatMap((alert) => newsOfAlert(alert, digest.until)),
    ...digest.ending.map((entry) => `support ${entry.project} ${entry.subject} ${entry.ended ? "ended" : "ends"}`),
    ...digest.merged.map((entry) => `merged ${entry.candidate.id}`),
    ...digest.takenBack.map((entry) => `taken back ${entry.candidate.id} ${entry.at}`),
    ...digest.unchecked.map((entry) => `unchecked ${entry.subject}`),
  ].sort();
}

/**
 * An alert is news when it opens, and with other evidence; it comes up again every week while it stands, and every four
 * once somebody has seen it. That somebody has seen it is none.
 */
function newsOfAlert(alert: Alert, at: Instant): string[] {
  const seen = alert.acknowledged?.at;
  const reminders = Math.floor(between(seen ?? alert.openedAt, at) / (seen === undefined ? 7 * DAY : 28 * DAY));
  if (seen !== undefined && reminders === 0) return [];
  const observed = alert.evidence.map((one) => one.observed ?? "").join(" ");
  return [`alert ${alert.id} ${alert.state} ${reminders} ${observed}`];
}

function newsLine(entry: DigestEntry): string {
  const { candidate, decision, url, byHand = "" } = entry;
  const why = byHand.startsWith(NOT_YET) ? NOT_YET : byHand; // until when a service wants to be left alone is no news
  return `${candidate.id} ${decision.verdict} ${url ?? why}`.trim();
}

function withNews(entry: DigestEntry, known: readonly string[] | undefined): DigestEntry {
  return known === undefined ? entry : { ...entry, isNew: !known.includes(newsLine(entry)) };
}

/** What was noted since the last digest of what is still pinned; the same name changed again is one entry. */
function quietChangesOf({ changed, components, from }: DigestMaterial): QuietChange[] {
  const recent = changed.filter(({ at, upstream }) => at >= from && upstream !== undefined);
  const groups = Map.groupBy(recent, (one) => `${one.project} ${one.upstream} ${one.class} ${one.subject}`);
  return [...groups.values()].flatMap((group): QuietChange[] => {
    const last = group.at(-1);
    if (last?.upstream === undefined || last.project === undefined || !isQuiet(last.class)) return [];
    const { project, upstream, class: kind, subject, summary, at } = last;
    const pins = components.find((one) => one.project === project && one.upstream === upstream)?.pins ?? [];
    const places = placesOf(pins.filter((pin) => isPinnedAt(pin, subject)));
    return [{ project, upstream, class: kind, subject, summary, at, times: group.length, places }];
  });
}

/** Places that name a moving thing, grouped by upstream and by what is written. */
function unpinnedOf(components: readonly Component[]): UnpinnedEntry[] {
  return components.flatMap((component) => {
    const byText = Map.groupBy(component.pins.filter(isUnpinned), (pin) => pin.text);
    return [...byText].map(([text, pins]) => ({
      project: component.project,
      upstream: component.upstream,
      text,
      places: placesOf(pins),
    }));
  });
}

function driftingOf(components: readonly Component[]): DriftEntry[] {
  return components
    .filter((component) => component.current.length > 1)
    .map((component) => ({
      project: component.project,
      upstream: component.upstream,
      versions: component.current.map((version) => ({
        version,
        places: placesOf(component.pins.filter((pin) => pin.version === version)),
      })),
    }));
}

/** Each version that is tried, as written, with its places; in the order in which they stand there. */
function sideBySideOf({ alternatives }: DigestMaterial): SideBySideEntry[] {
  const groups = Map.groupBy(alternatives, ({ project, upstream }) => `${project} ${upstream}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const byText = Map.groupBy(
      group.map(({ pin }) => pin),
      ({ text }) => text,
    );
    const versions = [...byText].map(([version, pins]) => ({ version, places: placesOf(pins) }));
    return first === undefined ? [] : [{ project: first.project, upstream: first.upstream, versions }];
  });
}

/** Only files with something that is watched: what else stands in them is nobody's concern here. */
function unusedOf({ unused, components }: DigestMaterial): UnusedEntry[] {
  return unused.flatMap(({ project, path }) => {
    const own = components.filter((component) => component.project === project);
    const pins = own.flatMap((component) => component.pins.filter((pin) => pin.path === path)).length;
    return pins === 0 ? [] : [{ project, path, pins }];
  });
}

function placesOf(pins: readonly Pin[]): { path: string; line: number }[] {
  return pins.map(({ path, line }) => ({ path, line }));
}

/** What fixes most first, then what is new. */
function byUrgency(a: DigestEntry, b: DigestEntry): number {
  const fixes = b.candidate.fixes.length - a.candidate.fixes.length;
  const news = Number(b.isNew === true) - Number(a.isNew === true);
  return fixes || news || byComponent(a, b);
}

function byComponent(a: SortedEntry, b: SortedEntry): number {
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

type SortedEntry = Pick<DigestEntry, "project" | "candidate">;

function sortKey(entry: SortedEntry): string {
  return `${entry.project} ${upstreamLabel(entry.candidate.component.upstream)} ${entry.candidate.id}`;
}

function titleOf(projects: readonly string[], proposed: number, entries: readonly DigestEntry[]): string {
  const fixing = entries.filter((entry) => entry.candidate.fixes.length > 0).length;
  const who = projects.length === 1 ? projects[0] : `${projects.length} projects`;
  const held = entries.filter(({ decision }) => decision.verdict === "hold").length;
  const updates = `${proposed} ${proposed === 1 ? "update" : "updates"}`;
  if (proposed === 0 && fixing === 0) return `${who}: ${held > 0 ? `${held} held` : "nothing to review"}`;
  return `${who}: ${updates}${fixing > 0 ? `, ${fixing} for security` : ""}`;
}
