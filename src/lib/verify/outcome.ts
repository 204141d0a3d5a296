import type { EvidenceReason, SignerIdentity } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/instant.ts";

/** The signature holds, made by `identity` at `signedAt`. */
export type Verified = {
  readonly reason: "verified";
  readonly identity: SignerIdentity;
  readonly signedAt?: Instant;
};

/** Not verified, and why. `detail` says more, for people who look into it; `identity` is what it claims. */
export type Rejected = {
  readonly reason: Exclude<EvidenceReason, "verified">;
  readonly detail: string;
  readonly identity?: SignerIdentity;
  readonly signedAt?: Instant;
};
