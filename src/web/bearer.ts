import type { Context, MiddlewareHandler } from "hono";
import { sameText } from "./csrf.ts";
import type { Edge } from "./edge.ts";
import { addressOf, isFromHere } from "./visitor.ts";

/** Writes a refusal in the form of the interface that is asked. */
type Refuse = (context: Context, detail: string, status: 401 | 429) => Response;

/**
 * Lets those pass who show the token. Guesses are slowed down as on the login page, except for programs on this very
 * machine: another user's guesses there must not lock out commands.
 */
export function bearer(edge: Edge, refuse: Refuse): MiddlewareHandler {
  return async (context, next) => {
    const shown = context.req.header("authorization") ?? "";
    const address = addressOf(context, edge.trustedProxies);
    const seconds = isFromHere(context) ? 0 : edge.guard.wait(address);
    if (seconds > 0) {
      const refusal = refuse(context, `Too many wrong tokens. Try again in ${seconds} seconds.`, 429);
      refusal.headers.set("Retry-After", String(seconds));
      return refusal;
    }
    if (sameText(shown, `Bearer ${edge.token}`)) return next();
    if (shown !== "") {
      await edge.guard.failed(address);
      edge.flow.log.warn("A wrong token was tried", { address, path: context.req.path });
    }
    return refuse(context, "A token is needed: see data/daemon.json, or HEADGATE_HTTP_TOKEN.", 401);
  };
}
