import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { dependents } from "../../../src/score/signals/dependents.ts";
import { aRelease } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

const releases = ["2.0", "1.9", "1.8"].map((version) => aRelease({ version }));
const world = (answer: number | undefined | Failure, asked: string[] = []) => ({
  releases,
  depsDev: {
    version: async () => undefined,
    dependents: async ({ version }: { version: string }) => {
      asked.push(version);
      return answer;
    },
  },
});

it.each([
  [0, 0],
  [500, 5],
  [200_000, 10],
  [undefined, "unknown"],
  [new Failure("unavailable", "deps.dev is down"), "unknown"],
])("%s packages that need it are worth %s", async (number, expected) => {
  expect(await points(dependents, "pkg:pypi/tool", world(number))).toBe(expected);
});

it("the version before the newest is asked about: a fresh one has no dependents yet", async () => {
  const asked: string[] = [];
  const found = await finding(dependents, "pkg:npm/tool", world(3, asked));
  expect(asked).toEqual(["1.9"]);
  expect(found.reason).toBe("3 packages need version 1.9.");
});

it("images and repositories have no dependents that are counted", () => {
  expect(["pkg:docker/library/debian", "pkg:github/a/b", "pkg:gem/x"].filter(dependents.appliesTo)).toEqual([]);
});
