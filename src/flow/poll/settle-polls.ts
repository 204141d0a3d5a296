import { type AnswerChanges, type FullAnswer, recordAnswers } from "../../db/releases/answers.ts";
import { type PollSuccess, recordPollFailure, recordPollSuccesses } from "../../db/upstreams/poll-results.ts";
import { upstreamState } from "../../db/upstreams/upstreams.ts";
import { type Failure, isFailure, toFailure } from "../../lib/failure.ts";
import { createGate } from "../../lib/limits/gate.ts";
import type { FlowContext } from "../context.ts";
import { isLeaseLost } from "../hold.ts";
import { jitterOf, nextTry } from "./next-poll.ts";
import { storeHeld } from "./store-held.ts";
import type { PollTrouble } from "./tell-troubles.ts";
import { watchPinned } from "./watch-pinned.ts";

/** Full answers in one transaction, transactions at the same time, and answers without news in one statement. */
const ANSWERS = 60;
const TOGETHER = 2;
const QUIET = 500;

/** Stores what polls gave, many at a time. What was given last is stored by `flush`. */
export type Settlement = {
  readonly unchanged: (success: PollSuccess) => Promise<void>;
  /** Waits while enough batches are being stored, so that answers do not pile up. `done` is told what changed, or that it could not be stored. */
  readonly changed: (answer: FullAnswer, done: (changes: AnswerChanges | undefined) => void) => Promise<void>;
  readonly flush: () => Promise<void>;
  /** Answers that could not be stored, so far. */
  readonly refused: readonly PollTrouble[];
};

type Waiting = { readonly answer: FullAnswer; readonly done: (changes: AnswerChanges | undefined) => void };

/** Collects the polls of one round. */
export function createSettlement(flow: FlowContext): Settlement {
  const refused: PollTrouble[] = [];
  const quiet = collectQuiet(flow);
  const answers = collectAnswers((batch) => storeBatch(flow, batch, refused));
  return {
    unchanged: quiet.add,
    changed: (answer, done) => answers.add({ answer, done }),
    flush: async () => {
      await quiet.flush();
      await answers.flush();
    },
    refused,
  };
}

/** What is given until it is stored; what was given last is stored by `flush`. */
type Collected<Given> = { readonly add: (given: Given) => Promise<void>; readonly flush: () => Promise<void> };

function collectQuiet(flow: FlowContext): Collected<PollSuccess> {
  const inTurn = createGate(1);
  let quiet: PollSuccess[] = [];

  function flush(): Promise<void> {
    const batch = quiet;
    quiet = [];
    const purls = batch.map(({ purl }) => purl);
    return inTurn(() =>
      storeHeld(flow, purls, (db, mine) => recordPollSuccesses(db, batch.filter(isOf(mine)), flow.clock())),
    );
  }

  return {
    add: async (success) => {
      quiet.push(success);
      if (quiet.length >= QUIET) await flush();
    },
    flush,
  };
}

/** An error that `store` throws is that of the database itself: whoever adds or waits next hears of it. */
function collectAnswers(store: (batch: readonly Waiting[]) => Promise<void>): Collected<Waiting> {
  const running = new Set<Promise<void>>();
  let waiting: Waiting[] = [];
  let trouble: { readonly thrown: unknown } | undefined;

  function storeWaiting(): void {
    const batch = waiting;
    waiting = [];
    const stored = store(batch)
      .catch((thrown: unknown) => {
        trouble ??= { thrown };
      })
      .finally(() => running.delete(stored));
    running.add(stored);
  }

  function throwTrouble(): void {
    if (trouble !== undefined) throw trouble.thrown;
  }

  return {
    add: async (one) => {
      while (waiting.length >= ANSWERS && running.size >= TOGETHER) await Promise.race(running);
      throwTrouble();
      waiting.push(one);
      if (waiting.length >= ANSWERS && running.size < TOGETHER) storeWaiting();
    },
    flush: async () => {
      storeWaiting();
      await Promise.all(running);
      throwTrouble();
    },
  };
}

/** One answer that the database refuses must not keep out the others: then each is stored alone. */
async function storeBatch(flow: FlowContext, batch: readonly Waiting[], refused: PollTrouble[]): Promise<void> {
  if (batch.length === 0) return;
  const changes = await record(flow, batch);
  if (!isFailure(changes)) {
    for (const { answer, done } of batch) {
      const mine = changes.get(answer.purl);
      await watchPinned(flow, answer.purl, mine?.releases ?? []);
      done(mine);
    }
    return;
  }
  const [first, ...others] = batch;
  if (first !== undefined && others.length === 0) refused.push(await refuse(flow, first, changes));
  else for (const one of batch) await storeBatch(flow, [one], refused);
}

async function record(flow: FlowContext, batch: readonly Waiting[]) {
  try {
    const answers = batch.map(({ answer }) => answer);
    const purls = answers.map(({ purl }) => purl);
    return await storeHeld(flow, purls, (db, mine) => recordAnswers(db, answers.filter(isOf(mine)), flow.clock()));
  } catch (thrown) {
    if (isLeaseLost(thrown)) throw thrown;
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown; // its own words quote all rows
    return toFailure(cause, "unreadable", "the answer could not be stored");
  }
}

function isOf(mine: ReadonlySet<string>): (one: { readonly purl: string }) => boolean {
  return ({ purl }) => mine.has(purl);
}

/** When the database itself is in trouble this throws, too, and the round ends: its rows stay due. */
async function refuse(flow: FlowContext, { answer, done }: Waiting, failure: Failure): Promise<PollTrouble> {
  const now = flow.clock();
  const before = (await upstreamState(flow.db, answer.purl))?.failure;
  const due = nextTry((before?.count ?? 0) + 1, failure, now, jitterOf(flow.installation, answer.purl));
  await storeHeld(flow, [answer.purl], async (db, mine) => {
    if (mine.has(answer.purl)) await recordPollFailure(db, answer.purl, failure, { dueAt: due, now });
  });
  done(undefined);
  return { purl: answer.purl, failure, retryAt: due, before };
}
