import { deliveryLines, usedChannels } from "../../db/pages/delivery-lines.ts";
import type { DeliveryLine, DeliveryQuestion } from "../../domain/pages/delivery-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { FlowContext } from "../context.ts";

/** What is shown of deliveries, and the channels that can be asked for. */
export type ShownDeliveries = { readonly lines: Listed<DeliveryLine>; readonly channels: readonly string[] };

/** Reads what was sent, or tried, newest first. */
export async function showDeliveries({ db }: FlowContext, question: DeliveryQuestion): Promise<ShownDeliveries> {
  return { lines: await deliveryLines(db, question), channels: await usedChannels(db) };
}
