import { expect, it } from "vitest";
import { DAY, MINUTE, plus } from "../../../src/domain/instant.ts";
import { type PollRecovery, type PollTrouble, tellTroubles } from "../../../src/flow/poll/tell-troubles.ts";
import { Failure, type FailureCode } from "../../../src/lib/failure.ts";

const NOW = "2027-01-01T00:00:00.000Z";

function linesOf(troubles: readonly PollTrouble[], recovered: readonly PollRecovery[] = []): unknown[] {
  const lines: unknown[] = [];
  const log = { error: () => expect.unreachable(), warn: keep, info: keep };
  function keep(message: string, data?: object): void {
    lines.push([message, data]);
  }
  tellTroubles(log, troubles, recovered, NOW);
  return lines;
}

const trouble = (purl: string, code: FailureCode, minutes: number): PollTrouble => ({
  ...{ purl, failure: new Failure(code, "the host is down"), retryAt: plus(NOW, minutes * MINUTE) },
});

it("nothing is said of a round in which all went well", () => {
  expect(linesOf([])).toEqual([]);
});

it("one upstream that failed has a line of its own", () => {
  expect(linesOf([trouble("pkg:pypi/requests", "unavailable", 5)])).toEqual([
    ["pkg:pypi/requests: the host is down", { code: "unavailable", retryAt: plus(NOW, 5 * MINUTE) }],
  ]);
});

it("thousands of a host that is down are one line: how many, one of them, and the next try of any", () => {
  const many = Array.from({ length: 3000 }, (_, index) => trouble(`pkg:npm/p${index}`, "unavailable", 3000 - index));
  expect(linesOf(many)).toEqual([
    [
      "npm: 3000 upstreams gave no good answer, such as pkg:npm/p0: the host is down",
      { code: "unavailable", upstreams: 3000, retryAt: plus(NOW, MINUTE) },
    ],
  ]);
});

it("other hosts and other reasons are other lines", () => {
  const quay = "?repository_url=quay.io";
  const lines = linesOf([
    trouble("pkg:docker/example/a", "timeout", 1),
    trouble(`pkg:docker/example/b${quay}`, "timeout", 1),
    trouble(`pkg:docker/example/c${quay}`, "timeout", 2),
    trouble(`pkg:docker/example/d${quay}`, "not-found", 3),
  ]);
  expect(lines.map((line) => (line as string[])[0])).toEqual([
    "pkg:docker/example/a: the host is down",
    `quay.io: 2 upstreams gave no good answer, such as pkg:docker/example/b${quay}: the host is down`,
    `pkg:docker/example/d${quay}: the host is down`,
  ]);
});

it("an upstream that goes on failing as before is silent, and told again where it fails in another way", () => {
  const again = (code: FailureCode, before: FailureCode) => ({
    ...trouble("pkg:pypi/requests", code, 5),
    before: { code: before },
  });
  expect(linesOf([again("unavailable", "unavailable"), again("timeout", "unavailable")])).toEqual([]);
  expect(linesOf([again("unauthorized", "unavailable")])).toHaveLength(1);
});

it("upstreams that answer again are one line per host: how many, one of them, and for how long they did not", () => {
  const since = (purl: string, days: number): PollRecovery => ({ purl, since: plus(NOW, -days * DAY) });
  expect(
    linesOf([], [since("pkg:npm/a", 7), since("pkg:npm/b", 1), { purl: "pkg:pypi/c", since: plus(NOW, -MINUTE) }]),
  ).toEqual([
    ["npm: 2 upstreams answer again, after 7 days", { upstreams: 2 }],
    ["pkg:pypi/c: it answers again, after 1 min", { upstreams: 1 }],
  ]);
});
