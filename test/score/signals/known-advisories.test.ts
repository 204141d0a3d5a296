import { expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { knownAdvisories } from "../../../src/score/signals/known-advisories.ts";
import { anAdvisory, aRelease, NOW } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

const published = plus(NOW, -300 * DAY);
const recorded = (id: string, version: string) => anAdvisory({ id, publishedAt: published, fixedIn: [version] });
const releases = [
  aRelease({ version: "2.0", publishedAt: NOW }),
  aRelease({ version: "1.1", publishedAt: plus(published, 10 * DAY) }),
  aRelease({ version: "1.2", publishedAt: plus(published, 60 * DAY) }),
  aRelease({ version: "1.3", publishedAt: plus(published, 100 * DAY) }),
];

type Advisories = readonly ReturnType<typeof anAdvisory>[] | Failure;
const world = (open: Advisories, ever: Advisories) => ({
  releases,
  advisories: async (purl: string) => (purl.includes("@") ? open : ever),
});
const down = new Failure("unavailable", "OSV is down");

it.each([
  ["no record", world([], []), 8],
  ["all mended quickly", world([], [recorded("A", "1.1")]), 10],
  ["mended in two months", world([], [recorded("A", "1.2")]), 6],
  ["mended in a hundred days", world([], [recorded("A", "1.3")]), 3],
  [
    "two stand open",
    world([anAdvisory({ id: "A" }), anAdvisory({ id: "B" })], [anAdvisory(), recorded("C", "1.1")]),
    8,
  ],
  ["OSV does not answer", world(down, down), "unknown"],
])("%s: %s", async (_name, given, expected) => {
  expect(await points(knownAdvisories, "pkg:pypi/tool", given)).toBe(expected);
});

it("of a repository only the newest version is known to OSV", async () => {
  const notListed = new Failure("not-checked", "OSV has no list");
  const found = await finding(
    knownAdvisories,
    "pkg:github/example/tool",
    world([anAdvisory({ id: "GHSA-1" })], notListed),
  );
  expect(found).toMatchObject({ points: 0.9, reason: "2.0 has GHSA-1, of 1 advisory on record." });
});
