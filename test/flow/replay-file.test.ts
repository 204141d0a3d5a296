import { describe, expect, it } from "vitest";
import { readIncidents } from "../../src/flow/replay-file.ts";
import { isFailure } from "../../src/lib/failure.ts";

const read = (value: unknown) => readIncidents(JSON.stringify(value), "f.json");
const least = { upstream: "pkg:pypi/tool", releases: [{ version: "1.0.0", publishedAt: "2026-01-01" }] };

describe("a file of recorded releases", () => {
  it.each([
    ["one incident", least],
    ["an array", [least]],
    ["a wrapped array", { incidents: [least] }],
    ["nothing known", { ...least, publicAt: null, trust: null }],
    ["words for people", { ...least, "x-source": 1, comment: "from a mailing list", $schema: "…" }],
    [
      "history beside a whole candidate",
      { upstream: "pkg:pypi/tool", history: least.releases, candidate: { version: "2" } },
    ],
  ])("may be %s", (_, value) => {
    expect(read(value)).toHaveLength(1);
  });

  it.each([
    ["no JSON", "{", /f\.json is no JSON/],
    ["no upstream", { releases: [] }, /incident 1, upstream/],
    ["a date that is none", [least, { ...least, publicAt: "soon" }], /incident 2, publicAt: "soon" is no date/],
    [
      "a key that nobody knows",
      { ...least, releases: [{ version: "1", tagExist: true }] },
      /incident 1, releases\[0\]: .*tagExist/,
    ],
    [
      "a state that nobody knows",
      { ...least, releases: [{ version: "1", signature: "maybe" }] },
      /releases\[0\]\.signature/,
    ],
    ["nothing", [], /holds no incident/],
  ])("is refused with its place for %s", (_, value, words) => {
    const failure = typeof value === "string" ? readIncidents(value, "f.json") : read(value);
    expect(isFailure(failure) && failure.message).toMatch(words);
  });
});
