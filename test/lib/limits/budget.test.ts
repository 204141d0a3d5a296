import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { type Budget, budgetOf, chunkOf, type LeaseRequest, leaseFrom } from "../../../src/lib/limits/budget.ts";
import { NOW } from "../../support/build.ts";

const RESET = plus(NOW, 30 * MINUTE);
const budget = (remaining: number, resetAt = RESET): Budget => ({ limit: 1_000, remaining, resetAt });
const wanting = (given: Partial<LeaseRequest> = {}): LeaseRequest => ({
  name: "api.example core",
  wanted: 20,
  reserve: 0.1,
  ...given,
});

describe("a lease", () => {
  it.each([
    ["of a budget that nobody has seen is granted whole", undefined, wanting(), 20, undefined],
    ["is taken from what is left", budget(500), wanting(), 20, 480],
    ["leaves the reserve", budget(110), wanting(), 10, 100],
    ["is nothing when only the reserve is left", budget(100), wanting(), 0, 100],
    ["of something urgent takes from the reserve", budget(100), wanting({ reserve: 0, wanted: 1 }), 1, 99],
    ["is nothing when nothing is left", budget(0), wanting({ reserve: 0 }), 0, 0],
    ["starts from the service's word, once there is one", undefined, wanting({ seen: budget(300) }), 20, 280],
    ["believes the service when others took more", budget(500), wanting({ seen: budget(300) }), 20, 280],
    ["gives back nothing that others have in hand", budget(300), wanting({ seen: budget(500) }), 20, 280],
    ["starts anew in a new window", budget(0), wanting({ seen: budget(999, plus(RESET, HOUR)) }), 20, 979],
    [
      "does not go back to an old window",
      budget(400),
      wanting({ seen: budget(0, plus(RESET, -20 * MINUTE)) }),
      20,
      380,
    ],
    [
      "takes windows that end within a minute for one",
      budget(500),
      wanting({ seen: budget(300, plus(RESET, 30_000)) }),
      20,
      280,
    ],
    ["of a window that is over is granted whole", budget(0, NOW), wanting(), 20, undefined],
  ] as const)("%s", (_, stored, request, granted, remaining) => {
    const lease = leaseFrom(stored, request, NOW);
    expect(lease.granted).toBe(granted);
    expect(lease.budget?.remaining).toBe(remaining);
  });

  it("of a budget of our own starts a window when there is none", () => {
    const imposed = { requests: 100, per: HOUR };
    expect(leaseFrom(undefined, wanting({ imposed }), NOW)).toEqual({
      granted: 20,
      budget: { limit: 100, remaining: 80, resetAt: plus(NOW, HOUR) },
    });
  });

  it("never takes more from a window than it holds, nor from the reserve, whoever asks in whatever order", () => {
    const asks = fc.array(fc.record({ wanted: fc.integer({ min: 1, max: 300 }), urgent: fc.boolean() }));
    fc.assert(
      fc.property(asks, (list) => {
        let stored = budget(1_000);
        let polls = 0;
        let all = 0;
        for (const { wanted, urgent } of list) {
          const lease = leaseFrom(stored, wanting({ wanted, reserve: urgent ? 0 : 0.1 }), NOW);
          stored = lease.budget ?? stored;
          all += lease.granted;
          if (!urgent) polls += lease.granted;
        }
        expect(polls).toBeLessThanOrEqual(900);
        expect(all).toBeLessThanOrEqual(1_000);
        expect(stored.remaining).toBe(1_000 - all);
      }),
    );
  });
});

describe("what a service says of its budget", () => {
  it.each([
    [
      "GitHub",
      { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4990", "x-ratelimit-reset": "1795176000" },
      { limit: 5_000, remaining: 4_990, resetAt: new Date(1_795_176_001_000).toISOString() },
    ],
    [
      "a registry",
      { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600" },
      { limit: 100, remaining: 76, resetAt: plus(NOW, 6 * HOUR) },
    ],
    ["one that says half of it", { "x-ratelimit-limit": "5000" }, undefined],
    ["one that counts in words", { "ratelimit-limit": "many", "ratelimit-remaining": "few" }, undefined],
    ["one that says nothing", {}, undefined],
  ])("is read from %s", (_, headers, expected) => {
    expect(budgetOf(headers as Record<string, string>, NOW)).toEqual(expected);
  });
});

describe("a chunk", () => {
  it.each([
    [undefined, 20],
    [5_000, 100],
    [100_000, 100],
    [1_000, 20],
    [100, 2],
    [10, 1],
  ])("of a limit of %s is %i", (limit, chunk) => {
    expect(chunkOf(limit)).toBe(chunk);
  });
});
