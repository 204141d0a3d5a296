import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { deleteMeta, getMeta, metaStarting, putMetaOnce, setMeta } from "../../db/service/meta.ts";
import type { Channel } from "../../deliver/channel.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import type { Recipient } from "../../domain/recipient.ts";
import type { FlowContext } from "../context.ts";

/** Somebody whose letter brought them here. `leaving`: no letters go to them now. */
export type Subscription = { readonly channel: string; readonly address: string; readonly left: boolean };

/** The recipients of a channel, without those who left. */
export async function subscribersOf(flow: FlowContext, channel: Channel): Promise<Recipient[]> {
  const left = await metaStarting(flow.db, leftKey(channel.id, ""));
  const all = channel.letters?.recipients(flow.deliver[channel.id]) ?? [];
  return all.filter(({ address }) => !left.has(leftKey(channel.id, address)));
}

/** The page where a recipient can leave, and come back; undefined without an address of ours in the world. */
export async function unsubscribeUrl(
  flow: FlowContext,
  channel: Channel,
  recipient: Recipient,
): Promise<string | undefined> {
  if (flow.publicUrl === undefined) return undefined;
  const token = sign(await secretOf(flow), [channel.id, recipient.address]);
  return `${flow.publicUrl}/letters/${token}`;
}

/** Whose page a token opens; undefined when it is not one of ours, or its recipient is not configured any more. */
export async function readSubscription(flow: FlowContext, token: string): Promise<Subscription | undefined> {
  const [channelId, address] = verify(await secretOf(flow), token) ?? [];
  const channel = CHANNELS.find((one) => one.id === channelId);
  if (channel?.letters === undefined || address === undefined || flow.deliver[channel.id] === undefined)
    return undefined;
  const known = channel.letters.recipients(flow.deliver[channel.id]).some((one) => one.address === address);
  if (!known) return undefined;
  return { channel: channel.id, address, left: (await getMeta(flow.db, leftKey(channel.id, address))) !== undefined };
}

/** Stops the letters to a recipient. */
export async function unsubscribe(flow: FlowContext, { channel, address }: Subscription): Promise<void> {
  await setMeta(flow.db, leftKey(channel, address), { at: flow.clock() });
  flow.log.info(`${channel}: ${address} left: no more letters go there`);
}

/** Lets the letters to a recipient come again. */
export async function resubscribe(flow: FlowContext, { channel, address }: Subscription): Promise<void> {
  await deleteMeta(flow.db, leftKey(channel, address));
  flow.log.info(`${channel}: ${address} gets letters again`);
}

function leftKey(channel: string, address: string): string {
  return `letters/left/${channel}/${address}`;
}

/** This installation's own, made up when it is first needed. It opens nothing but these pages. */
async function secretOf(flow: FlowContext): Promise<string> {
  const key = "letters/secret";
  return z.string().parse(await putMetaOnce(flow.db, key, () => randomBytes(32).toString("base64url")));
}

function sign(secret: string, parts: readonly string[]): string {
  const body = Buffer.from(JSON.stringify(parts)).toString("base64url");
  return `${body}.${macOf(secret, body)}`;
}

const PARTS = z.tuple([z.string(), z.string()]);

function verify(secret: string, token: string): readonly [string, string] | undefined {
  const [body = "", mac = ""] = token.split(".");
  const [given, expected] = [Buffer.from(mac), Buffer.from(macOf(secret, body))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return PARTS.safeParse(JSON.parse(Buffer.from(body, "base64url").toString("utf8"))).data;
}

function macOf(secret: string, body: string): string {
  return createHmac("sha256", secret).update(body).digest("base64url").slice(0, 32);
}
