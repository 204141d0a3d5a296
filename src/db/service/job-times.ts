import { z } from "zod";
import type { Database } from "../database.ts";
import { meta } from "../schema/service.ts";
import { eq } from "../sql/orm.ts";
import { metaStarting, setMeta } from "./meta.ts";

/**
 * How long jobs of a name took, over all processes and for as long as the store exists. `counts`: how many took at most
 * the seconds of `bounds` at the same place. `sum`: seconds; `failed`: those that threw.
 */
export type JobTimes = {
  readonly job: string;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
  readonly failed: number;
};

const PREFIX = "jobs/";

const STORED = z.object({
  bounds: z.array(z.number()).readonly(),
  counts: z.array(z.number()).readonly(),
  sum: z.number(),
  count: z.number(),
  failed: z.number(),
});

/** Adds what a process counted of jobs of one name. Where another version used other bounds, counting begins again. */
export async function addJobTimes(db: Database, { job, ...more }: JobTimes): Promise<void> {
  const key = PREFIX + job;
  await db.transaction(async (tx) => {
    await tx.insert(meta).values({ key, value: {} }).onConflictDoNothing(); // what is not there cannot be locked
    const [row] = await tx.select().from(meta).where(eq(meta.key, key)).for("update");
    await setMeta(tx, key, sumOf(STORED.safeParse(row?.value).data, more));
  });
}

/** What all processes have counted, by name. */
export async function jobTimes(db: Database): Promise<JobTimes[]> {
  return [...(await metaStarting(db, PREFIX))].flatMap(([key, value]) => {
    const stored = STORED.safeParse(value).data;
    return stored === undefined ? [] : [{ job: key.slice(PREFIX.length), ...stored }];
  });
}

type Counts = z.output<typeof STORED>;

function sumOf(stored: Counts | undefined, more: Counts): Counts {
  if (stored === undefined || stored.bounds.join() !== more.bounds.join()) return more;
  return {
    bounds: more.bounds,
    counts: more.counts.map((count, index) => count + (stored.counts[index] ?? 0)),
    sum: stored.sum + more.sum,
    count: stored.count + more.count,
    failed: stored.failed + more.failed,
  };
}
