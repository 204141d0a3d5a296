import { type Instant, latest } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import { type AnswerHead, retryAtOf } from "../http/retry-after.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Pauses } from "./pauses.ts";

/** How gently a host is treated. Times in milliseconds. */
export type HostLimitOptions = {
  /** Requests at once per host, and per named host (`host` or `host:port`) where another number is right: of all processes together. */
  readonly concurrency: number;
  readonly concurrencyOf: Readonly<Record<string, number>>;
  /** Failures in a row after which a host is left alone, and for how long. */
  readonly circuitFailures: number;
  readonly circuitCooldown: number;
  readonly clock: () => number;
  /** Hosts that are left alone, by this process or by another. */
  readonly pauses: Pauses;
};

/** What is remembered of hosts: how many requests run, what they asked for, whether they answer at all. */
export type HostLimits = {
  /** Makes one request to a host when its turn comes, unless the host is to be left alone: then the failure says until when. */
  readonly run: <Answer extends AnswerHead>(
    host: string,
    send: () => Promise<Answer | Failure>,
    /** True for what says nothing of the host's health. */
    isBlameless: (answer: Answer | Failure) => boolean,
  ) => Promise<Answer | Failure>;
};

type HostState = {
  readonly gate: Gate;
  inUse: number;
  limitsInARow: number;
  failuresInARow: number;
  probing: boolean;
};

const DEFAULT_LIMIT = 60_000;
const LONGEST_DEFAULT_LIMIT = 3_600_000;

/** Keeps the state of every host that is in use or in trouble; a host without either is forgotten. */
export function createHostLimits(options: HostLimitOptions): HostLimits {
  const states = new Map<string, HostState>();
  return {
    run: async (host, send, isBlameless) => {
      const state = states.get(host) ?? newState(host, options);
      states.set(host, state);
      state.inUse++;
      try {
        return await state.gate(() => attempt({ host, state, options }, send, isBlameless));
      } finally {
        state.inUse--;
        if (state.inUse === 0 && state.limitsInARow === 0 && state.failuresInARow === 0) states.delete(host);
      }
    },
  };
}

function newState(host: string, { concurrency, concurrencyOf, pauses }: HostLimitOptions): HostState {
  const width = concurrencyOf[host] ?? concurrencyOf[hostname(host)] ?? concurrency;
  const gate = createGate(() => Math.max(1, Math.floor(width / pauses.replicas())));
  return { gate, inUse: 0, limitsInARow: 0, failuresInARow: 0, probing: false };
}

/** A host, what is known of it, and how it is treated. */
type Limited = { readonly host: string; readonly state: HostState; readonly options: HostLimitOptions };

async function attempt<Answer extends AnswerHead>(
  { host, state, options }: Limited,
  send: () => Promise<Answer | Failure>,
  isBlameless: (answer: Answer | Failure) => boolean,
): Promise<Answer | Failure> {
  const { pauses } = options;
  await pauses.refresh();
  const refusal = refusalOf(host, state, options);
  if (refusal !== undefined) return refusal;
  const probing = pauses.of(host)?.closedUntil !== undefined;
  if (probing) state.probing = true;
  try {
    const answer = await send();
    if (!isBlameless(answer)) remember(host, state, answer, options);
    return answer;
  } finally {
    if (probing) state.probing = false;
  }
}

function refusalOf(host: string, state: HostState, { clock, pauses }: HostLimitOptions): Failure | undefined {
  const pause = pauses.of(host);
  if (pause === undefined) return undefined;
  const now = toText(clock());
  const { limitedUntil, closedUntil, trouble } = pause;
  if (limitedUntil !== undefined && now < limitedUntil)
    return new Failure("rate-limited", `${host} asked not to be asked again before ${limitedUntil}`, {
      retryAt: limitedUntil,
    });
  if (closedUntil === undefined || (now >= closedUntil && !state.probing)) return undefined;
  const retryAt = latest(closedUntil, toText(clock() + 1_000));
  return new Failure(
    "unavailable",
    `${host} is left alone for a while: it failed again and again; the last: ${trouble}`,
    { retryAt },
  );
}

function remember(host: string, state: HostState, answer: AnswerHead | Failure, options: HostLimitOptions): void {
  const now = options.clock();
  if (isFailure(answer)) {
    if (answer.code === "unavailable" || answer.code === "timeout") countFailure(host, state, answer.message, options);
    return;
  }
  // a 403 without Retry-After is one exhausted budget of several behind the same host (GitHub): its client's business
  const retryAt = answer.status === 403 && !("retry-after" in answer.headers) ? undefined : retryAtOf(answer, now);
  if (retryAt !== undefined || answer.status === 429) {
    limit(host, state, retryAt, options);
    return;
  }
  state.limitsInARow = 0;
  if (answer.status >= 500) countFailure(host, state, `status ${answer.status}`, options);
  else closeCircuit(host, state, options.pauses);
}

function closeCircuit(host: string, state: HostState, pauses: Pauses): void {
  state.failuresInARow = 0;
  const pause = pauses.of(host);
  if (pause?.closedUntil !== undefined) pauses.set({ ...pause, closedUntil: undefined });
}

function limit(
  host: string,
  state: HostState,
  retryAt: Instant | undefined,
  { clock, pauses }: HostLimitOptions,
): void {
  const byDefault = toText(clock() + Math.min(DEFAULT_LIMIT * 2 ** state.limitsInARow, LONGEST_DEFAULT_LIMIT));
  state.limitsInARow++;
  const pause = pauses.of(host);
  const limitedUntil = latest(pause?.limitedUntil, retryAt ?? byDefault);
  pauses.set({ name: host, trouble: "a rate limit", ...pause, limitedUntil });
}

/** Opens the circuit after so many failures, and again after a failed trial. */
function countFailure(host: string, state: HostState, trouble: string, options: HostLimitOptions): void {
  const { clock, pauses, circuitFailures, circuitCooldown } = options;
  state.failuresInARow++;
  const pause = pauses.of(host);
  if (state.failuresInARow < circuitFailures && pause?.closedUntil === undefined) return;
  pauses.set({ ...pause, name: host, trouble, closedUntil: toText(clock() + circuitCooldown) });
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, "");
}

function toText(time: number): Instant {
  return new Date(time).toISOString();
}
