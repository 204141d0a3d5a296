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
