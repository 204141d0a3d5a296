import { z } from "zod";
import { between, type Instant, MINUTE, plus } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { meta } from "../schema/service.ts";
import { eq } from "../sql/orm.ts";
import { deleteMeta, getMeta, metaStarting, setMeta } from "./meta.ts";

/** Something that is due at the moments of a plan, whoever does it. */
export type Duty = {
  readonly name: string;
  /** The plan in words: when it changes, what was due by the old one is not. */
  readonly plan: string;
  /** The first moment of the plan from now on. */
  readonly next: Instant;
};

/** A duty that was taken: the moment that it stands for, the one after it, and until when it is whose: the word that only its taker knows. */
export type TakenDuty = {
  readonly name: string;
  readonly slot: Instant;
  readonly plan: string;
  readonly next: Instant;
  readonly lease: Instant;
};

/** `wantedAt`: somebody wished for it while it was taken, so that once more is needed when it is done. */
const STORED = z.object({
  plan: z.string(),
  at: z.string(),
  leasedUntil: z.string().optional(),
  wantedAt: z.string().optional(),
});
type Stored = z.output<typeof STORED>;

const PREFIX = "duty/";

/** Clocks of several machines differ, and are moved by less every day. */
const STEP = 5 * MINUTE;

/**
 * Takes those duties whose moment has come, each for one process at a time: they must be completed within `leaseMs`, or
 * are due again. A moment that nobody was there for is due once, however many of them passed.
 */
export async function claimDuties(
  db: Database,
  duties: readonly Duty[],
  now: Instant,
  leaseMs: number,
): Promise<TakenDuty[]> {
  const known = await metaStarting(db, PREFIX);
  const taken: TakenDuty[] = [];
  for (const duty of duties) {
    if (stateOf(known.get(PREFIX + duty.name), duty, now, leaseMs) === "rests") continue;
    const { name, plan, next } = duty;
    const claimed = await claim(db, duty, now, leaseMs);
    if (claimed !== undefined) taken.push({ name, plan, next, ...claimed });
  }
  return taken;
}

/** The moment at which a duty is due next, or was when it was last looked at; undefined when it never was due. */
export async function dutyMoment(db: Database, name: string): Promise<Instant | undefined> {
  return STORED.safeParse(await getMeta(db, PREFIX + name)).data?.at;
}

/**
 * By how many milliseconds a duty was planned later than its next moment: a clock that ran ahead did that, and was set back
 * since. Plans it anew, so that one of many who ask hears of it; 0 where nothing is wrong. Within the transaction of what
 * follows from it.
 */
export async function plannedAhead(db: Database, duty: Duty): Promise<number> {
  let ahead = 0;
  await change(db, PREFIX + duty.name, (stored) => {
    ahead = stored?.plan === duty.plan && stored.at > plus(duty.next, STEP) ? between(duty.next, stored.at) : 0;
    return ahead === 0 ? undefined : { plan: duty.plan, at: duty.next };
  });
  return ahead;
}

/** Duties that are due and nobody has taken, and for how many seconds the first of them has been. */
export async function overdueDuties(
  db: Database,
  now: Instant,
): Promise<{ readonly of: "duty"; readonly count: number; readonly seconds: number }> {
  const stored = [...(await metaStarting(db, PREFIX)).values()].flatMap((raw) => STORED.safeParse(raw).data ?? []);
  const due = stored.filter(({ at, leasedUntil = "" }) => at <= now && leasedUntil <= now);
  const waits = due.map(({ at }) => between(at, now) / 1_000);
  return { of: "duty", count: due.length, seconds: Math.max(0, ...waits) };
}

/** Forgets duties that nobody has any more: they would be due for ever. */
export async function retireDutiesExcept(db: Database, names: readonly string[]): Promise<void> {
  const wanted = new Set(names.map((name) => PREFIX + name));
  for (const key of (await metaStarting(db, PREFIX)).keys()) if (!wanted.has(key)) await deleteMeta(db, key);
}

/**
 * Says that a duty was done, for who has it alone: it is due again at its next moment; where somebody wished for it
 * meanwhile, now, and at a moment of its own, whatever the clocks of two machines say.
 */
