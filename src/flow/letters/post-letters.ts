import { z } from "zod";
import { claimDelivery, dropPayload, recordDelivery, unfinishedDeliveries } from "../../db/deliveries/deliveries.ts";
import { deleteMeta, setMeta } from "../../db/service/meta.ts";
import type { Letter } from "../../deliver/channel.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { deliver } from "../../deliver/deliver.ts";
import type { Delivery, LetterAbout } from "../../domain/bump.ts";
import { DAY, type Instant, MINUTE, plus } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** A letter with what is remembered once it was taken: `value: null` forgets what was. */
export type Posting = {
  readonly letter: Letter;
  readonly remember: readonly { readonly key: string; readonly value: unknown }[];
  readonly writtenAt: Instant;
};

/** A letter that was written and is not known to have been taken. */
export type Unfinished = { readonly delivery: Delivery; readonly posting: Posting };

/** Longer than a mail server may take for one message. A letter that was begun longer ago than this was cut short. */
const LEASE = 5 * MINUTE;

/** After this a letter is no longer tried: what it says stands in the digests. */
const GIVE_UP = 3 * DAY;

const POSTING = z.object({
  letter: z.object({
    key: z.string(),
    recipient: z.string(),
    subject: z.object({ kind: z.enum(["candidate", "digest", "alert", "pull-request"]), id: z.string() }),
    externalId: z.string(),
    /** Absent in what was written before it was kept. */
    about: z.custom<LetterAbout>((value) => typeof value === "object").default({ title: "", to: "" }),
    content: z.unknown(),
  }),
  remember: z.array(z.object({ key: z.string(), value: z.unknown() })),
  writtenAt: z.string(),
});

/**
 * Sends letters, each once. A letter is stored before it is sent, and what is remembered of it is stored together with
 * its having been taken: whatever ends this process, the letter is sent again as it was or not at all. `before`: what stood in
 * the way of letters that were tried already, by their keys: it is in the log.
 */
export async function postLetters(
  flow: FlowContext,
  channel: string,
  postings: readonly Posting[],
  before: ReadonlyMap<string, string | undefined> = new Map(),
): Promise<(Delivery | Failure)[]> {
  if (postings.length === 0) return [];
  const byKey = new Map(postings.map((posting) => [posting.letter.key, posting]));
  const claim = async (letter: Letter) => {
    await flow.hold?.confirm(); // somebody else may have told the same in other words since
    const { key, subject, about } = letter;
    const wanted = { key, channel, subject, about, payload: byKey.get(key) };
    const { claimed } = await claimDelivery(flow.db, wanted, flow.clock(), LEASE);
    return claimed && !(await settleTaken(flow, channel, byKey.get(key)));
  };
  const record = (made: Delivery) => {
    noteTaken(flow, made); // before anything is waited for: this process may end at every await
    return keep(flow, made, byKey.get(made.key));
  };
  const { fetcher, urls, smtp } = flow;
  const context = { options: flow.deliver[channel], forge: undefined, fetcher, urls, smtp, now: flow.clock(), record };
  const letters = postings.map((posting) => posting.letter);
  const results = await deliver({ kind: "letters", letters, claim }, channel, context);
  for (const result of results) if (isFailure(result) || !isSaid(result, before)) tell(flow, channel, result, before);
  return [...results];
}

/** Sends what was begun and not finished, and what has to be tried again by now. */
export async function resumeLetters(flow: FlowContext): Promise<void> {
  const now = flow.clock();
  flow.taken.prune(Date.now() - 2 * GIVE_UP);
  for (const channel of CHANNELS) {
    if (channel.letters === undefined || flow.deliver[channel.id] === undefined) continue;
    const due = (await unfinishedLetters(flow, channel.id)).filter(({ delivery }) => isDue(delivery, now));
    const over = due.filter(
      ({ posting }) => posting.writtenAt <= plus(now, -GIVE_UP) && !flow.taken.has(posting.letter.key),
    );
    for (const one of over) await giveUp(flow, one, "given up after three days");
    const postings = due.filter((one) => !over.includes(one)).map(({ posting }) => posting);
    await postLetters(flow, channel.id, postings, new Map(due.map(({ delivery: { key, error } }) => [key, error])));
  }
}

/** A letter that is still not taken, for the same reason as an hour ago. */
function isSaid({ key, state, error }: Delivery, before: ReadonlyMap<string, string | undefined>): boolean {
  return state === "failed" && error !== undefined && before.get(key) === error;
}

/** Letters of a channel that were written and are not known to have been taken. */
export async function unfinishedLetters(flow: FlowContext, channel: string): Promise<Unfinished[]> {
  return (await unfinishedDeliveries(flow.db, channel)).flatMap(({ delivery, payload }) => {
    const posting = POSTING.safeParse(payload).data;
    return posting === undefined ? [] : [{ delivery, posting }];
  });
}

/** Says that a letter will not be tried again, and why. */
export async function giveUp(flow: FlowContext, { delivery }: Unfinished, why: string): Promise<void> {
  const { retryAt: _, ...failed } = delivery;
  const error = failed.error === undefined ? why : `${why}; the last answer was: ${failed.error}`;
  await flow.db.transaction(async (tx) => {
    await recordDelivery(tx, { ...failed, state: "failed", at: flow.clock(), error });
    await dropPayload(tx, delivery.key);
  });
  flow.log.warn(`A letter to ${delivery.key.split("/").at(-1)} is not sent any more: ${error}`);
}

/** A letter that was taken just before a process ended: true, and the store knows it now, too. */
async function settleTaken(flow: FlowContext, channel: string, posting: Posting | undefined): Promise<boolean> {
  if (posting === undefined || !flow.taken.has(posting.letter.key)) return false;
  const { key, subject, externalId } = posting.letter;
  await keep(flow, { key, channel, subject, externalId, state: "sent", at: flow.clock() }, posting);
  return true;
}

function noteTaken(flow: FlowContext, { key, state }: Delivery): void {
  const failure = state === "sent" ? flow.taken.note(key) : undefined;
  if (failure !== undefined)
    flow.log.warn(`A letter was taken, and only the store will know it: ${failure.message}`, { key });
}

async function keep(flow: FlowContext, made: Delivery, posting: Posting | undefined): Promise<void> {
  await flow.db.transaction(async (tx) => {
    await recordDelivery(tx, made);
    if (made.state === "failed" && made.retryAt !== undefined) return;
    await dropPayload(tx, made.key);
    if (made.state !== "sent") return;
    for (const { key, value } of posting?.remember ?? [])
      await (value === null ? deleteMeta(tx, key) : setMeta(tx, key, value));
  });
  if (made.state === "sent") flow.taken.forget(made.key);
}

/** True for a letter that may be sent now: its time has come, or whoever began with it is no more. */
export function isDue({ state, at, retryAt }: Delivery, now: Instant): boolean {
  return state === "started" ? at <= plus(now, -LEASE) : retryAt !== undefined && retryAt <= now;
}

function tell(
  { log }: FlowContext,
  channel: string,
  result: Delivery | Failure,
  before: ReadonlyMap<string, string | undefined>,
): void {
  if (isFailure(result)) {
    log.warn(`${channel}: ${result.message}`, { code: result.code });
    return;
  }
  const { key, state, error } = result;
  if (state === "failed") log.warn(`${channel}: a letter was not taken: ${error}`, { key });
  if (state === "sent" && before.get(key) !== undefined)
    log.info(`${channel}: a letter was taken that had not been before`, { key });
}
