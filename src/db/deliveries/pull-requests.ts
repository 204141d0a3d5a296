import type { Delivery } from "../../domain/bump.ts";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { type StoredCandidate, TOLD, toStored } from "../decisions/stored-candidate.ts";
import { candidates } from "../schema/decisions.ts";
import { deliveries } from "../schema/deliveries.ts";
import { and, asc, eq, inArray, sql } from "../sql/orm.ts";

/** A pull request that we opened, with what it carries: one candidate, or those of a group. */
export type StoredPullRequest = {
  /** The forge's own id of it. */
  readonly id: string;
  readonly url: string | undefined;
  /** The commit that we wrote last. */
  readonly commit: string | undefined;
  readonly at: Instant;
  readonly ended: boolean;
  /** Ended by us: somebody else's end is `ended` alone. */
  readonly retired: boolean;
  readonly candidates: readonly StoredCandidate[];
};

const CHANNEL = "pull-request";
/** The channel of what ended pull requests. */
export const CLOSING = "pull-request/close";

/** The beginning of the key under which it is kept when a pull request was opened. */
export const OPENED = "opened/";

/** The key under which it is kept how a pull request ended; `refused` there: somebody opened it again. */
export function closingKey(id: string): string {
  return `${CLOSING}/${id}`;
}

/** What did not get as far as the pull request says nothing of what that carries. */
function isCarried({ state }: Pick<Delivery, "state">): boolean {
  return state !== "failed" && state !== "refused";
}

/** For so long after its end a pull request's comments are still read: somebody may ask for it again there. */
const LISTENING = 30 * DAY;

/**
 * Pull requests of a project that we opened. `ended`: its end was seen; such a one is listed for a while, and then no
 * more. A branch is used again for newer versions, so what counts is what was delivered last, and not what was only
 * tried: one text has one fingerprint, with which its keys end.
 */
export async function ownPullRequests(db: Database, project: string, now: Instant): Promise<StoredPullRequest[]> {
  const rows = await deliveriesIn(db, project, plus(now, -LISTENING));
  const endings = new Map(
    rows.flatMap(({ delivery: { channel, state, key } }) =>
      channel === CLOSING && state !== "failed" && state !== "refused"
        ? [[key, { retired: state === "sent" }] as const]
        : [],
    ),
  );
  const latest = new Map<string, StoredPullRequest & { readonly fingerprint: string }>();
  for (const { delivery, candidate } of rows) {
    const { externalId: id, channel } = delivery;
    if (id === null || channel === CLOSING) continue;
    const known = latest.get(id);
    if (known !== undefined && !isCarried(delivery)) continue;
    const ended = endings.get(closingKey(id));
    const fingerprint = delivery.key.slice(delivery.key.lastIndexOf("/") + 1);
    const together = known?.fingerprint === fingerprint ? known.candidates : [];
    latest.set(id, {
      id,
      fingerprint,
      url: delivery.url ?? known?.url,
      commit: delivery.commit ?? known?.commit,
      at: delivery.at,
      ended: ended !== undefined,
      retired: ended?.retired === true,
      candidates: [...together.filter((one) => one.id !== candidate.id), toStored(candidate)],
    });
  }
  return [...latest.values()].map(({ fingerprint: _, ...pull }) => pull);
}

/** What was delivered to pull requests of a project, oldest first, but to those that ended before that: most of all there ever were. */
function deliveriesIn(db: Database, project: string, before: Instant) {
  const { key, channel, externalId } = deliveries;
  const isLongOver = sql`exists (
    select 1 from ${deliveries} as ended
    where ended.key = case when ${channel} = ${CLOSING} then ${key} else ${closingKey("")} || ${externalId} end
      and ended.state not in ('failed', 'refused') and ended.at < ${before}::timestamptz)`;
  return db
    .select({ delivery: deliveries, candidate: TOLD })
    .from(deliveries)
    .innerJoin(candidates, eq(candidates.id, deliveries.subjectId))
    .where(and(eq(candidates.project, project), inArray(channel, [CHANNEL, CLOSING]), sql`not ${isLongOver}`))
    .orderBy(asc(deliveries.at));
}
