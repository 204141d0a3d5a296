import { expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { responseTime } from "../../../src/score/signals/response-time.ts";
import { NOW } from "../../support/build.ts";
import { aRepository } from "../../support/score.ts";
import { finding, points } from "../../support/signals.ts";

const opened = plus(NOW, -60 * DAY);
const issue = (days: number | undefined, byMember = false) => ({
  createdAt: opened,
  updatedAt: opened,
  byMember,
  ...(days !== undefined && { answeredAt: plus(opened, days * DAY) }),
});
const of = (days: readonly (number | undefined)[]) => ({
  facts: aRepository({ issues: days.map((one) => issue(one)) }),
});

it.each([
  [[1, 1, 2, 9, 9], 10],
  [[1, 1, 3, 9, 9], 7],
  [[8, 8, 8, 8, 8], 4],
  [[1, 1, undefined, undefined, undefined], 2],
  [[1, 1, 1, 1], "unknown"],
])("answers after %j days are worth %s", async (days, expected) => {
  expect(await points(responseTime, "pkg:github/example/tool", of(days))).toBe(expected);
});

it("issues that members opened themselves are no question", async () => {
  const facts = aRepository({ issues: Array.from({ length: 9 }, () => issue(0, true)) });
  expect((await finding(responseTime, "pkg:github/example/tool", { facts })).outcome).toBe("unknown");
});
