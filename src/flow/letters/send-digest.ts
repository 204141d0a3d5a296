import { createHash } from "node:crypto";
import { z } from "zod";
import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import { getMeta } from "../../db/service/meta.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { type DigestText, renderDigest, renderDigestMarkdown } from "../../deliver/render/digest.ts";
import type { Delivery } from "../../domain/bump.ts";
import type { Digest } from "../../domain/digest.ts";
import { DAY, HOUR, type Instant, minuteOf, plus } from "../../domain/instant.ts";
import type { Heartbeat, Recipient } from "../../domain/recipient.ts";
import { type Failure, isFailure, succeeded } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { buildDigest, type DigestMaterial, newsOf } from "./build-digest.ts";
import { chooseMaterial, chooseParts } from "./choose-for.ts";
import { readDigestMaterial } from "./digest-material.ts";
import { giveUp, isDue, type Posting, postLetters, type Unfinished, unfinishedLetters } from "./post-letters.ts";
import { subscribersOf, unsubscribeUrl } from "./subscriptions.ts";

/** A digest as it would be sent now to somebody who gets everything. */
export type DigestPreview = Omit<DigestText, "attachments"> & { readonly markdown: string };

/** What came of sending: one sentence for people, the deliveries, and whether everything was looked at and delivered. */
export type SentDigest = {
  readonly summary: string;
  readonly deliveries: readonly Delivery[];
  readonly complete: boolean;
};

/** What a recipient was told last. */
type Last = { readonly at: Instant; readonly news: readonly string[] };
const lastSchema = z.object({ at: z.string(), news: z.array(z.string()) });

/** Renders the digest of this moment without sending it. */
export async function previewDigest(flow: FlowContext): Promise<DigestPreview> {
  const now = flow.clock();
  const digest = buildDigest(await readDigestMaterial(flow, plus(now, -DAY), now));
  const { attachments: _, ...mail } = renderDigest(digest);
  return { ...mail, markdown: renderDigestMarkdown(digest) };
}

/** Sends each recipient a digest of what is theirs, if it says anything that their last one did not. */
export async function sendDigest(flow: FlowContext): Promise<SentDigest> {
  const now = flow.clock();
  const channels = CHANNELS.filter(
    (channel) => channel.letters !== undefined && flow.deliver[channel.id] !== undefined,
  );
  const material = await readDigestMaterial(flow, plus(now, -KEPT), now);
  const complete = material.unchecked.length === 0;
  if (channels.length === 0)
    return {
      summary: "No digest: no channel that sends one is on. Name e-mail or webhook under deliver.",
      deliveries: [],
      complete,
    };
  const results: (Delivery | Failure)[] = [];
  for (const channel of channels) results.push(...(await sendOver(flow, channel, material)));
  if (results.length === 0)
    return { summary: "No digest: nothing is new since the last one.", deliveries: [], complete };
  const standing = await asTheyStand(flow, results);
  const troubles = standing.flatMap((one) => troubleOf(one) ?? []);
  const deliveries = succeeded(standing);
  const summary = summaryOf(buildDigest(material), deliveries, troubles);
  return { summary, deliveries, complete: complete && troubles.length === 0 };
}

/** What was not sent since it had been written before, as it was left then. */
async function asTheyStand(
  flow: FlowContext,
  results: readonly (Delivery | Failure)[],
): Promise<(Delivery | Failure)[]> {
  const before = succeeded(results).filter(({ state }) => state === "unchanged");
  const ids = before.map(({ subject }) => subject.id);
  const known = new Map((await deliveriesOf(flow.db, "digest", ids)).map((one) => [one.key, one]));
  return results.map((one) => {
    const left = isFailure(one) || one.state !== "unchanged" ? undefined : known.get(one.key);
    return left !== undefined && troubleOf(left) !== undefined ? left : one;
  });
}

/** Why a letter has not arrived, and what becomes of it. */
function troubleOf(one: Delivery | Failure): string | undefined {
  if (isFailure(one)) return one.message;
  const { state, error = "nobody knows why", retryAt } = one;
  if (state === "started") return "on its way, or cut short and sent again within minutes";
  if (state !== "failed") return undefined;
  return `${retryAt === undefined ? "not tried again" : `tried again at ${minuteOf(retryAt)}`}: ${error}`;
}

/** What was merged longer ago than this is no news, even to somebody who has had no digest for so long. */
const KEPT = 31 * DAY;

