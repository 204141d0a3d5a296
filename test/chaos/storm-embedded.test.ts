import { describe, expect, it } from "vitest";
import { storm } from "./storm.ts";

/** The same storm on the embedded store: see storm-with-servers.test.ts. */
describe("after kills at random, with services that fail one request in ten", () => {
  it("every candidate, pull request and letter exists once: one process with its own store", async () => {
    const { wrong, figures } = await storm({ seed: 7, minutes: 4.5, kills: 2, upstreams: 6, embedded: true });
    expect(wrong, JSON.stringify(figures)).toEqual([]);
  }, 360_000);
});
