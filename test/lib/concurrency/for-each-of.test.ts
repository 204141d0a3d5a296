import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { forEachOf } from "../../../src/lib/concurrency/for-each-of.ts";

describe("work for each of many items", () => {
  it("is begun in order, is done once for each, and never more of it is under way than allowed", async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await forEachOf([5, 1, 4, 2, 3], 2, async (item) => {
      begun.push(item);
      most = Math.max(most, ++running);
      await sleep(item);
      running--;
    });
    expect([begun, most]).toEqual([[5, 1, 4, 2, 3], 2]);
  });

  it("ends with the first error", async () => {
    const work = forEachOf([1, 2], 1, async (item) => {
      if (item === 1) throw new Error("no");
      throw new Error("never asked");
    });
    await expect(work).rejects.toThrow("no");
  });

  it("is none for no items", async () => {
    const work = forEachOf([], 3, () => Promise.reject(new Error("nothing to do")));
    await expect(work).resolves.toBeUndefined();
  });
});
