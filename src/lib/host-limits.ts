import type { Instant } from "../domain/instant.ts";
import { Failure, isFailure } from "./failure.ts";
import { createGate, type Gate } from "./gate.ts";
import { type AnswerHead, retryAtOf } from "./retry-after.ts";

/** How gently a host is treated. Times in milliseconds. */
export type HostLimitOptions = {
  /** Requests at once per host, and per named host (`host` or `host:port`) where another number is right. */
  readonly concurrency: number;
  readonly concurrencyOf: Readonly<Record<string, number>>;
  /** Failures in a row after which a host is left alone, and for how long. */
  readonly circuitFailures: number;
  readonly circuitCooldown: number;
  readonly clock: () => number;
};

/** What is remembered of hosts: how many requests run, what they asked for, whether they answer at all. */
export type HostLimits = {
  /** Makes one request to a host when its turn comes, unless the host is to be left alone: then the failure says until when. */
  readonly run: <Answer extends AnswerHead>(
    host: string,
    send: () => Promise<Answer | Failure>,
    blamelessStatuses?: readonly number[],
  ) => Promise<Answer | Failure>;
};

type HostState = {
  readonly gate: Gate;
  inUse: number;
  limitedUntil: number;
  limitsInARow: number;
  failuresInARow: number;
  /** What went wrong last, in words. */
  trouble: string;
  closedUntil: number;
  probing: boolean;
};

const DEFAULT_LIMIT = 60_000;
const LONGEST_DEFAULT_LIMIT = 3_600_000;

/** Keeps the state of every host that is in use or in trouble; a host without either is forgotten. */
export function createHostLimits(options: HostLimitOptions): HostLimits {
  const states = new Map<string, HostState>();

  function stateOf(host: string): HostState {
    const known = states.get(host);
    if (known !== undefined) return known;
    const gate = createGate(
      options.concurrencyOf[host] ?? options.concurrencyOf[hostname(host)] ?? options.concurrency,
    );
    const state = {
      gate,
      inUse: 0,
      limitedUntil: 0,
      limitsInARow: 0,
      failuresInARow: 0,
      trouble: "",
      closedUntil: 0,
      probing: false,
    };
    states.set(host, state);
    return state;
  }

  async function attempt<Answer extends AnswerHead>(
    host: string,
    state: HostState,
    send: () => Promise<Answer | Failure>,
    blameless: readonly number[],
  ) {
    const now = options.clock();
    const refusal = refusalOf(host, state, now, options.circuitFailures);
    if (refusal !== undefined) return refusal;
    const probing = state.failuresInARow >= options.circuitFailures;
    state.probing = probing;
    try {
      const answer = await send();
      if (isFailure(answer) || !blameless.includes(answer.status)) remember(state, answer, options);
      return answer;
    } finally {
      if (probing) state.probing = false;
    }
  }

  return {
    run: async (host, send, blamelessStatuses = []) => {
      const state = stateOf(host);
      state.inUse++;
      try {
        return await state.gate(() => attempt(host, state, send, blamelessStatuses));
      } finally {
        state.inUse--;
        if (state.inUse === 0 && state.limitsInARow === 0 && state.failuresInARow === 0) states.delete(host);
      }
    },
  };
}

function refusalOf(host: string, state: HostState, now: number, circuitFailures: number): Failure | undefined {
  if (now < state.limitedUntil) {
    const retryAt = toText(state.limitedUntil);
    return new Failure("rate-limited", `${host} asked not to be asked again before ${retryAt}`, { retryAt });
  }
  if (state.failuresInARow < circuitFailures || (now >= state.closedUntil && !state.probing)) return undefined;
  const retryAt = toText(Math.max(state.closedUntil, now + 1_000));
  return new Failure(
    "unavailable",
    `${host} is left alone for a while: it failed again and again, last with ${state.trouble}`,
    { retryAt },
  );
}

function remember(state: HostState, answer: AnswerHead | Failure, options: HostLimitOptions): void {
  const now = options.clock();
  if (isFailure(answer)) {
    if (answer.code === "unavailable" || answer.code === "timeout") countFailure(state, answer.message, now, options);
    return;
  }
  // a 403 without Retry-After is one exhausted budget of several behind the same host (GitHub): its client's business
  const retryAt = answer.status === 403 && !("retry-after" in answer.headers) ? undefined : retryAtOf(answer, now);
  if (retryAt !== undefined || answer.status === 429) {
    const byDefault = Math.min(DEFAULT_LIMIT * 2 ** state.limitsInARow, LONGEST_DEFAULT_LIMIT);
    state.limitsInARow++;
    state.limitedUntil = Math.max(state.limitedUntil, retryAt === undefined ? now + byDefault : Date.parse(retryAt));
    return;
  }
  state.limitsInARow = 0;
  if (answer.status >= 500) countFailure(state, `status ${answer.status}`, now, options);
  else state.failuresInARow = 0;
}

function countFailure(state: HostState, trouble: string, now: number, options: HostLimitOptions): void {
  state.trouble = trouble;
  state.failuresInARow++;
  if (state.failuresInARow >= options.circuitFailures) state.closedUntil = now + options.circuitCooldown;
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, "");
}

function toText(time: number): Instant {
  return new Date(time).toISOString();
}
