import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { registryProvenance } from "../../../src/score/signals/registry-provenance.ts";
import { aRelease } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

type Answer = { attested: boolean; repository?: string } | undefined | Failure;

const world = (...answers: Answer[]) => ({
  releases: answers.map((_, index) => aRelease({ version: `1.${index}` })),
  depsDev: {
    version: async ({ version }: { version: string }) => answers[Number(version.slice(2))],
    dependents: async () => undefined,
  },
});
const yes = { attested: true, repository: "github.com/acme/tool" };
const no = { attested: false };

it.each([
  [[yes, yes], 10],
  [[yes, no], 5],
  [[no, no], 0],
  [[yes, undefined], 10],
  [[undefined], "unknown"],
  [[], "unknown"],
  [[yes, new Failure("unavailable", "deps.dev is down")], "unknown"],
])("%j is worth %s", async (answers, expected) => {
  expect(await points(registryProvenance, "pkg:pypi/tool", world(...answers))).toBe(expected);
});

it("says from where", async () => {
  expect((await finding(registryProvenance, "pkg:npm/tool", world(yes, no))).reason).toBe(
    "1 of the last 2 releases have provenance that deps.dev verified, from github.com/acme/tool.",
  );
});

const proof = (level: string, kind = "pep740") => ({
  kind,
  level,
  subject: "a.whl",
  identity: { repository: "https://github.com/acme/tool" },
});
const proven = (...levels: readonly string[]) =>
  levels.map((level, index) => aRelease({ version: `1.${index}`, evidence: { proofs: [proof(level) as never] } }));

it("counts what was verified here, and then asks nobody", async () => {
  const nobody = {
    version: async () => new Failure("unavailable", "deps.dev is down"),
    dependents: async () => undefined,
  };
  const found = await finding(registryProvenance, "pkg:pypi/tool", {
    releases: proven("verified", "none"),
    depsDev: nobody,
  });
  expect([found.points, found.reason]).toEqual([
    0.5,
    "1 of the last 2 releases have provenance that was verified here, from github.com/acme/tool.",
  ]);
});

it.each([
  [["verified", "invalid"], 5],
  [["verified", "present"], 5],
  [["verified", "unknown"], 10],
])("of proofs that are %j it is worth %i", async (levels, expected) => {
  expect(await points(registryProvenance, "pkg:pypi/tool", { releases: proven(...levels) })).toBe(expected);
});

it("asks deps.dev about those that nobody verified here", async () => {
  const releases = [...proven("verified"), aRelease({ version: "1.1" })];
  const found = await finding(registryProvenance, "pkg:npm/tool", { ...world(no, yes), releases });
  expect(found.reason).toMatch(
    /^2 of the last 2 releases have provenance that was verified, of 1 here and of the others by deps\.dev/,
  );
});
