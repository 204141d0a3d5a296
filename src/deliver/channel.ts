import type { ZodType } from "zod";
import type { Delivery, Proposal } from "../domain/bump.ts";
import type { Digest, TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { DeliveryWish } from "../domain/policy.ts";
import type { Project } from "../domain/project.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { Forge } from "../lib/forge.ts";
import type { ConnectSmtp } from "../lib/smtp.ts";
import type { ServiceUrls } from "../lib/urls.ts";

/** What is to be delivered. Every item has a stored decision; `deliveries` are the earlier ones about the same subjects. */
export type Batch =
  | { readonly kind: "proposals"; readonly project: Project; readonly proposals: readonly ProposalToDeliver[] }
  /** `alreadySent`: keys of deliveries of this digest whose state is `sent`; they are not sent again. */
  | { readonly kind: "digest"; readonly digest: Digest; readonly alreadySent: readonly string[] };

/** A proposal with what the body shows beside it, and what was delivered for its component before. */
export type ProposalToDeliver = {
  readonly proposal: Proposal;
  readonly card: TrustCard;
  readonly earlier: readonly Delivery[];
  /** When a person last asked for this one again: what was closed before is no answer any more. */
  readonly reopenedAt?: Instant;
  /** How rules want it delivered. */
  readonly wish?: DeliveryWish;
  /** The group whose pull request it shares; the proposals of a group hold the changes of the whole group. */
  readonly group?: string;
};

/** What a channel may use. Options are already validated by its schema. */
export type DeliverContext = {
  readonly options: unknown;
  /** Where pull requests are opened; absent without a credential. */
  readonly forge: Forge | undefined;
  readonly fetcher: Fetcher;
  readonly urls: ServiceUrls;
  readonly smtp: ConnectSmtp;
  readonly now: Instant;
  /** Says that a delivery is about to happen or has happened, before the next one starts: a crash then repeats nothing. */
  readonly record: (delivery: Delivery) => Promise<void>;
};

/** A way to reach people. One file, one line in `channels.ts`. */
export type Channel = {
  readonly id: string;
  readonly title: string;
  readonly accepts: Batch["kind"];
  readonly options: ZodType;
  /** One result per proposal or recipient, in their order. A failure means that nothing was written. */
  readonly deliver: (batch: Batch, context: DeliverContext) => Promise<readonly (Delivery | Failure)[]>;
  /** Whether the channel could deliver now, without delivering: one line for people. */
  readonly probe?: (input: {
    readonly options: unknown;
    readonly forge: Forge | undefined;
    readonly smtp: ConnectSmtp;
  }) => Promise<string | Failure>;
};