async function sendOver(
  flow: FlowContext,
  channel: (typeof CHANNELS)[number],
  material: DigestMaterial,
): Promise<(Delivery | Failure)[]> {
  const unfinished = (await unfinishedLetters(flow, channel.id)).filter(
    ({ delivery }) => delivery.subject.kind === "digest",
  );
  const postings: Posting[] = [];
  const pending: Delivery[] = [];
  for (const recipient of await subscribersOf(flow, channel)) {
    if (recipient.digests === false) continue;
    const mine = unfinished.filter(({ posting }) => posting.letter.recipient === recipient.address);
    const waiting = await stillWaiting(flow, mine);
    if (waiting === undefined) postings.push(...(await write(flow, channel, recipient, material)));
    else if (isDue(waiting.delivery, flow.clock())) postings.push(waiting.posting);
    else pending.push(waiting.delivery);
  }
  return [...pending, ...(await postLetters(flow, channel.id, postings))];
}

/** A digest that could not be sent is sent as it was; one of yesterday is replaced by today's, which says the same again. */
async function stillWaiting(flow: FlowContext, mine: readonly Unfinished[]): Promise<Unfinished | undefined> {
  const old = mine.filter(({ posting }) => posting.writtenAt <= plus(flow.clock(), -20 * HOUR));
  for (const one of old) await giveUp(flow, one, "replaced by the next digest");
  return mine.find((one) => !old.includes(one));
}

async function write(
  flow: FlowContext,
  channel: (typeof CHANNELS)[number],
  recipient: Recipient,
  material: DigestMaterial,
): Promise<Posting[]> {
  const { letters } = channel;
  if (letters === undefined) return [];
  const now = flow.clock();
  const key = `digest/last/${channel.id}/${recipient.address}`;
  const last = lastSchema.safeParse(await getMeta(flow.db, key)).data;
  const { digest, news } = digestFor(material, recipient, last, now);
  const isNews = news.some((line) => last === undefined || !last.news.includes(line));
  if (!isNews && !isTimeForHeartbeat(recipient.quiet, last, now)) return [];
  const context = {
    options: flow.deliver[channel.id],
    now,
    unsubscribeUrl: await unsubscribeUrl(flow, channel, recipient),
  };
  const letter = letters.write({ kind: "digest", digest }, recipient, context);
  return [{ letter, remember: [{ key, value: { at: now, news } satisfies Last }], writtenAt: now }];
}

/** One recipient's digest. Its key is made of what they were told last and what is new: whoever writes it, writes the same. */
function digestFor(
  material: DigestMaterial,
  recipient: Recipient,
  last: Last | undefined,
  now: Instant,
): { readonly digest: Digest; readonly news: string[] } {
  const from = last?.at ?? plus(now, -DAY);
  const mine = chooseMaterial({ ...material, from, ...(last !== undefined && { known: last.news }) }, recipient);
  const built = chooseParts(buildDigest(mine), recipient);
  const news = newsOf(built);
  const hash = createHash("sha256")
    .update([last?.at ?? "", ...news].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return { digest: { ...built, key: `${now.slice(0, 10)}-${hash}` }, news };
}

const HEARTBEATS: Readonly<Record<Exclude<Heartbeat, "never">, number>> = {
  daily: DAY,
  weekly: 7 * DAY,
  monthly: 30 * DAY,
};

/** A little early counts: digests come at a time of the day. */
function isTimeForHeartbeat(quiet: Heartbeat, last: Last | undefined, now: Instant): boolean {
  return quiet !== "never" && (last === undefined || last.at <= plus(now, HOUR - HEARTBEATS[quiet]));
}

function summaryOf(digest: Digest, deliveries: readonly Delivery[], troubles: readonly string[]): string {
  const sent = deliveries.filter((one) => one.state === "sent").length;
  const counts = `${digest.proposed.length} proposed, ${digest.held.length} held, ${digest.waiting.length} waiting, ${digest.blocked.length} blocked, ${digest.unchecked.length} could not be checked`;
  const same = [...Map.groupBy(troubles, (trouble) => trouble)];
  const told = same.map(([trouble, { length }]) => `${length} ${length === 1 ? "letter" : "letters"}, ${trouble}`);
  const trouble = told.length === 0 ? "" : ` Not delivered: ${told.join("; ").replace(/\.$/, "")}.`;
  return `Digest: ${counts}. Sent to ${sent} ${sent === 1 ? "recipient" : "recipients"}.${trouble}`;
}
