import { setImmediate as untilNextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { later } from "../../src/lib/later.ts";

it("a failure of what is awaited later is met there, and ends no process before", async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  const work = later(Promise.reject(new Error("the store is gone")));
  await untilNextTurn();
  await untilNextTurn();
  await expect(work).rejects.toThrow("the store is gone");
  process.off("unhandledRejection", listen);
  expect(unhandled).toEqual([]);
});
