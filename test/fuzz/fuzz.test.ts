import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corpusOf, tryInput } from "./fuzz-target.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { TARGETS } from "./targets.ts";

describe.each(TARGETS.map((target) => [target.id, target] as const))("the reader %s", (_id, target) => {
  it("reads or refuses its seeds and every input that was ever worth keeping", async () => {
    const inputs = [...target.seeds(), ...corpusOf(target).map(({ input }) => input)];
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) expect(await tryInput(target, input)).toBeUndefined();
  });
});

describe("the engine", () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; out: string }>((resolve) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "fuzz.ts"), ...args], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.on("close", (code) => resolve({ code, out }));
    });

  it("feeds readers for a few seconds, reaches more than it began with, and finds nothing", async () => {
    const { code, out } = await run("--seconds", "3", "--target", "small", "--seed", "7");
    expect(out).toMatch(/^small: \d{2,} runs, \d+ inputs, \d{2,} blocks reached$/m);
    expect(code, out).toBe(0);
  });

  it("knows a reader that throws, one that takes for ever, and one that changes what others see", async () => {
    const of = (run: (input: Uint8Array) => unknown) =>
      tryInput({ id: "x", seeds: () => [], run }, new Uint8Array([1]), 0.05);
    const spin = () => {
      const end = process.threadCpuUsage().user + 80_000;
      while (process.threadCpuUsage().user < end) Buffer.alloc(100_000, "x").toString("hex");
    };
    expect(await of(() => JSON.parse("{"))).toMatch(/SyntaxError/);
    expect(await of(async () => Promise.reject(new Error("later")))).toMatch(/later/);
    expect(await of(spin)).toMatch(/^took/);
    Object.defineProperty(Object.prototype, "polluted", { value: 1, configurable: true });
    expect(await of(() => undefined)).toMatch(/inherits/);
    Reflect.deleteProperty(Object.prototype, "polluted");
    expect(await of(() => "fine")).toBeUndefined();
  });

  it("makes the same inputs of the same seed, and never long ones", () => {
    const made = () => {
      const random = randomFrom(42);
      return Array.from({ length: 200 }, () =>
        mutate(Buffer.from("FROM debian:13\n"), [Buffer.alloc(20_000)], [Buffer.from("ENV")], random).toString("hex"),
      );
    };
    expect(made()).toEqual(made());
    expect(new Set(made()).size).toBeGreaterThan(150);
    expect(made().every((hex) => hex.length <= 2 * 16 * 1024)).toBe(true);
  });
});
