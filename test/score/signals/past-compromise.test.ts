import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { pastCompromise } from "../../../src/score/signals/past-compromise.ts";
import { anAdvisory, aRelease } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

const report = (publishedAt: string) => anAdvisory({ id: "MAL-2025-1", publishedAt });

it.each([
  ["none", [anAdvisory()], 10],
  ["a fresh one", [report("2026-10-01T00:00:00.000Z")], 3],
  ["an old one", [report("2024-10-01T00:00:00.000Z")], 6],
  ["one under another id", [anAdvisory({ aliases: ["MAL-2026-2"], publishedAt: "2026-11-01T00:00:00.000Z" })], 3],
  ["nobody answers", new Failure("unavailable", "OSV is down"), "unknown"],
])("malware reports, %s: %s", async (_name, advisories, expected) => {
  expect(await points(pastCompromise, "pkg:npm/tool", { advisories: async () => advisories })).toBe(expected);
});

it("says which and when, without a word on intent", async () => {
  const found = await finding(pastCompromise, "pkg:npm/tool", {
    advisories: async () => [report("2026-10-01T00:00:00.000Z")],
  });
  expect(found.reason).toBe("1 malware report about its versions on record, the latest of 2026-10-01: MAL-2025-1.");
});

it("counts more for a project that publishes with provenance since", async () => {
  const proof = { kind: "pep740", level: "verified", subject: "a", identity: { repository: "https://github.com/a/b" } };
  const releases = [aRelease({ evidence: { proofs: [proof as never] } })];
  const advisories = async () => [report("2026-10-01T00:00:00.000Z")];
  expect(await points(pastCompromise, "pkg:pypi/tool", { advisories, releases })).toBe(5);
});

it("says how flaws were handled, and counts less where most were never mended", async () => {
  const own = { fixedIn: ["1.1"], publishedIn: "github.com/a/b" };
  const mended = async () => [anAdvisory({ id: "GHSA-1", ...own }), anAdvisory({ id: "GHSA-2", fixedIn: [] })];
  expect((await finding(pastCompromise, "pkg:pypi/tool", { advisories: mended })).reason).toBe(
    "No malware report about any of its versions is on record. Of 2 advisories 1 have a fix, and 1 were published by the maintainers themselves.",
  );
  const open = async () => ["GHSA-1", "GHSA-2", "GHSA-3"].map((id) => anAdvisory({ id, fixedIn: [] }));
  expect(await points(pastCompromise, "pkg:pypi/tool", { advisories: open })).toBe(7);
});
