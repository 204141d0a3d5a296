import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { Failure, isFailure } from "./failure.ts";
import { type AddressGuard, createAddressGuard } from "./http/address-guard.ts";
import { type Collected, collectAnswer, isBodiless, plainHeaders, type WholeAnswer } from "./http/collect-answer.ts";
import { type Connections, createConnections } from "./http/connections.ts";
import { proofsIn, withoutEcho } from "./http/echo.ts";
import { DEFAULTS, type FetcherOptions, type Settings } from "./http/fetcher-options.ts";
import { firstHop, type Hop, nameOf, nextHop } from "./http/hops.ts";
import { readBody, saysNoEnd, type TakeBytes } from "./http/response-body.ts";
import { failureOfError } from "./http/transport-error.ts";
import type { Draw } from "./limits/budget.ts";
import { type Budgets, createBudgets } from "./limits/budgets.ts";
import { createHostLimits, type HostLimits } from "./limits/host-limits.ts";
import { createMemoryHostStore } from "./limits/host-store.ts";
import { createPauses, type Pauses } from "./limits/pauses.ts";

/** One outbound request. Redirects are followed for GET and HEAD only, at most five, credentials dropped at a change of origin. */
export type FetchRequest = {
  readonly url: string;
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bytes of decoded body after which the answer is a `too-large` failure. */
  readonly maxBytes?: number;
  /**
   * Begins to take a body as it comes, which the answer then does not hold: anew for each try and each hop. Undefined:
   * this one is not wanted so, and the answer holds it.
   */
  readonly receive?: (head: Pick<FetchResponse, "status" | "headers">) => TakeBytes | undefined;
  /** Milliseconds for the whole answer of one try; also replaces the limits of the single phases. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /**
   * A POST that only reads may be repeated like a GET. `when-lost`: only when no answer came, as on a connection that
   * the other side closed while it was idle; what was answered stands.
   */
  readonly repeatable?: boolean | "when-lost";
  /** Statuses that say this one request was too much: they are no sign that the host is in trouble. */
  readonly blamelessStatuses?: readonly number[];
  /** The budget that this takes from, where its service has one. */
  readonly draw?: Draw;
  /** False: a redirect is an answer. Default: true for GET and HEAD. */
  readonly followRedirects?: boolean;
  /** Asks as nobody, also where there is a login for the address. Default: false. */
  readonly anonymous?: boolean;
};

/** An answer of any status; header names in lower case, the body decoded. */
export type FetchResponse = {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/**
 * The only way out. Statuses are answers, not failures; a failure is a network error, a time-out, an address that is
 * not allowed, a body over the limit, or a host whose circuit is open or whose rate limit lasts (with `retryAt`).
 */
export type Fetcher = {
  readonly fetch: (request: FetchRequest) => Promise<FetchResponse | Failure>;
  readonly close: () => Promise<void>;
};

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const TRANSIENT = [502, 503, 504];

/** What requests are sent with. */
type Sender = {
  readonly settings: Settings;
  readonly guard: AddressGuard;
  readonly ways: Connections;
  readonly pauses: Pauses;
  readonly limits: HostLimits;
  readonly budgets: Budgets;
  readonly closing: AbortController;
};

/** Creates the fetcher; `close` ends its idle and running connections. */
export function createFetcher(options: FetcherOptions): Fetcher {
  const settings: Settings = { ...DEFAULTS, ...options };
  const guard = createAddressGuard(settings.allowPrivate, settings.resolve);
  const store = options.hostStore ?? createMemoryHostStore();
  const pauses = createPauses({ ...settings, store, refresh: settings.hostRefresh });
  const sender: Sender = {
    settings,
    guard,
    ways: createConnections(settings, guard),
    pauses,
    limits: createHostLimits({ ...settings, pauses }),
    budgets: createBudgets({ ...settings, store, pauses }),
    closing: new AbortController(),
  };
  return { fetch: (request) => follow(sender, request), close: () => closeAll(sender) };
}

async function closeAll({ closing, ways, budgets, pauses }: Sender): Promise<void> {
  closing.abort();
  await ways.close();
  await budgets.close();
  await pauses.close();
}

/** Makes a request, and those that its answers send us on to. */
async function follow(sender: Sender, request: FetchRequest): Promise<FetchResponse | Failure> {
  let hop = firstHop(request, sender.settings, sender.guard);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (isFailure(hop)) return hop;
    const refusal = sender.guard.refusalOf(hop.url);
    if (refusal !== undefined) return refusal;
    const answer = await tryRepeatedly(sender, request, hop);
    if (isFailure(answer) || !isFollowed(request, answer)) return answer;
    hop = nextHop(hop, answer.headers.location ?? "");
  }
  return new Failure("refused", `${nameOf(request.url)} redirects more than ${MAX_REDIRECTS} times`);
}

async function tryRepeatedly(sender: Sender, request: FetchRequest, hop: Hop): Promise<FetchResponse | Failure> {
  const { settings, closing } = sender;
  const retries = mayRepeat(request) ? settings.retries : 0;
  for (let turn = 0; ; turn++) {
    const answer = closing.signal.aborted ? stopped(hop) : await tryOnce(sender, request, hop);
    if (closing.signal.aborted && isFailure(answer)) return stopped(hop);
    const lost = isFailure(answer) || request.repeatable !== "when-lost";
    if (turn >= retries || !lost || !isTransient(answer) || request.signal?.aborted === true) return answer;
    await sleep(settings.retryDelay * 2 ** turn * (0.5 + Math.random() / 2));
  }
}

