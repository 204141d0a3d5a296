import { z } from "zod";
import { candidate } from "../../db/decisions/candidates.ts";
import { eventsSince, lastEvent, type StoredEvent } from "../../db/deliveries/events.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import type { Channel } from "../../deliver/channel.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import type { PullRequestMove, PullRequestNews } from "../../domain/pull-request-news.ts";
import type { Recipient } from "../../domain/recipient.ts";
import type { FlowContext } from "../context.ts";
import { isFor } from "./choose-for.ts";
import { type Posting, postLetters } from "./post-letters.ts";
import { subscribersOf } from "./subscriptions.ts";

const KINDS = ["delivered", "candidate-moved", "pull-request-retired"];

/**
 * Tells those who want it of each pull request that was opened, changed, merged, closed or withdrawn, in the order of
 * the events. Whoever is new begins with what happens next. What was told is remembered once every letter is stored: a
 * process that ends in between writes the same letters again, under the same keys, and they are not sent twice.
 */
export async function sendPullRequestNews(flow: FlowContext): Promise<void> {
  for (const channel of CHANNELS) {
    if (channel.letters?.writeNews === undefined || flow.deliver[channel.id] === undefined) continue;
    for (const recipient of await subscribersOf(flow, channel))
      if (recipient.pullRequests === true) await tell(flow, channel, recipient);
  }
}

async function tell(flow: FlowContext, channel: Channel, recipient: Recipient): Promise<void> {
  const key = `pull-requests/told/${channel.id}/${recipient.address}`;
  const told = z.number().safeParse(await getMeta(flow.db, key)).data;
  if (told === undefined) return setMeta(flow.db, key, await lastEvent(flow.db));
  const events = await eventsSince(flow.db, { after: told }, { kinds: KINDS });
  const last = events.at(-1)?.id;
  if (last === undefined) return;
  const mine = isFor(recipient);
  const postings: Posting[] = [];
  for (const news of await newsIn(flow, events)) {
    const wanted = news.moves.some(({ upstream }) => mine({ project: news.project, upstream }));
    const letter = wanted ? channel.letters?.writeNews?.(news, recipient, contextOf(flow, channel)) : undefined;
    if (letter !== undefined) postings.push({ letter, remember: [], writtenAt: flow.clock() });
  }
  await postLetters(flow, channel.id, postings);
  await flow.hold?.confirm();
  await setMeta(flow.db, key, last);
}

function contextOf(flow: FlowContext, channel: Channel) {
  return { options: flow.deliver[channel.id], now: flow.clock() };
}

const DATA = z.object({
  url: z.string().optional(),
  step: z.enum(["opened", "updated"]).optional(),
  after: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  why: z.string().optional(),
});
type Data = z.output<typeof DATA>;

/** The members of a group have an event each, and are one piece of news. */
async function newsIn(flow: FlowContext, events: readonly StoredEvent[]): Promise<PullRequestNews[]> {
  const news = new Map<string, PullRequestNews>();
  for (const event of events) {
    const data = DATA.safeParse(event.data).data;
    const said = data === undefined ? undefined : stepOf(event.kind, data);
    if (data?.url === undefined || said === undefined || event.project === undefined) continue;
    const step = said === "updated" && news.has(`opened ${data.url}`) ? "opened" : said; // another member of its group
    const move = await moveOf(flow, event);
    const key = `${step} ${data.url}`;
    const known = news.get(key);
    const { by, reason } = data;
    news.set(key, {
      ...{ event: event.id, step, project: event.project, url: data.url, at: event.at },
      ...(by !== undefined && { by }),
      ...(reason !== undefined && { reason }),
      ...known,
      moves: [...(known?.moves ?? []).filter((one) => one.candidate !== move?.candidate), ...(move ? [move] : [])],
    });
  }
  return [...news.values()];
}

function stepOf(kind: string, { step, after, why }: Data): PullRequestNews["step"] | undefined {
  if (kind === "pull-request-retired") return why === "withdraw" ? "withdrawn" : "closed";
  if (kind === "candidate-moved") return after === "merged" || after === "closed" ? after : undefined;
  return step;
}

async function moveOf(flow: FlowContext, event: StoredEvent): Promise<PullRequestMove | undefined> {
  const stored = event.candidate === undefined ? undefined : await candidate(flow.db, event.candidate);
  if (stored === undefined) return undefined;
  const { from, to } = stored.snapshot.candidate;
  return { candidate: stored.id, upstream: stored.upstream, from, to: to.version };
}
