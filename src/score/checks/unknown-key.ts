import { reasonText, type SignatureEvidence, type SignerIdentity } from "../../domain/evidence.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { everKnown, type Known, newcomers, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, passed, unknownPart } from "../check.ts";

/** Whether a release is signed with a key that the project never used, or not validly. */
export const unknownKey: Check = {
  id: "unknown-key",
  rule: "R6",
  title: "A key never seen, or a signature that does not hold",
  why: "A signature proves something only while the key is the project's own. A new key is looked at once, then known.",
  basis: "evidence",
  baseRate: "0.5% of releases are held, 2.2% are told with a warning",
  appliesTo: () => true,
  judge: ({ release, earlier }, now) => {
    const proofs = (release.evidence?.proofs ?? []).filter(({ level }) => level !== "unknown");
    if (proofs.length === 0) return unknownPart(release, "proofs", "nothing is known of its signatures.");
    const [first, ...others] = [
      ...invalidOnes(proofs, earlier),
      ...troubled(proofs),
      ...renamed(proofs, earlier),
      ...newKeys(release.evidence ?? {}, release, earlier),
    ];
    if (first !== undefined) return judged(release, [first, ...others], now);
    const signed = keysOf(release.evidence ?? {}).length > 0;
    return passed(signed ? "Signed with a known key." : "Not signed with a key, so there is none to compare.");
  },
};

/** A signature that is not of this content blocks, unless the project's own were never understood either. */
function invalidOnes(proofs: readonly SignatureEvidence[], earlier: readonly ReleaseOutline[]): Difference[] {
  return proofs
    .filter(({ level }) => level === "invalid")
    .map(({ kind, reason, subject }) => {
      const usual = everKnown(earlier, (facts) =>
        facts.proofs?.some((one) => one.kind === kind && one.reason === reason),
      );
      const always = usual.length >= WINDOW.least && usual.slice(0, WINDOW.usual).every(({ value }) => value);
      return {
        outcome: always ? "warn" : "block",
        summary: `The proof of ${subject} is not valid: ${reasonText(reason)}${always ? ", as with earlier releases" : ""}.`,
        part: "proofs",
        observed: `${kind}: ${reason}`,
        expected: "a signature that holds",
      };
    });
}

function troubled(proofs: readonly SignatureEvidence[]): Difference[] {
  return proofs
    .filter(({ reason }) => reason === "key-expired" || reason === "key-revoked")
    .map(({ kind, reason, subject, identity }) => ({
      outcome: "warn",
      summary: `${subject} is ${reasonText(reason)}.`,
      part: "proofs",
      observed: `${kind}: ${reason} ${identity?.keyId ?? ""}`.trim(),
      expected: "a key that is valid",
    }));
}

/** A signed release candidate that was given the name of the release: its signer never said that it is one. */
function renamed(proofs: readonly SignatureEvidence[], earlier: readonly ReleaseOutline[]): Difference[] {
  const isRenamed = ({ reason }: SignatureEvidence) => reason === "other-name";
  const known = everKnown(earlier, (facts) => facts.proofs?.some(isRenamed));
  const isHabit = known.some(({ value }) => value);
  return proofs.filter(isRenamed).map(({ subject, detail = "" }) => ({
    outcome: isHabit ? "warn" : "hold",
    summary: `The tag ${subject} was signed under another name of its version${isHabit ? ", as earlier ones were" : ""}: ${detail}.`,
    part: "proofs",
    observed: detail,
    expected: "a tag that was signed under its own name",
    compared: known.filter(({ value }) => value),
  }));
}

/** Each kind of signature has its own keys: that a tag's were not known before says nothing of those of files. */
function newKeys(facts: ReleaseFacts, release: Release, earlier: readonly ReleaseOutline[]): Difference[] {
  return [...Map.groupBy(keysOf(facts), ({ kind }) => kind)].flatMap(([kind, keys]) => {
    const known = everKnown(earlier, (one) => {
      const own = keysOf(one).flatMap((key) => (key.kind === kind ? [key.text] : []));
      return own.length === 0 ? undefined : own;
    });
    if (known.length < WINDOW.least) return [];
    const learned = new Set(known.flatMap(({ value }) => value));
    const usual = [...learned].slice(0, 3).join(", ");
    return keys
      .filter(({ text, isWorkflow }) => !learned.has(text) && isWorkflow !== true)
      .map(({ text }) => ({
        outcome: outcomeOf(known),
        summary: `The key changed: ${release.version} is signed with ${text}, which no earlier release was signed with; they used ${usual}.`,
        part: "proofs",
        observed: text,
        expected: usual,
        compared: known.slice(0, WINDOW.long),
      }));
  });
}

/** `isWorkflow`: of a repository, whose change is the publisher's matter; here it only says what is usual. */
type Key = { readonly kind: SignatureEvidence["kind"]; readonly text: string; readonly isWorkflow?: boolean };

/**
 * Keys by what they sign: the forge's own say nothing of persons. Anybody with an account somewhere gets a certificate of
 * Sigstore in a moment: who is in one counts like a key.
 */
function keysOf({ proofs = [] }: ReleaseFacts): Key[] {
  const keys = proofs
    .filter(({ level, reason }) => (level === "verified" || level === "present") && reason !== "signed-by-forge")
    .filter(({ kind }) => kind !== "npm-signature")
    .flatMap(({ kind, identity }): (readonly [string, Key])[] => {
      if (identity?.keyId === undefined) return identity === undefined ? [] : certificateOf(kind, identity);
      const text = `${WORDS[kind] ?? kind} ${shortKey(identity.keyId)}`;
      return [[text, { kind, text }]];
    });
  return [...new Map(keys).values()].toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

/** Of images and files. What registries publish says of itself who may sign it, and is judged by that. */
function certificateOf(kind: Key["kind"], identity: SignerIdentity): (readonly [string, Key])[] {
  const { repository, issuer, subjectAlternativeName } = identity;
  const name = repository ?? subjectAlternativeName;
  if (kind !== "cosign" || name === undefined) return [];
  const by = repository !== undefined || issuer === undefined ? "" : ` by ${issuer}`;
  const text = `a certificate of ${name}${by}`;
  return [[text, { kind, text, isWorkflow: repository !== undefined }]];
}

const WORDS: Readonly<Partial<Record<SignatureEvidence["kind"], string>>> = {
  "git-signature": "tag key",
  openpgp: "OpenPGP key",
  minisign: "minisign key",
  cosign: "cosign key",
};

/** A fingerprint ends in the key id: both name the same OpenPGP key (RFC 9580, section 5.5.4). */
function shortKey(key: string): string {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{16})$/i.test(key) ? key.toUpperCase().slice(-16) : key;
}

/**
 * A hold where the project kept to its keys, or took in one long ago; else a warning, also where whoever releases signs
 * with a key of their own: a habit hides one difference, not two. The first three releases only begin the set.
 */
function outcomeOf(known: readonly Known<readonly string[]>[]): Difference["outcome"] {
  const { ever, lately } = newcomers(known);
  return ever <= 1 && lately === 0 ? "hold" : "warn";
}
