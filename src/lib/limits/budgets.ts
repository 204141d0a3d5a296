import { earliest, type Instant, plus } from "../../domain/instant.ts";
import { Failure } from "../failure.ts";
import type { AnswerHead } from "../http/retry-after.ts";
import { type Advance, add, correct, inHandAt, letThrough, newAdvance, spend } from "./advance.ts";
import { budgetOf, chunkOf, type Draw, type ImposedBudget } from "./budget.ts";
import type { HostStore } from "./host-store.ts";
import type { Pauses } from "./pauses.ts";

/** Budgets of requests: taken before a request, corrected by what its answer says. */
export type Budgets = {
  /** Takes from a budget; a `rate-limited` failure says when there is something to take again. */
  readonly take: (draw: Draw, imposed?: ImposedBudget) => Promise<Failure | undefined>;
  /** Takes note of the headers of an answer. */
  readonly note: (draw: Draw, answer: AnswerHead & { readonly body: Uint8Array }) => void;
  /** Gives back what was taken in advance and not spent. */
  readonly close: () => Promise<void>;
};

/** What budgets are counted with. */
export type BudgetsOptions = {
  readonly store: HostStore;
  readonly pauses: Pauses;
  /** The part of each budget (0..1) that only urgent requests may take. */
  readonly reserve: number;
  readonly clock: () => number;
  readonly report: (error: unknown) => void;
};

/** The advances of this process, and what they are counted with. */
type Ledger = BudgetsOptions & { readonly advances: Map<string, Advance> };

/** An empty budget is looked at again after so long: the window of some services slides. */
const LOOK_AGAIN = 600_000;
const LONGEST_WAIT = 3_600_000;
const FIRST_PAUSE = 60_000;

/** Keeps the advances of this process. The store is asked once per chunk, not once per request. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const ledger: Ledger = { ...options, advances: new Map() };
  return {
    take: (draw, imposed) => take(ledger, draw, imposed),
    note: (draw, answer) => note(ledger, draw, answer),
    close: () => giveBackAll(ledger),
  };
}

async function take(ledger: Ledger, draw: Draw, imposed: ImposedBudget | undefined): Promise<Failure | undefined> {
  const pausedUntil = ledger.pauses.of(draw.budget)?.limitedUntil;
  if (pausedUntil !== undefined && pausedUntil > nowOf(ledger)) return usedUp(draw, pausedUntil);
  return draw.cost === 0 ? undefined : takeFrom(ledger, advanceOf(ledger, draw.budget), draw, imposed);
}

/** Spends from the advance, filling it as often as it takes; undefined when that worked. */
async function takeFrom(
  ledger: Ledger,
  advance: Advance,
  draw: Draw,
  imposed: ImposedBudget | undefined,
): Promise<Failure | undefined> {
  // the end of the window; sooner where it slides
  const againAt = () => soonest(advance.until, LONGEST_WAIT, nowOf(ledger));
  while (!spend(advance, draw.cost, nowOf(ledger))) {
    if (!draw.urgent && advance.emptyUntil > nowOf(ledger)) return usedUp(draw, againAt());
    const granted = await (draw.urgent ? fill : fillOnce)(ledger, advance, draw, imposed);
    if (granted === 0 && advance.inHand < draw.cost) return usedUp(draw, againAt());
  }
  return undefined;
}

/** However many polls wait for it, the store is asked once. */
function fillOnce(ledger: Ledger, advance: Advance, draw: Draw, imposed: ImposedBudget | undefined): Promise<number> {
  advance.filling ??= fill(ledger, advance, draw, imposed).finally(() => {
    advance.filling = undefined;
  });
  return advance.filling;
}

/** Gives how much was granted. */
async function fill(
  ledger: Ledger,
  advance: Advance,
  { budget, cost, urgent }: Draw,
  imposed: ImposedBudget | undefined,
): Promise<number> {
  const inHand = inHandAt(advance, nowOf(ledger));
  const seen = advance.seen && { ...advance.seen, remaining: advance.seen.remaining - inHand };
  const wanted = urgent ? cost : Math.max(cost, chunkOf(seen?.limit ?? imposed?.requests));
  const request = { name: budget, wanted, reserve: urgent ? 0 : ledger.reserve, seen, imposed };
  try {
    const lease = await ledger.store.lease(request, nowOf(ledger));
    const now = nowOf(ledger);
    add(advance, lease.granted, lease.budget?.resetAt ?? plus(now, FIRST_PAUSE), now);
    advance.blind = lease.budget === undefined;
    if (!urgent && lease.granted === 0) advance.emptyUntil = soonest(advance.until, LOOK_AGAIN, now);
    return lease.granted;
  } catch (error) {
    ledger.report(error);
    const now = nowOf(ledger);
    add(advance, cost, plus(now, FIRST_PAUSE), now); // without the store each process counts for itself
    return cost;
  }
}

function note(ledger: Ledger, { budget, cost }: Draw, answer: AnswerHead & { readonly body: Uint8Array }): void {
  const advance = advanceOf(ledger, budget);
  if (isSecondaryLimit(answer)) {
    pauseFor(ledger, advance, budget);
    return;
  }
  const seen = isAbout(budget, answer) ? budgetOf(answer.headers, nowOf(ledger)) : undefined;
  if (seen === undefined) {
    if (advance.blind && answer.status < 400) letThrough(advance, LOOK_AGAIN, nowOf(ledger));
    return;
  }
  if (answer.status === 304) advance.inHand += cost; // what has not changed costs nothing
  correct(advance, seen, ledger.reserve);
}

/** GitHub's secondary limits have no header; without one the wait is a minute, doubled each time. */
function pauseFor(ledger: Ledger, advance: Advance, name: string): void {
  const limitedUntil = plus(nowOf(ledger), FIRST_PAUSE * 2 ** Math.min(advance.strikes, 5));
  advance.strikes++;
  ledger.pauses.set({ name, limitedUntil, trouble: "a secondary limit" });
}

async function giveBackAll(ledger: Ledger): Promise<void> {
  for (const [name, advance] of ledger.advances) {
    const now = nowOf(ledger);
    const left = advance.blind ? 0 : inHandAt(advance, now);
    advance.inHand = 0;
    if (left > 0) await ledger.store.giveBack(name, left, now).catch(ledger.report);
  }
}

function advanceOf({ advances }: Ledger, budget: string): Advance {
  const advance = advances.get(budget) ?? newAdvance();
  advances.set(budget, advance);
  return advance;
}

function nowOf({ clock }: Ledger): Instant {
  return new Date(clock()).toISOString();
}

function soonest(until: Instant, wait: number, now: Instant): Instant {
  return earliest(until, plus(now, wait)) ?? until;
}

function usedUp({ budget, urgent }: Draw, retryAt: Instant): Failure {
  const kept = urgent ? "" : "; what is left is kept for deliveries";
  return new Failure("rate-limited", `the budget "${budget}" is used up until ${retryAt}${kept}`, { retryAt });
}

/** GitHub names the budget that an answer is about: one host has several. */
function isAbout(budget: string, { headers }: AnswerHead): boolean {
  const resource = headers["x-ratelimit-resource"];
  return resource === undefined || budget.split(" ").includes(resource);
}

function isSecondaryLimit({ status, headers, body }: AnswerHead & { readonly body: Uint8Array }): boolean {
  if ((status !== 403 && status !== 429) || headers["retry-after"] !== undefined) return false;
  if (headers["x-ratelimit-remaining"] === "0") return false;
  return /secondary rate limit|abuse detection/i.test(Buffer.from(body.subarray(0, 2_000)).toString("latin1"));
}
