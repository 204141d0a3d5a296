import type { Delivery } from "../domain/bump.ts";
import { Failure } from "../lib/failure.ts";
import type { Batch, DeliverContext } from "./channel.ts";
import { CHANNELS } from "./channels.ts";

/** Delivers a batch over one channel. A failure for the whole batch is one of the configuration: nothing was tried. */
export async function deliver(
  batch: Batch,
  channelId: string,
  context: DeliverContext,
): Promise<readonly (Delivery | Failure)[]> {
  const channel = CHANNELS.find((one) => one.id === channelId);
  if (channel === undefined) {
    const known = CHANNELS.map((one) => one.id).join(", ");
    return [new Failure("misconfigured", `there is no channel "${channelId}"; the channels are ${known}`)];
  }
  if (channel.accepts !== batch.kind) {
    return [
      new Failure("misconfigured", `${channelId} delivers ${channel.accepts}, not a batch of kind ${batch.kind}`),
    ];
  }
  const options = channel.options.safeParse(context.options ?? {});
  if (options.success) return channel.deliver(batch, { ...context, options: options.data });
  const where = options.error.issues.map((issue) => issue.path.join(".") || "the options").join(", ");
  return [new Failure("misconfigured", `deliver.${channelId}: not valid: ${where}`)]; // never the values: they hold secrets
}
