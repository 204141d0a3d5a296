import { type EvidenceKind, type SignatureEvidence, strengthOf } from "../../domain/evidence.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import { everKnown, type Known, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, ofTheLast, passed, unknownPart } from "../check.ts";

/** What the forge's own signature is worth: it comes and goes with how somebody merges. */
const FORGE = 3;

/** Verified is verified: by whom is the matter of the checks of publishers and keys. */
const VERIFIED = 8;

const NAMES: Readonly<Record<EvidenceKind, string>> = {
  pep740: "attestation",
  "github-attestation": "attestation",
  "github-release": "release attestation",
  "npm-provenance": "provenance",
  "npm-signature": "registry signature",
  cosign: "image signature",
  openpgp: "OpenPGP signature",
  minisign: "minisign signature",
  "git-signature": "signature",
};

/** Whether a release is signed or attested less well than the ones before it. */
export const proofWeaker: Check = {
  id: "proof-weaker",
  rule: "R4",
  title: "Weaker signature or provenance than before",
  why: "A takeover often publishes by hand what a pipeline used to sign. Having no proof is usual; losing it is news.",
  basis: "evidence",
  baseRate: "0.8% of releases",
  appliesTo: () => true,
  judge: ({ release, earlier }, now) => {
    const kinds = [...new Set((release.evidence?.proofs ?? []).map(({ kind }) => kind))];
    const compared = kinds.flatMap((kind) => compareKind(kind, release, earlier));
    const [first, ...others] = compared.flatMap((one) => one ?? []);
    if (first !== undefined) return judged(release, [first, ...others], now);
    const could = kinds.some((kind) => strengthIn(release, kind) !== undefined);
    return could
      ? passed("Signed and attested no less than the releases before it.")
      : unknownPart(release, "proofs", "nothing is known of its signatures.");
  },
};

function compareKind(kind: EvidenceKind, release: Release, earlier: readonly ReleaseOutline[]): Difference[] {
  const strength = strengthIn(release, kind);
  if (strength === undefined) return [];
  const strengthOfOne = (_: unknown, one: ReleaseOutline) => strengthIn(one, kind);
  const usual = everKnown(earlier, strengthOfOne, WINDOW.usual);
  const stronger = usual.filter(({ value }) => value > strength);
  if (usual.length < WINDOW.least || stronger.length < Math.min(usual.length, WINDOW.usual - 1)) return [];
  const known = everKnown(earlier, strengthOfOne);
  const word = NAMES[kind];
  const has = strength === 0 ? `has no ${word}` : `has a weaker ${word}`;
  const summary = `${release.version} ${has}; ${ofTheLast(stronger, usual)} had ${strength === 0 ? "one" : "a stronger one"}.`;
  return [
    {
      outcome: outcomeOf(strength, kind === "git-signature" ? known : sinceAdopted(known)),
      summary,
      part: "proofs",
      observed: strength === 0 ? `no ${word}` : `${word} of strength ${strength}`,
      expected: `${word} of strength ${Math.min(...stronger.map(({ value }) => value))} or more`,
      compared: usual,
    },
  ];
}

/**
 * A hold where the project never did without it, a warning where it sometimes does. The forge's own signature comes and
 * goes with how somebody merges: its loss is news only where it was there ever since anything is known, and nothing
 * where it came and went. A signature of a person that gives way to the forge's own is as often a new habit.
 */
function outcomeOf(strength: number, known: readonly Known<number>[]): Difference["outcome"] {
  const usual = known.slice(0, WINDOW.usual);
  const losses = (those: readonly Known<number>[]) => those.filter(({ value }) => value <= strength).length;
  const onlyForge = usual.every(({ value }) => value <= FORGE);
  if (onlyForge && losses(known) >= HABIT) return "pass";
  if (losses(usual) > 0 || (onlyForge && known.length < WINDOW.usual)) return "warn";
  if (onlyForge) return losses(known) === 0 ? "hold" : "warn";
  if (strength === FORGE) return losses(known.slice(0, WINDOW.memory)) === 0 ? "hold" : "warn";
  return losses(known.slice(0, WINDOW.long)) <= 1 ? "hold" : "warn";
}

/**
 * Pipelines attest every release from the day on which they learn to: what was before says nothing of what they forget.
 * Newest first; up to the oldest release that had more than nothing, once there are five.
 */
function sinceAdopted(known: readonly Known<number>[]): readonly Known<number>[] {
  const since = known.slice(0, 1 + known.findLastIndex(({ value }) => value > 0));
  return since.length < WINDOW.usual ? known : since;
}

/** So many losses are how a project goes about it. */
const HABIT = 2;

/**
 * What the least proven file of a release has of a kind, 0 to 10; undefined when it is not known of one of them.
 * Invalid proofs are another check's matter.
 */
function strengthIn(release: Pick<Release, "evidence">, kind: EvidenceKind): number | undefined {
  const proofs = release.evidence?.proofs?.filter((proof) => proof.kind === kind);
  if (proofs === undefined || proofs.length === 0) return undefined; // of most earlier releases nobody looked
  if (proofs.length === 1) return bestOf(proofs); // and the others have one file
  const bySubject = [...Map.groupBy(proofs, ({ subject }) => subject).values()].map(bestOf);
  const known = bySubject.filter((strength) => strength !== undefined);
  return known.length === 0 || known.length < bySubject.length ? undefined : Math.min(...known);
}

function bestOf(proofs: readonly SignatureEvidence[]): number | undefined {
  const known = proofs.map(strengthOf).filter((strength) => strength !== undefined);
  return known.length === 0 ? undefined : Math.min(VERIFIED, Math.max(...known));
}
