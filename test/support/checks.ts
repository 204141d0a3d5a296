import { type EvidenceKind, type EvidenceReason, evidenceFor, type SignerIdentity } from "../../src/domain/evidence.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { outlineOf } from "../../src/domain/integrity/content-history.ts";
import type { Release } from "../../src/domain/release.ts";
import type { ReleaseFacts } from "../../src/domain/release-facts.ts";
import { earlierThan } from "../../src/domain/release-history.ts";
import type { Check } from "../../src/score/check.ts";
import { aRelease, NOW } from "./build.ts";

/** Releases `0.1.0`, `0.2.0` … every ten days, the last of them ten days ago; newest first. One per given facts. */
export function aHistory(facts: readonly ReleaseFacts[], upstream = "pkg:github/example/tool"): Release[] {
  return facts.map((evidence, index) => {
    const at = plus(NOW, -10 * DAY * (index + 1));
    return aRelease({ upstream, version: `0.${facts.length - index}.0`, publishedAt: at, firstSeenAt: at, evidence });
  });
}

/** What a check says of a release `1.0.0` of today, after a history. */
export function judgedAfter(
  check: Check,
  facts: ReleaseFacts,
  history: readonly Release[],
  given: Partial<Release> = {},
) {
  const upstream = history[0]?.upstream ?? "pkg:github/example/tool";
  const release = aRelease({
    upstream,
    version: "1.0.0",
    publishedAt: NOW,
    firstSeenAt: NOW,
    evidence: facts,
    ...given,
  });
  const outlines = history.map(outlineOf);
  const earlier = earlierThan(release, outlines);
  return check.judge({ release, history: outlines, earlier, advisories: [] }, NOW);
}

/** The same facts so many times. */
export function times(count: number, facts: ReleaseFacts): ReleaseFacts[] {
  return Array.from({ length: count }, () => facts);
}

/** Facts that consist of one proof. */
export function proven(
  reason: EvidenceReason,
  identity: SignerIdentity = {},
  kind: EvidenceKind = "git-signature",
): ReleaseFacts {
  return { proofs: [evidenceFor(kind, reason, { subject: "v1", observedAt: NOW, identity })] };
}