export async function completeDuty(db: Database, duty: TakenDuty): Promise<void> {
  const { name, slot, plan, next } = duty;
  await change(db, PREFIX + name, (stored) => {
    if (!isOf(stored, duty)) return undefined;
    const { wantedAt } = stored;
    return { plan, at: wantedAt === undefined ? next : wantedAt > slot ? wantedAt : plus(slot, 1) };
  });
}

/** Makes a duty due now, before its moment; once more when it is done, where somebody does it at this moment. */
export async function hastenDuty(db: Database, name: string, now: Instant): Promise<void> {
  if (!STORED.safeParse(await getMeta(db, PREFIX + name)).success) return; // nobody has planned it yet
  await change(db, PREFIX + name, (stored) => {
    if (stored === undefined) return undefined;
    return stored.leasedUntil === undefined
      ? { ...stored, at: stored.at < now ? stored.at : now }
      : { ...stored, wantedAt: now };
  });
}

/** Gives a duty back undone, for who has it alone: it is due at once. */
export async function returnDuty(db: Database, duty: TakenDuty): Promise<void> {
  const { name, plan, slot } = duty;
  await change(db, PREFIX + name, (stored) => (isOf(stored, duty) ? { plan, at: slot } : undefined));
}

/**
 * Exchanges the lease of a duty for another one; false where somebody else has it by now, or it was done. With `now`, also
 * of one that nobody has: how a hint is checked before it is followed.
 */
export async function renewDuty(db: Database, duty: TakenDuty, to: Instant, now?: Instant): Promise<boolean> {
  let renewed = false;
  await change(db, PREFIX + duty.name, (stored) => {
    renewed = isOf(stored, duty) || isNobodys(stored, duty, now);
    return stored !== undefined && renewed ? { ...stored, leasedUntil: to } : undefined;
  });
  return renewed;
}

/** Still what was taken, and still whose word is given. */
function isOf(stored: Stored | undefined, duty: TakenDuty): stored is Stored {
  return isSame(stored, duty) && stored?.leasedUntil === duty.lease;
}

function isNobodys(stored: Stored | undefined, duty: TakenDuty, now: Instant | undefined): boolean {
  return now !== undefined && isSame(stored, duty) && (stored?.leasedUntil ?? "") <= now;
}

function isSame(stored: Stored | undefined, { plan, slot }: TakenDuty): boolean {
  return stored?.plan === plan && stored.at === slot;
}

type Claimed = Pick<TakenDuty, "slot" | "lease">;

async function claim(db: Database, duty: Duty, now: Instant, leaseMs: number): Promise<Claimed | undefined> {
  let claimed: Claimed | undefined;
  await change(db, PREFIX + duty.name, (stored) => {
    const state = stateOf(stored, duty, now, leaseMs);
    if (state === "planned") return { plan: duty.plan, at: duty.next };
    if (state === "rests" || stored === undefined) return undefined;
    claimed = { slot: stored.at, lease: plus(now, leaseMs) };
    return { plan: duty.plan, at: claimed.slot, leasedUntil: claimed.lease };
  });
  return claimed;
}

/** `planned`: nothing, or something else, was planned so far. A moment later than the plan's next one was set by a wrong clock. */
function stateOf(raw: unknown, duty: Duty, now: Instant, leaseMs: number): "rests" | "planned" | "due" {
  const stored = STORED.safeParse(raw).data;
  if (stored === undefined || stored.plan !== duty.plan || stored.at > duty.next) return "planned";
  if (stored.at > now) return "rests";
  const { leasedUntil } = stored;
  const leased = leasedUntil !== undefined && leasedUntil > now && leasedUntil <= plus(now, 2 * leaseMs); // see leases.ts
  return leased ? "rests" : "due";
}

/** Changes a value that nobody else changes meanwhile. */
async function change(
  db: Database,
  key: string,
  to: (stored: Stored | undefined) => Stored | undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insert(meta).values({ key, value: {} }).onConflictDoNothing(); // what is not there cannot be locked
    const [row] = await tx.select().from(meta).where(eq(meta.key, key)).for("update");
    const value = to(STORED.safeParse(row?.value).data);
    if (value !== undefined) await setMeta(tx, key, value);
  });
}
