import { describe, expect, it } from "vitest";
import { createGate } from "../../../src/lib/limits/gate.ts";

describe("a gate", () => {
  it("lets no more through at once than it is wide, all in the end, in order", async () => {
    const gate = createGate(3);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const work = (index: number) => async () => {
      begun.push(index);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return index;
    };
    const indexes = Array.from({ length: 20 }, (_, index) => index);
    expect(await Promise.all(indexes.map((index) => gate(work(index))))).toEqual(indexes);
    expect([begun, most]).toEqual([indexes, 3]);
  });

  it("stays open after work that failed", async () => {
    const gate = createGate(1);
    await expect(gate(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await gate(async () => "yes")).toBe("yes");
  });
});
