import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../src/config.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import type { Log } from "../../src/lib/log.ts";
import { type Exchangeable, startExchangeable } from "../../src/service/exchangeable.ts";

/** Which configurations run, and which cannot be started at this moment. */
let running: string[];
let broken: Set<string>;
let said: string[];
let parts: Exchangeable;

const say = (message: string) => void said.push(message);
const log: Log = { info: say, warn: say, error: say };
const called = (name: string) => ({ flow: {} as FlowContext, config: { name } as unknown as Config });

async function start(_flow: FlowContext, config: Config) {
  const { name } = config as unknown as { name: string };
  if (broken.has(name)) throw new Error(`${name} does not start`);
  running.push(name);
  return {
    stop: async () => {
      running = running.filter((one) => one !== name);
    },
  };
}

describe("the parts of a process that takes over another configuration", () => {
  beforeEach(async () => {
    [running, broken, said] = [[], new Set(), []];
    parts = await startExchangeable(start, called("old"), log, 10);
  });
  afterEach(() => parts.stop());

  it("are those of the new one, and no other's", async () => {
    expect(await parts.exchange(called("new"))).toBeUndefined();
    expect(running).toEqual(["new"]);
    await parts.stop();
    expect(running).toEqual([]);
  });

  it("are those of the former one when the new ones cannot be started, and the failure says so", async () => {
    broken = new Set(["new"]);
    expect((await parts.exchange(called("new")))?.message).toMatch(/the former one counts: new does not start/);
    expect(running).toEqual(["old"]);
    expect(parts.areRunning()).toBe(true);
    broken = new Set();
    expect(await parts.exchange(called("new"))).toBeUndefined();
    expect(running).toEqual(["new"]);
  });

  it("are started again and again when neither can be started, and it is said that nothing works", async () => {
    broken = new Set(["new", "old"]);
    expect(await parts.exchange(called("new"))).toBeDefined();
    expect({ running, works: parts.areRunning() }).toEqual({ running: [], works: false });
    expect(said.join()).toContain("Nothing works at this moment");
    broken = new Set(["new"]);
    await expect.poll(() => running, { interval: 10 }).toEqual(["old"]);
    expect(parts.areRunning()).toBe(true);
    await parts.stop();
    expect(running).toEqual([]);
  });

  it("that cannot be started are given up for another configuration that can", async () => {
    broken = new Set(["new", "old"]);
    await parts.exchange(called("new"));
    expect(await parts.exchange(called("third"))).toBeUndefined();
    broken = new Set();
    await new Promise((resolve) => setTimeout(resolve, 50)); // nobody starts the old one beside it
    expect(running).toEqual(["third"]);
  });

  it("leave nothing running when the process stops in the middle of an exchange, nor begin one after it", async () => {
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = await startExchangeable(
      async (flow, config) => {
        if ((config as unknown as { name: string }).name === "slow") {
          reached.resolve();
          await goOn.promise;
        }
        return start(flow, config);
      },
      called("first"),
      log,
      10,
    );
    const exchanging = slow.exchange(called("slow"));
    await reached.promise;
    const stopping = slow.stop();
    goOn.resolve();
    await Promise.all([exchanging, stopping]);
    expect(running).toEqual(["old"]); // of the other process
    expect(await slow.exchange(called("late"))).toMatchObject({ code: "cancelled" });
    expect(running).toEqual(["old"]);
  });
});
