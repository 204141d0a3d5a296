import type { Release } from "../../domain/release.ts";
import type { CheckResult } from "../../domain/trust.ts";
import type { Check } from "../check.ts";

/** Says which clock runs. How long it must run is the policy's matter. */
export const contentAge: Check = {
  id: "content-age",
  rule: "R9",
  title: "Age of the content",
  why: "Most bad releases are found within days. The clock follows the content, because moved tags and replaced files keep their old date.",
  basis: "registry",
  appliesTo: () => true,
  judge: ({ release }) => {
    const clock = clockOf(release);
    const evidence = {
      kind: clock.kind === "registry" ? "registry-time" : "first-sight",
      source: release.upstream,
      observedAt: release.firstSeenAt,
      observed: clock.since,
    };
    return { outcome: "pass", summary: summaryOf(release, clock), evidence: [evidence], clock };
  },
};

/**
 * A registry's own time proves age from then on; so does our own sight, and the earlier of both counts. A publisher's
 * date proves nothing. Where content was changed, only the first sight of what is there now counts.
 */
function clockOf(release: Release): NonNullable<CheckResult["clock"]> {
  const { publishedAt, publishedBy, contentFirstSeenAt, earlierContent } = release;
  const proven = publishedBy === "registry" && earlierContent.length === 0 ? publishedAt : undefined;
  return proven !== undefined && proven < contentFirstSeenAt
    ? { kind: "registry", since: proven }
    : { kind: "first-seen", since: contentFirstSeenAt };
}

function summaryOf(release: Release, clock: NonNullable<CheckResult["clock"]>): string {
  const since = clock.since.slice(0, 10);
  if (release.earlierContent.length > 0) return `The content changed; what is there now was first seen on ${since}.`;
  if (clock.kind === "registry") return `Published on ${since} by the registry's clock.`;
  if (release.baseline && release.publishedAt !== undefined) {
    const dated = release.publishedAt.slice(0, 10);
    return `First seen on ${since}, when this upstream was first looked at; its own date ${dated} proves nothing.`;
  }
  return `First seen on ${since}.`;
}
