import { z } from "zod";
import { metaStarting } from "../../db/service/meta.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import type { Recipient } from "../../domain/recipient.ts";
import type { FlowContext } from "../context.ts";
import { isFor, isSevere } from "./choose-for.ts";
import { planNotices, type Told } from "./plan-notices.ts";
import { type Posting, postLetters, unfinishedLetters } from "./post-letters.ts";
import { readSituations, type Situation } from "./situations.ts";
import { subscribersOf, unsubscribeUrl } from "./subscriptions.ts";

/** Tells every recipient at once what cannot wait: each piece of trouble once, again when it changes, and when it is over. */
export async function sendNotices(flow: FlowContext): Promise<void> {
  const channels = CHANNELS.filter(
    (channel) => channel.letters !== undefined && flow.deliver[channel.id] !== undefined,
  );
  if (channels.length === 0) return;
  const standing = await readSituations(flow);
  for (const channel of channels) {
    const busy = new Set(
      (await unfinishedLetters(flow, channel.id)).flatMap(({ posting }) => posting.remember.map(({ key }) => key)),
    );
    const postings: Posting[] = [];
    for (const recipient of await subscribersOf(flow, channel))
      postings.push(...(await write(flow, channel, recipient, { standing, busy })));
    await postLetters(flow, channel.id, postings);
  }
}

/** `busy`: keys of what a letter says that is on its way already. */
async function write(
  flow: FlowContext,
  channel: (typeof CHANNELS)[number],
  recipient: Recipient,
  { standing, busy }: { readonly standing: readonly Situation[]; readonly busy: ReadonlySet<string> },
): Promise<Posting[]> {
  const { letters } = channel;
  if (letters === undefined || !recipient.immediate) return [];
  const prefix = `told/${channel.id}/${recipient.address}/`;
  const told = await toldOf(flow, prefix);
  const mine = isFor(recipient);
  const wanted = standing.filter(
    (one) =>
      mine(one) &&
      isSevere(recipient, one.severity) &&
      (recipient.only.length === 0 || recipient.only.includes(one.part)),
  );
  const now = flow.clock();
  const context = {
    options: flow.deliver[channel.id],
    now,
    unsubscribeUrl: await unsubscribeUrl(flow, channel, recipient),
  };
  return planNotices({ wanted, standing, told, now }).flatMap(({ notice, remember }) => {
    const kept = [...remember].map(([id, value]) => ({ key: `${prefix}${id}`, value: value ?? null }));
    if (kept.some(({ key }) => busy.has(key))) return [];
    return [{ letter: letters.write({ kind: "notice", notice }, recipient, context), remember: kept, writtenAt: now }];
  });
}

const TOLD = z.object({
  thread: z.string(),
  fingerprint: z.string(),
  situation: z.custom<Situation>((value) => typeof value === "object" && value !== null && "id" in value),
});

async function toldOf(flow: FlowContext, prefix: string): Promise<Map<string, Told>> {
  const stored = await metaStarting(flow.db, prefix);
  return new Map(
    [...stored].flatMap(([key, value]) => {
      const told = TOLD.safeParse(value).data;
      return told === undefined ? [] : [[key.slice(prefix.length), told]];
    }),
  );
}
