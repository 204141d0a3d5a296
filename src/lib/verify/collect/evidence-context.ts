import { type EvidenceKind, evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { Failure } from "../../failure.ts";
import type { Fetcher } from "../../fetcher.ts";
import type { GitHub } from "../../github/client.ts";
import type { ServiceUrls } from "../../http/urls.ts";
import type { Registry } from "../../registry/client.ts";
import type { PinnedKeys } from "../signatures/pinned-keys.ts";
import type { TrustRoots } from "../sigstore/trust-roots.ts";

/** What collecting may ask, and what is trusted. */
export type EvidenceContext = {
  readonly fetcher: Fetcher;
  /** Absent without a credential: then nothing is known of what only GitHub's API tells. */
  readonly github: GitHub | undefined;
  readonly registry: Registry;
  readonly urls: ServiceUrls;
  readonly roots: TrustRoots;
  /** The keys pinned for an upstream, by its purl. */
  readonly keysOf: (upstream: string) => PinnedKeys;
  readonly now: Instant;
};

/** That something could not be asked: unknown, which is neither good nor bad. */
export function unasked(kind: EvidenceKind, subject: string, failure: Failure, observedAt: Instant): SignatureEvidence {
  const reason = failure.code === "forbidden" ? "not-allowed" : "not-reachable";
  return evidenceFor(kind, reason, { subject, observedAt, detail: failure.message });
}

/** That something was looked for and is not there. */
export function absent(kind: EvidenceKind, subject: string, digest: string | undefined, observedAt: Instant) {
  return evidenceFor(kind, "none", { subject, observedAt, ...(digest !== undefined && { subjectDigest: digest }) });
}
