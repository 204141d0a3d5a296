import { describe, it } from "vitest";
import { limited } from "../support/database.ts";
import { storm } from "./storm.ts";

/** When everything is there, a storm is over; a slow machine has the time that it takes. */
const LIMIT = 900_000;

/**
 * Short ones of those that `npm run chaos` plays; how it went is in the message when something is wrong. They wait more
 * than they work, so they pass side by side in one process and leave the other to the rest of the tests.
 */
describe.concurrent("after kills at random, with services that fail one request in ten", () => {
  it.skipIf(limited())(
    "every candidate, pull request and letter exists once: four workers, PostgreSQL, Redis",
    async ({ expect }) => {
      const { wrong, figures } = await storm({
        seed: 7,
        minutes: 4.5,
        kills: 6,
        upstreams: 8,
        embedded: false,
        freezes: false,
      });
      expect(wrong, JSON.stringify(figures)).toEqual([]);
    },
    LIMIT,
  );

  it(
    "every candidate, pull request and letter exists once: one process with its own store",
    async ({ expect }) => {
      const { wrong, figures } = await storm({
        seed: 7,
        minutes: 4.5,
        kills: 2,
        upstreams: 6,
        embedded: true,
        freezes: false,
      });
      expect(wrong, JSON.stringify(figures)).toEqual([]);
    },
    LIMIT,
  );
});
