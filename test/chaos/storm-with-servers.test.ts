import { describe, expect, it } from "vitest";
import { limited } from "../support/database.ts";
import { storm } from "./storm.ts";

/** A short one of those that `npm run chaos` plays; how it went is in the message when something is wrong. */
describe("after kills at random, with services that fail one request in ten", () => {
  it.skipIf(limited())(
    "every candidate, pull request and letter exists once: four workers, PostgreSQL, Redis",
    async () => {
      const { wrong, figures } = await storm({ seed: 7, minutes: 4.5, kills: 4, upstreams: 8, embedded: false });
      expect(wrong, JSON.stringify(figures)).toEqual([]);
    },
    360_000,
  );
});
