import type { SignatureEvidence, SignerIdentity } from "./evidence.ts";
import type { Instant } from "./instant.ts";

/** Where a part of the evidence came from. `status` is the HTTP status, where there was one. */
type FactSource = {
  readonly kind: string;
  readonly locator: string;
  readonly fetchedAt: Instant;
  readonly etag?: string;
  readonly status?: number;
};

/**
 * Facts about one release that checks compare with the project's own earlier ones. Plain data, so that what was
 * collected and what is replayed from a file are judged alike. Everything that is not known is left out.
 */
export type ReleaseFacts = {
  /** Signatures, attestations, and the kinds that were looked for in vain. */
  readonly proofs?: readonly SignatureEvidence[];
  /** Who published it through which pipeline, where that is known without a proof. */
  readonly publisher?: Pick<SignerIdentity, "repository" | "workflow" | "environment" | "ref">;
  /** The account that published it on its registry, or made the release on its forge. */
  readonly account?: string;
  /** Accounts that may publish it, as its registry listed them with this version. */
  readonly maintainers?: readonly string[];
  /** When the domain of a maintainer's mail address was registered, by domain. */
  readonly mailDomains?: Readonly<Record<string, Instant>>;
  /** Whether the tag's commit is on the default branch or a release branch. */
  readonly onBranch?: boolean;
  /** What the source repository knows of this version. */
  readonly origin?: {
    readonly repository?: string;
    readonly tag?: boolean;
    readonly release?: boolean;
    readonly run?: boolean;
  };
  /** The digest that other registries have under the same tag, by their host. */
  readonly otherDigests?: Readonly<Record<string, string>>;
  /** When each file was uploaded, by the registry's clock. */
  readonly fileTimes?: Readonly<Record<string, Instant>>;
  /** Names of what it requires at run time. */
  readonly dependencies?: readonly string[];
  /** When the package of that name was first published. */
  readonly dependencySince?: Readonly<Record<string, Instant>>;
  readonly installCode?: {
    /** `.pth` files in a wheel that hold code: Python runs them at every start. */
    readonly startupFiles?: readonly string[];
    /** Scripts that a package manager runs while it installs: npm's lifecycle, Composer plugins. */
    readonly scripts?: readonly string[];
    readonly buildBackend?: string;
    /** Hash of `setup.py`, or `none`. */
    readonly setup?: string;
  };
  /** Published checksums, and the files whose content has another one. */
  readonly checksums?: { readonly published: boolean; readonly mismatches: readonly string[] };
  /** The repository that answered under the upstream's name. */
  readonly repository?: {
    readonly id?: string;
    readonly ownerId?: string;
    readonly name?: string;
    readonly archived?: boolean;
  };
  /** Where each part is from. */
  readonly sources?: Readonly<Record<string, FactSource>>;
  /** Why a part is not known, in words that follow "not checked:". */
  readonly unknown?: Readonly<Record<string, string>>;
};

/** The same with what was learned later: later parts win; proofs, sources and dates are kept one by one. */
export function mergeFacts(
  before: ReleaseFacts | undefined,
  after: ReleaseFacts | undefined,
): ReleaseFacts | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const merged = { ...before, ...after };
  const both = <Part>(one: Readonly<Record<string, Part>> | undefined, two: typeof one) => ({ ...one, ...two });
  const isKnown = (part: string) => part !== "unknown" && after.unknown?.[part] === undefined;
  const known = new Set(Object.keys(after).filter(isKnown));
  const unknown = Object.entries(both(before.unknown, after.unknown)).filter(([part]) => !known.has(part));
  const { unknown: _, ...rest } = merged;
  return {
    ...rest,
    ...(merged.proofs !== undefined && { proofs: mergeProofs(before.proofs ?? [], after.proofs ?? []) }),
    ...(merged.sources !== undefined && { sources: both(before.sources, after.sources) }),
    ...(merged.dependencySince !== undefined && {
      dependencySince: both(before.dependencySince, after.dependencySince),
    }),
    ...(unknown.length > 0 && { unknown: Object.fromEntries(unknown) }),
  };
}

/** One proof per kind and subject: what was learned later replaces it, unless it is only that nobody could look. */
function mergeProofs(before: readonly SignatureEvidence[], after: readonly SignatureEvidence[]): SignatureEvidence[] {
  const keyOf = ({ kind, subject }: SignatureEvidence) => `${kind} ${subject}`;
  const merged = new Map(before.map((proof) => [keyOf(proof), proof]));
  for (const proof of after) {
    if (proof.level !== "unknown" || !merged.has(keyOf(proof))) merged.set(keyOf(proof), proof);
  }
  return [...merged.values()];
}
