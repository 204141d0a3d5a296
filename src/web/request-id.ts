import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { requestId } from "hono/request-id";
import { routePath } from "hono/route";
import type { Log } from "../lib/log.ts";

/** Gives every request an id, and every line that is logged while it is answered that id. */
export type RequestIds = {
  /** The log for whatever answers requests: it says `request` with each message. */
  readonly log: Log;
  /** First of all handlers. The id of a proxy before us is kept; the answer carries it as `X-Request-Id`. */
  readonly handlers: readonly MiddlewareHandler[];
  /** The id of the request that is being answered. */
  readonly current: () => string;
};

const LONGEST = 64;
const READING = ["GET", "HEAD"];

/** One per edge: which request a line belongs to follows from where it was awaited, not from what it is handed. */
export function createRequestIds(given: Log): RequestIds {
  const requests = new AsyncLocalStorage<string>();
  const at = (level: keyof Log) => (message: string, data?: Parameters<Log["info"]>[1]) => {
    const request = requests.getStore();
    given[level](message, request === undefined ? data : { request, ...data });
  };
  const log: Log = { info: at("info"), warn: at("warn"), error: at("error") };
  return {
    log,
    handlers: [
      requestId({ limitLength: LONGEST, generator: () => randomUUID().slice(0, 8) }),
      async (context, next) => {
        const started = performance.now();
        await requests.run(context.get("requestId"), async () => {
          await next();
          if (READING.includes(context.req.method)) return;
          // the pattern, not the path: paths of letters and logins are secrets
          const took = Math.round(performance.now() - started);
          log.info(`${context.req.method} ${routePath(context, -1)} answered ${context.res.status}`, { took });
        });
      },
    ],
    current: () => requests.getStore() ?? "unknown",
  };
}
