import { expect, it } from "vitest";
import { immutableReleases } from "../../../src/score/signals/immutable-releases.ts";
import { aRepository } from "../../support/score.ts";
import { points } from "../../support/signals.ts";

it.each([
  [[true, true, true, false], 10],
  [[true, false, false], 6],
  [[false], 3],
  [[], "unknown"],
])("%j is worth %s", async (locked, expected) => {
  const immutable = locked.map((one, index) => ({ tag: `v${index}`, immutable: one }));
  expect(await points(immutableReleases, "pkg:github/example/tool", { facts: aRepository({ immutable }) })).toBe(
    expected,
  );
});
