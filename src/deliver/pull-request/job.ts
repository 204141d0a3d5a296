import type { Delivery } from "../../domain/bump.ts";
import type { Failure } from "../../lib/failure.ts";
import type { RepositoryName, WriteState } from "../../lib/forge/branch.ts";
import type { Forge } from "../../lib/forge/forge.ts";
import type { OpenPullRequest, PullRequest } from "../../lib/forge/pull-request.ts";
import type { DeliverContext } from "../channel.ts";
import type { Parcel } from "../render/parcel.ts";
import type { Options } from "./options.ts";

/** The id of the channel: deliveries are stored under it. */
export const CHANNEL = "pull-request";

/** Everything that one pull request needs, collected before the first write. */
export type Job = {
  readonly parcel: Parcel;
  readonly forge: Forge;
  readonly repository: RepositoryName;
  readonly context: DeliverContext;
  readonly options: Options;
  readonly state: WriteState;
  /** Why it has to wait for a place, unless a pull request of it is open. */
  readonly waits: Outcome | undefined;
  readonly others: () => Promise<readonly OpenPullRequest[] | Failure>;
};

/** What came of one parcel. */
export type Outcome = Pick<Delivery, "state"> &
  Partial<Pick<Delivery, "url" | "externalId" | "commit" | "error" | "retryAt">>;

/** What a pull request is known by. */
export function reference(pull: PullRequest): { readonly url: string; readonly externalId: string } {
  return { url: pull.url, externalId: pull.id };
}

/** The same outcome under each of the candidates. */
export function toDeliveries({ candidates, text }: Parcel, context: DeliverContext, outcome: Outcome): Delivery[] {
  return candidates.map(({ id }) => ({
    subject: { kind: "candidate", id },
    channel: CHANNEL,
    key: `${CHANNEL}/${id}/${text.fingerprint}`,
    at: context.now,
    ...outcome,
  }));
}
