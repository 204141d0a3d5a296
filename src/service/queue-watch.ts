import { z } from "zod";
import type { Database } from "../db/database.ts";
import { getMeta, setMeta } from "../db/service/meta.ts";
import { type Instant, MINUTE, plus } from "../domain/instant.ts";
import type { Log } from "../lib/log.ts";
import { recur } from "../queue/schedule.ts";
import type { Ground } from "./ground.ts";

const EVERY = 5 * MINUTE;
const STOP_WITHIN = 1_000;
const KEY = "queue/workers";
const SAID = z.object({ way: z.string(), at: z.string() });

/** What was said longer ago is of workers that may be no more. */
const LATELY = 15 * MINUTE;

/** What both sides of the watch know. */
type Watch = { readonly db: Database; readonly clock: () => Instant; readonly way: Ground["way"] };

/**
 * Has a process say where it takes jobs from, or compare where it puts them, every five minutes. Gives what ends that.
 */
export function watchQueue({ database, clock, way, has, log }: Ground): () => Promise<void> {
  const watch = { db: database.db, clock, way };
  const look = () => (has("worker") ? sayWay(watch) : compareWays(watch, log));
  const watching = recur(EVERY, look, { name: "The look at whether all processes use one queue", log });
  return () => watching.stop(STOP_WITHIN);
}

/** A worker says where it takes its jobs from. */
export function sayWay({ db, clock, way }: Watch): Promise<void> {
  return setMeta(db, KEY, { way, at: clock() });
}

/**
 * Whoever only enqueues is told in the log when the workers take their jobs from elsewhere: nothing else would say so,
 * since a queue takes what nobody reads.
 */
export async function compareWays({ db, clock, way }: Watch, log: Log): Promise<void> {
  const said = SAID.safeParse(await getMeta(db, KEY)).data;
  if (said === undefined || said.way === way || said.at < plus(clock(), -LATELY)) return;
  log.warn(
    `The workers take their jobs from ${said.way}, and this process puts them into ${way}: nobody does them. Set the same REDIS_URL for all processes.`,
  );
}
