import { Hono } from "hono";
import { COMMANDS } from "../../flow/commands.ts";
import { isFailure } from "../../lib/failure.ts";
import type { Edge } from "../edge.ts";

/** Commands after which something may have to be done at once. */
const DECIDING = ["decide", "settle-alert"];

/** `POST /:name` runs a command of `flow/commands.ts` inside the process that owns the store. */
export function commandRoutes({ flow, carryOut }: Edge): Hono {
  const routes = new Hono();
  routes.post("/:name", async (context) => {
    const name = context.req.param("name");
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined)
      return context.json({ error: `There is no command ${name}; known: ${Object.keys(COMMANDS).join(", ")}.` }, 404);
    const input = await context.req.json().then(
      (value: unknown) => ({ value }),
      () => undefined,
    );
    if (input === undefined) return context.json({ error: "The body is not JSON." }, 400);
    const result = await command(flow, input.value);
    if (DECIDING.includes(name) && !isFailure(result)) await carryOut();
    return isFailure(result)
      ? context.json({ error: result.message, code: result.code }, 422)
      : context.json({ result });
  });
  return routes;
}