/** One try, when its host's turn comes. */
function tryOnce(
  sender: Sender,
  { blamelessStatuses = [], ...request }: FetchRequest,
  hop: Hop,
): Promise<FetchResponse | Failure> {
  const isBlameless = (answer: FetchResponse | Failure) =>
    isFailure(answer)
      ? sender.closing.signal.aborted || isIdleLoss(sender, answer)
      : blamelessStatuses.includes(answer.status);
  return sender.limits.run(hop.url.host, () => sendWithinBudget(sender, request, hop), isBlameless);
}

async function sendWithinBudget(sender: Sender, request: FetchRequest, hop: Hop): Promise<FetchResponse | Failure> {
  const { budgets, settings, ways } = sender;
  const { draw } = request;
  const refusal = await takeBudget(sender, request, hop);
  if (refusal !== undefined) return refusal;
  let answer = await sendOnce(request, hop, ways.to(hop.url), settings);
  // each of the connections that are kept may have been closed meanwhile; then a new one is made
  for (let kept = settings.concurrency; kept > 0 && mayRepeat(request) && isIdleLoss(sender, answer); kept--)
    answer = await sendOnce(request, hop, ways.to(hop.url), settings);
  if (draw !== undefined && hop.first && !isFailure(answer)) budgets.note(draw, answer);
  return answer;
}

/** Takes from the budget that we set the host, and from the one that the host sets us. */
async function takeBudget(
  { budgets, settings, closing }: Sender,
  { draw }: FetchRequest,
  hop: Hop,
): Promise<Failure | undefined> {
  if (closing.signal.aborted) return stopped(hop); // the store of budgets closes, too
  const imposed = settings.budgets[hop.url.hostname];
  const own = { budget: `${hop.url.hostname} (ours)`, cost: 1, urgent: draw?.urgent ?? false };
  const refusal = imposed === undefined ? undefined : await budgets.take(own, imposed);
  if (refusal !== undefined || draw === undefined || !hop.first) return refusal;
  return budgets.take(draw);
}

function isIdleLoss({ ways }: Sender, answer: FetchResponse | Failure): boolean {
  return isFailure(answer) && ways.wasIdleLoss(answer.cause);
}

function stopped({ url }: Hop): Failure {
  return new Failure("cancelled", `${nameOf(url)} was not waited for: this process stops`);
}

async function sendOnce(
  request: FetchRequest,
  hop: Hop,
  { dispatcher, proxied }: ReturnType<Connections["to"]>,
  settings: Settings,
): Promise<FetchResponse | Failure> {
  const { connectTimeout, headersTimeout, bodyTimeout } = settings;
  const deadline = new AbortController(); // its own timer, which ends with the answer: `AbortSignal.timeout` keeps one until it fires
  const timer = setTimeout(() => deadline.abort(), request.timeout ?? connectTimeout + headersTimeout + bodyTimeout);
  const signal = request.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, request.signal]);
  const method = request.method ?? "GET";
  try {
    const { origin, pathname, search } = hop.url;
    const sent = {
      ...{ origin, path: `${pathname}${search}`, method, headers: hop.headers, body: request.body ?? null },
      ...(request.timeout !== undefined && { headersTimeout: request.timeout, bodyTimeout: request.timeout }),
      ...{ signal, maxBytes: request.maxBytes ?? settings.maxBytes },
    };
    const { receive } = request;
    const answer = await (receive === undefined
      ? collectAnswer(dispatcher, sent)
      : streamAnswer(dispatcher, sent, receive));
    if (isFailure(answer)) return new Failure(answer.code, `${nameOf(hop.url)}: ${answer.message}`);
    if (hop.url.protocol === "https:" && !isBodiless(method, answer.status) && saysNoEnd(answer.headers))
      return new Failure("unreadable", `${nameOf(hop.url)} does not say where its answer ends: it may be a part`);
    return withoutEcho({ ...answer, url: hop.url.href }, proofsIn(hop.headers));
  } catch (error) {
    if (request.signal?.aborted === true)
      return new Failure("unavailable", `${nameOf(hop.url)}: the request was cancelled`);
    if (deadline.signal.aborted) return new Failure("timeout", `${nameOf(hop.url)} did not answer in time`);
    return failureOfError(error, proxied ? `${nameOf(hop.url)} (through the proxy)` : nameOf(hop.url));
  } finally {
    clearTimeout(timer);
  }
}

function isFollowed(request: FetchRequest, answer: FetchResponse): boolean {
  const reads = request.method === undefined || request.method === "GET" || request.method === "HEAD";
  const follows = reads && request.followRedirects !== false;
  return follows && REDIRECTS.includes(answer.status) && answer.headers.location !== undefined;
}

function mayRepeat(request: FetchRequest): boolean {
  return request.method === undefined || /^(?:GET|HEAD)$/.test(request.method) || Boolean(request.repeatable);
}

/** Worth another try at once. A failure with `retryAt` is the host's own wish to wait. */
function isTransient(answer: FetchResponse | Failure): boolean {
  if (isFailure(answer)) return answer.code === "unavailable" && answer.retryAt === undefined;
  return TRANSIENT.includes(answer.status) && answer.headers["retry-after"] === undefined;
}

/** The same for a body that goes somewhere else as it comes. */
async function streamAnswer(
  dispatcher: Dispatcher,
  { maxBytes, ...sent }: Collected,
  receive: NonNullable<FetchRequest["receive"]>,
): Promise<WholeAnswer | Failure> {
  const { statusCode: status, headers: given, body: stream } = await dispatcher.request(sent);
  const headers = plainHeaders(given);
  const body = await readBody(
    stream,
    isBodiless(sent.method, status) ? {} : headers,
    maxBytes,
    receive({ status, headers }),
  );
  return isFailure(body) ? body : { status, headers, body };
}
