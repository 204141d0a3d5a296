import { createHash } from "node:crypto";
import { z } from "zod";
import { deliveriesOf, recordDelivery } from "../db/deliveries.ts";
import { getMeta, setMeta } from "../db/meta.ts";
import { CHANNELS } from "../deliver/channels.ts";
import { deliver } from "../deliver/deliver.ts";
import { type DigestText, renderDigest, renderDigestMarkdown } from "../deliver/render/digest.ts";
import type { Delivery } from "../domain/bump.ts";
import type { Digest } from "../domain/digest.ts";
import { DAY, type Instant, plus } from "../domain/instant.ts";
import { type Failure, isFailure, succeeded } from "../lib/failure.ts";
import { buildDigest, newsOf } from "./build-digest.ts";
import type { FlowContext } from "./context.ts";
import { readDigestMaterial } from "./digest-material.ts";

/** A digest as it would be sent now. */
export type DigestPreview = DigestText & { readonly markdown: string };

/** What came of sending: one sentence for people, the deliveries, and whether everything was looked at and delivered. */
export type SentDigest = {
  readonly summary: string;
  readonly deliveries: readonly Delivery[];
  readonly complete: boolean;
};

const LAST = "digest/last";
const lastSchema = z.object({ at: z.string(), news: z.array(z.string()) });

/** Renders the digest of this moment without sending it. */
export async function previewDigest(flow: FlowContext): Promise<DigestPreview> {
  const { digest } = await digestOfNow(flow);
  return { ...renderDigest(digest), markdown: renderDigestMarkdown(digest) };
}

/** Sends the digest to every channel that takes one, if it says anything that the last one did not. */
export async function sendDigest(flow: FlowContext): Promise<SentDigest> {
  const { digest, news, last } = await digestOfNow(flow);
  const complete = digest.unchecked.length === 0;
  if (news.every((line) => last?.news.includes(line)))
    return { summary: "No digest: nothing is new since the last one.", deliveries: [], complete };
  const channels = CHANNELS.filter((channel) => channel.accepts === "digest" && flow.deliver[channel.id] !== undefined);
  if (channels.length === 0)
    return {
      summary: "No digest: no channel is on. Name one under deliver, such as e-mail.",
      deliveries: [],
      complete,
    };
  const alreadySent = await keysSent(flow, digest);
  const results: (Delivery | Failure)[] = [];
  for (const channel of channels) results.push(...(await deliverOver(flow, channel.id, digest, alreadySent)));
  const deliveries = succeeded(results);
  const failed = [
    ...results.filter(isFailure).map((failure) => failure.message),
    ...deliveries.flatMap((one) => (one.state === "failed" ? [one.error ?? one.key] : [])),
  ];
  // Only what reached everybody is old news; the rest is tried again, and recipients who have it are skipped.
  if (failed.length === 0) await setMeta(flow.db, LAST, { at: flow.clock(), news });
  return { summary: summaryOf(digest, deliveries, failed), deliveries, complete: complete && failed.length === 0 };
}

async function digestOfNow(
  flow: FlowContext,
): Promise<{ digest: Digest; news: string[]; last: z.output<typeof lastSchema> | undefined }> {
  const now = flow.clock();
  const last = lastSchema.safeParse(await getMeta(flow.db, LAST)).data;
  const built = buildDigest(await readDigestMaterial(flow, last?.at ?? plus(now, -DAY), now));
  const news = newsOf(built);
  return { digest: { ...built, key: keyOf(built.until, news) }, news, last };
}

/** The same news on the same day is the same digest, whoever sends it and however often. */
function keyOf(until: Instant, news: readonly string[]): string {
  const hash = createHash("sha256").update(news.join("\n")).digest("hex").slice(0, 16);
  return `${until.slice(0, 10)}-${hash}`;
}

async function keysSent(flow: FlowContext, digest: Digest): Promise<string[]> {
  const earlier = await deliveriesOf(flow.db, "digest", [digest.key]);
  return earlier.filter((one) => one.state === "sent" || one.state === "unchanged").map((one) => one.key);
}

async function deliverOver(
  flow: FlowContext,
  channel: string,
  digest: Digest,
  alreadySent: readonly string[],
): Promise<readonly (Delivery | Failure)[]> {
  const { forge, fetcher, urls, smtp } = flow;
  const record = (made: Delivery) => recordDelivery(flow.db, made);
  const context = { options: flow.deliver[channel], forge, fetcher, urls, smtp, now: flow.clock(), record };
  const results = await deliver({ kind: "digest", digest, alreadySent }, channel, context);
  for (const result of results)
    if (isFailure(result)) flow.log.warn(`${channel}: ${result.message}`, { code: result.code });
  return results;
}

function summaryOf(digest: Digest, deliveries: readonly Delivery[], failed: readonly string[]): string {
  const sent = deliveries.filter((one) => one.state === "sent").length;
  const counts = `${digest.proposed.length} proposed, ${digest.held.length} held, ${digest.waiting.length} waiting, ${digest.blocked.length} blocked, ${digest.unchecked.length} could not be checked`;
  const trouble = failed.length === 0 ? "" : ` Not delivered: ${[...new Set(failed)].join("; ")}.`;
  return `Digest: ${counts}. Sent to ${sent} ${sent === 1 ? "recipient" : "recipients"}.${trouble}`;
}
