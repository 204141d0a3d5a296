import type { Instant } from "../../domain/instant.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import type { Failure } from "../../lib/failure.ts";
import type { Database } from "../database.ts";
import { upstreams } from "../schema/upstreams.ts";
import { eq, getTableColumns, sql } from "../sql/orm.ts";
import { rowsFrom } from "../sql/rows-as-json.ts";
import { nextFailure } from "../sql/stored-failure.ts";

/** What an upstream's answer changes of what is known of it, and when it is asked next. */
export type PollSuccess = {
  readonly purl: string;
  readonly dueAt: Instant;
  /** What to ask with next time; absent: as before, unless `complete` is there. */
  readonly validator?: string | undefined;
  /** Who it is; absent: as before. */
  readonly identity?: UpstreamIdentity | undefined;
  /** Only a full answer says it, and only a full answer may come without a validator. */
  readonly complete?: boolean;
  readonly notChecked?: readonly string[];
  /** What its next poll is set by: see `upstreams.rhythm`. */
  readonly rhythm?: { readonly rhythm?: number | undefined; readonly newestAt?: Instant | undefined };
  /** False: nothing was asked, since something else said that nothing is new. */
  readonly asked?: boolean;
};

/** Stores that upstreams answered: one statement for all of them. */
export async function recordPollSuccesses(db: Database, answers: readonly PollSuccess[], now: Instant): Promise<void> {
  if (answers.length === 0) return;
  const rows = answers.map(({ rhythm, complete, asked, ...answer }) => ({
    ...answer,
    ...rhythm,
    complete,
    isFull: complete !== undefined,
    isPaced: rhythm !== undefined,
    wasAsked: asked !== false,
  }));
  await db.execute(sql`
    with answered as materialized (select * from ${rowsFrom(ANSWERED, rows)}),
    locked as (select u.purl from ${upstreams} u where u.purl in (select purl from answered) order by u.purl for update)
    update ${upstreams} u set
      due_at = a."dueAt",
      leased_until = null,
      failure = null,
      last_success_at = case when a."wasAsked" then ${now}::timestamptz else u.last_success_at end,
      first_polled_at = coalesce(u.first_polled_at, ${now}::timestamptz),
      validator = case when a."isFull" then a.validator else coalesce(a.validator, u.validator) end,
      identity = coalesce(a.identity, u.identity),
      complete = coalesce(a.complete, u.complete),
      not_checked = coalesce(a."notChecked", u.not_checked),
      rhythm = case when a."isPaced" then a.rhythm else u.rhythm end,
      newest_at = case when a."isPaced" then a."newestAt" else u.newest_at end
    from answered a where u.purl = a.purl and u.purl in (select purl from locked)`);
}

const { purl, dueAt, validator, identity, complete, notChecked, rhythm, newestAt } = getTableColumns(upstreams);
const ANSWERED = {
  ...{ purl, dueAt, validator, identity, complete, notChecked, rhythm, newestAt },
  ...{ isFull: complete, isPaced: complete, wasAsked: complete },
};

/** Stores that an upstream could not be asked. Everything that was known of it stays. */
export async function recordPollFailure(
  db: Database,
  purl: string,
  failure: Failure,
  { dueAt, now }: { readonly dueAt: Instant; readonly now: Instant },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ failure: upstreams.failure })
      .from(upstreams)
      .where(eq(upstreams.purl, purl))
      .for("update");
    const stored = nextFailure(row?.failure, failure, now);
    await tx.update(upstreams).set({ dueAt, leasedUntil: null, failure: stored }).where(eq(upstreams.purl, purl));
  });
}
