import { Hono } from "hono";
import { schemaStanding } from "../../db/open/schema-standing.ts";
import type { FlowContext } from "../../flow/context.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { Probes } from "../probes.ts";

const PATIENCE = 3_000;

/**
 * `/healthz`: this process runs. `/readyz`: it can work, and if not, what is missing: 200 or 503. Neither needs a token,
 * and neither says more than a name of a part and a sentence without addresses.
 */
export function healthRoutes(flow: FlowContext, probes: Probes): Hono {
  const routes = new Hono();
  routes.get("/healthz", (context) => context.json({ status: "alive" }));
  routes.get("/readyz", async (context) => {
    const [schema, depths] = await Promise.all([
      answers(() => schemaStanding(flow.db), "The database does not answer."),
      answers(probes.depths, "The queue does not answer."),
    ]);
    const missing = [
      ...(isFailure(schema) ? [{ part: "database", message: schema.message }] : []),
      ...(isFailure(schema) || schema === "current" ? [] : [{ part: "migrations", message: STANDING[schema] }]),
      ...(isFailure(depths) ? [{ part: "queue", message: depths.message }] : []),
      ...(probes.isWorking() ? [] : [{ part: "work", message: IDLE }]),
    ];
    return missing.length === 0
      ? context.json({ status: "ready" })
      : context.json({ status: "not ready", missing }, 503);
  });
  return routes;
}

const STANDING = {
  newer: "A newer version of Headgate has migrated the database: replace this process by that version.",
  older: "The database has not been migrated to this version: restart this process.",
} as const;

const IDLE =
  "The schedule and the workers of this process do not run; they are started again and again, and the log says why.";

/** The answer, or the sentence: what a driver says of addresses and users is for the log. */
async function answers<Value>(ask: () => Promise<Value | Failure>, sentence: string): Promise<Value | Failure> {
  const silent = new Failure("unavailable", sentence);
  const late = new Promise<Failure>((resolve) => setTimeout(() => resolve(silent), PATIENCE).unref());
  const answer = await Promise.race([ask().catch(() => silent), late]);
  return isFailure(answer) ? silent : answer;
}
