import { HOUR, type Instant, plus } from "../../domain/instant.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import { bornAt, familyOf } from "../../domain/release-history.ts";
import { type Check, judged, passed } from "../check.ts";

const SEVERAL = 3;

/** Whether several versions appear within an hour: then the age of the last one counts for all. */
export const releaseBurst: Check = {
  id: "release-burst",
  rule: "R14",
  title: "Several versions within an hour",
  why: "Whoever is in a hurry publishes several versions, or on all lines at once, to reach as many as possible.",
  basis: "dates",
  baseRate: "5.3% of releases are two within two hours, which is not told",
  appliesTo: ({ upstream }) => !upstream.startsWith("pkg:docker/"),
  judge: ({ release, history }, now) => {
    // at the first look everything is seen at once: only dates of upstream tell them apart
    const born = bornAt(release);
    const from = plus(born, -HOUR);
    const to = plus(born, HOUR);
    const isClose = (one: Release | ReleaseOutline) => bornAt(one) >= from && bornAt(one) <= to && bornAt(one) <= now;
    // hardly any is: that is asked before anything about names
    const others = history.filter((one) => isClose(one) && one.state !== "prerelease" && isOther(one, release));
    const close = [...(isClose(release) ? [release] : []), ...others]
      .map((one) => ({ one, at: bornAt(one) }))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    const burst = close.filter(
      ({ at }) => close.filter((other) => other.at >= at && other.at <= plus(at, HOUR)).length >= SEVERAL,
    );
    const last = close.at(-1);
    if (burst.length === 0 || last === undefined || !hasOwnTimes(close))
      return passed("Not one of many at the same time.");
    const tags = close.map(({ one }) => one.tag);
    const shown = `${tags.slice(0, 4).join(", ")}${tags.length > 4 ? ` and ${tags.length - 4} more` : ""}`;
    const summary = `${tags.length} versions appeared within an hour or two: ${shown}. The wait runs from the last of them.`;
    const observed = `${tags.length} versions by ${last.at.slice(0, 16)}`;
    const judgement = judged(
      release,
      [{ outcome: "warn", summary, part: "dates", observed, expected: "fewer than three versions in an hour" }],
      now,
    );
    const kind = release.publishedBy === "registry" ? "registry" : "first-seen";
    return { ...judgement, clock: { kind, since: last.at } };
  },
};

/** Parts of one project that are tagged together, on one commit or under names of their own, are one release. */
function isOther(one: Pick<Release, "tag" | "commit">, release: Release): boolean {
  const same = one.commit !== undefined && one.commit === release.commit;
  return one.tag !== release.tag && !same && familyOf(one.tag) === familyOf(release.tag);
}

/** What one poll finds at once has one first sight and tells nothing of when it was made, unless upstream dates it. */
function hasOwnTimes(close: readonly { readonly one: Pick<Release, "publishedAt">; readonly at: Instant }[]): boolean {
  const dated = close.map(({ one }) => one.publishedAt).filter((date) => date !== undefined);
  if (dated.length < close.length) return new Set(close.map(({ at }) => at)).size > 1;
  const sorted = dated.toSorted();
  return sorted.some((date, index) => {
    const third = sorted[index + SEVERAL - 1];
    return third !== undefined && third <= plus(date, HOUR);
  });
}
