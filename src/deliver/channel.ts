import type { ZodType } from "zod";
import type { Delivery, LetterAbout, Proposal } from "../domain/bump.ts";
import type { Digest, Notice, TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { DeliveryWish, OpenLimit } from "../domain/policy.ts";
import type { Project } from "../domain/project.ts";
import type { PullRequestNews } from "../domain/pull-request-news.ts";
import type { Recipient } from "../domain/recipient.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { WatchedForge } from "../lib/forge/forge.ts";
import type { ServiceUrls } from "../lib/http/urls.ts";
import type { ConnectSmtp } from "../lib/mail/smtp.ts";

/** What is to be delivered. Every item has a stored decision; `deliveries` are the earlier ones about the same subjects. */
export type Batch =
  | {
      readonly kind: "proposals";
      readonly project: Project;
      readonly proposals: readonly ProposalToDeliver[];
      /** Every pull request of ours that is open in the project, whether or not a proposal here is about it. */
      readonly open: readonly OpenPlace[];
    }
  /** `claim` takes the right to send one; false: it was sent, or somebody else is at it. */
  | {
      readonly kind: "letters";
      readonly letters: readonly Letter[];
      readonly claim: (letter: Letter) => Promise<boolean>;
    };

/** What people are told: the digest of a period, or one piece of trouble at once. */
export type Announcement =
  | { readonly kind: "digest"; readonly digest: Digest }
  | { readonly kind: "notice"; readonly notice: Notice };

/**
 * One recipient's copy, written and not yet sent. Plain data: it is stored before it is sent, and sent again as it was.
 * `key` is the same for the same news, `externalId` for every attempt. `content` is the channel's own.
 */
export type Letter = {
  readonly key: string;
  readonly recipient: string;
  readonly subject: Delivery["subject"];
  readonly externalId: string;
  /** What stays to be shown of it. */
  readonly about: LetterAbout;
  readonly content: unknown;
};

/** How a channel that sends letters knows its recipients, and writes to one of them. Nothing is sent by it. */
type LetterDesk = {
  readonly recipients: (options: unknown) => readonly Recipient[];
  readonly write: (
    announcement: Announcement,
    recipient: Recipient,
    context: { readonly options: unknown; readonly now: Instant; readonly unsubscribeUrl?: string | undefined },
  ) => Letter;
  /** Of channels that tell of pull requests one by one. */
  readonly writeNews?: (
    news: PullRequestNews,
    recipient: Recipient,
    context: { readonly options: unknown; readonly now: Instant },
  ) => Letter;
};

/** A proposal with what the body shows beside it, and what was delivered for its component before. */
export type ProposalToDeliver = {
  readonly proposal: Proposal;
  readonly card: TrustCard;
  readonly earlier: readonly Delivery[];
  /** When a person last asked for this one again: what was closed before is no answer any more. */
  readonly reopenedAt?: Instant;
  /** By when its advisories are to be answered, by their ids. */
  readonly dueDates?: Readonly<Record<string, Instant>>;
  /** How rules want it delivered. */
  readonly wish?: DeliveryWish;
  /** Which rules bound how many pull requests are open, of those that match it. */
  readonly limits?: readonly OpenLimit[];
  /** The group whose pull request it shares; the proposals of a group hold the changes of the whole group. */
  readonly group?: string;
};

/** A pull request of ours that was open when it was last looked at. `limits`: of the rules that match what it carries. */
export type OpenPlace = { readonly id: string; readonly limits: readonly OpenLimit[] };

/** What a channel may use. Options are already validated by its schema. */
export type DeliverContext = {
  readonly options: unknown;
  /** The forge of the project that is delivered to; absent for a folder, and for letters. */
  readonly forge: WatchedForge | undefined;
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
  /** Of channels that accept letters. */
  readonly letters?: LetterDesk;
  /** One result per proposal or letter, in their order. A failure means that nothing was written. */
  readonly deliver: (batch: Batch, context: DeliverContext) => Promise<readonly (Delivery | Failure)[]>;
  /** Whether the channel could deliver now, without delivering: one line for people. */
  readonly probe?: (input: {
    readonly options: unknown;
    /** Those of the watched projects. */
    readonly forges: readonly WatchedForge[];
    readonly smtp: ConnectSmtp;
  }) => Promise<string | Failure>;
};
