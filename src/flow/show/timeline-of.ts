import type { AdvisorySpan } from "../../db/upstreams/advisories.ts";
import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ComponentRow } from "../../domain/pages/component-list.ts";
import type { Timeline, TimelineVersion } from "../../domain/pages/timeline.ts";
import { type Release, versionOfTag } from "../../domain/release.ts";

/** What a time line is drawn from. `template`: how the component's versions become tags. `until`: the candidate waits. */
type Known = {
  readonly releases: readonly Release[];
  readonly advisories: readonly AdvisorySpan[];
  readonly alerts: readonly Alert[];
  readonly template: string | undefined;
  readonly until: Instant | undefined;
};

/** Versions besides those that matter: what came before says how often one comes. */
const OTHERS = 30;

/** A component's versions, waits, advisories and trouble, in the order of time. Pure. */
export function timelineOf(row: ComponentRow, known: Known, now: Instant): Timeline {
  const all = known.releases.flatMap((release) => toVersion(release, row, known.template));
  const others = all
    .filter(({ role }) => role === "other")
    .sort(byTime)
    .slice(-OTHERS);
  const versions = [...all.filter(({ role }) => role !== "other"), ...others].sort(byTime);
  const { until } = known;
  return {
    now,
    versions,
    ...(until !== undefined && until > now && { waitingUntil: until }),
    advisories: known.advisories
      .filter(({ version }) => row.current.includes(version))
      .map(({ id, severity, from, until: ended }) => ({
        id,
        severity,
        from,
        ...(ended !== undefined && { until: ended }),
      })),
    events: known.alerts.map(({ class: kind, subject, openedAt, state }) => ({
      words: `${ALERTS[kind].toLowerCase()}${subject === "" ? "" : ` (${subject})`}`,
      at: openedAt,
      over: state === "resolved",
    })),
  };
}

function toVersion(release: Release, row: ComponentRow, template: string | undefined): TimelineVersion[] {
  const version = versionOfTag(release.tag, template);
  if (version === undefined) return [];
  const { publishedAt, firstSeenAt, state } = release;
  const here = row.current.includes(version) || row.current.includes(release.tag);
  const role = here ? "installed" : version === row.latest ? "candidate" : "other";
  return [{ version, at: publishedAt ?? firstSeenAt, state, role }];
}

function byTime(a: TimelineVersion, b: TimelineVersion): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
