import { z } from "zod";
import { strengthOf } from "../../domain/evidence.ts";
import { DAY } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, evidenceOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const LOOKED_AT = 5;
/** Proofs that are more than the forge's word on a commit. */
const FOREIGN: readonly string[] = ["github-attestation", "openpgp", "minisign"];

const release = z.object({
  tag: z.string(),
  valid: z.boolean(),
  byForge: z.boolean(),
  signatureAssets: z.array(z.string()),
  /** What the best proof of it that was verified is worth, 0 to 10. */
  strength: z.number().optional(),
});
type SignedRelease = z.infer<typeof release>;

/** The mean over the last five releases. A signature proves where a release comes from, not that it is good. */
export const signedReleases = defineSignal({
  id: "signed-releases",
  number: "P10",
  title: "Signed releases",
  why: "A signature by a person ties a release to a key that can be compared with the last one. Losing it is news.",
  dimension: "signing",
  weight: 1,
  source: "GitHub, one query per repository; proofs of releases that were verified",
  points:
    "mean over the last 5 releases: a proof that was verified, by a certificate that names a repository, 10, by a pinned key 8; signed by a person 8, signature file that nobody verified 5, the forge's own signature 3, none 0",
  expiry: DAY,
  schema: z.object({ repository: z.string(), claimed: z.boolean(), releases: z.array(release) }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ signatures }) => {
      const strengths = new Map(context.releasesOf(purl).map((one) => [one.tag, provenStrength(one)]));
      return {
        releases: signatures.slice(0, LOOKED_AT).map((one) => ({
          ...one,
          signatureAssets: [...one.signatureAssets],
          ...((strengths.get(one.tag) ?? 0) > 0 && { strength: strengths.get(one.tag) }),
        })),
      };
    }),
  judge: (collected) => {
    const { repository, claimed, releases } = collected.facts;
    const note = claimNote(claimed, repository);
    if (releases.length === 0) {
      return { outcome: "unknown", points: 0, reason: `There is no release to look at${note}.`, evidence: [] };
    }
    const points = releases.map(pointsFor).reduce((sum, one) => sum + one, 0) / releases.length;
    const by = (test: (one: SignedRelease) => boolean) => releases.filter(test).length;
    const people = by(({ valid, byForge, strength }) => strength === undefined && valid && !byForge);
    const verified = by(({ strength }) => strength !== undefined);
    const reason =
      `Of the last ${releases.length} releases ${verified === 0 ? "" : `${verified} carry a proof that was verified, `}${people} carry a valid signature by a person, ` +
      `${by((one) => one.signatureAssets.length > 0)} a signature file (not verified), ` +
      `${by((one) => one.valid && one.byForge)} only the forge's own${note}.`;
    const evidence = releases.map((one) => evidenceOf(collected, "release-signature", describe(one)));
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason, evidence };
  },
});

function pointsFor({ valid, byForge, signatureAssets, strength }: SignedRelease): number {
  if (strength !== undefined) return strength / 10;
  if (valid && !byForge) return 0.8;
  if (signatureAssets.length > 0) return 0.5;
  return valid ? 0.3 : 0;
}

function provenStrength({ evidence }: Release): number {
  const verified = (evidence?.proofs ?? []).filter(({ kind, level }) => FOREIGN.includes(kind) && level === "verified");
  return Math.max(0, ...verified.map((proof) => strengthOf(proof) ?? 0));
}

function describe({ tag, valid, byForge, signatureAssets }: SignedRelease): string {
  const commit = valid ? `valid signature by ${byForge ? "the forge" : "a person"}` : "no valid signature";
  return `${tag}: ${[commit, ...signatureAssets].join(", ")}`;
}
