import { describe, expect, it } from "vitest";
import type { FlowContext } from "../../../src/flow/context.ts";
import { Failure } from "../../../src/lib/failure.ts";
import type { Probes } from "../../../src/web/probes.ts";
import { NO_PROBES } from "../../../src/web/probes.ts";
import { healthRoutes } from "../../../src/web/routes/health.ts";
import { openTestDatabase } from "../../support/database.ts";

const AWAY: Probes["depths"] = async () =>
  new Failure("unavailable", "redis://:geheim@10.0.0.1:6379 refused the connection");

describe("/readyz", () => {
  it.each<[string, Partial<Probes>, number, readonly string[]]>([
    ["everything works", {}, 200, []],
    ["schedule and workers could not be started", { isWorking: () => false }, 503, ["work"]],
    ["the queue is away, too", { isWorking: () => false, depths: AWAY }, 503, ["queue", "work"]],
  ])("when %s", async (_what, probes, status, parts) => {
    const store = await openTestDatabase();
    const routes = healthRoutes({ db: store.db } as unknown as FlowContext, { ...NO_PROBES, ...probes });
    const answer = await routes.request("/readyz");
    const text = await answer.text();
    const { missing = [] } = JSON.parse(text) as { missing?: { part: string; message: string }[] };
    expect({ status: answer.status, parts: missing.map(({ part }) => part) }).toEqual({ status, parts });
    for (const { message } of missing) expect(message).toMatch(/\.$/); // a sentence
    expect(text).not.toMatch(/geheim|10\.0\.0\.1/);
    expect((await routes.request("/healthz")).status).toBe(200); // it lives: to restart it would help nobody
    await store.close();
  });
});
