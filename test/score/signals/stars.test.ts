import { expect, it } from "vitest";
import { stars } from "../../../src/score/signals/stars.ts";
import { aRepository } from "../../support/score.ts";
import { finding, points } from "../../support/signals.ts";

it.each([
  [0, 0],
  [140, 5],
  [5_000, 9],
  [20_000, 10],
  [200_000, 10],
])("%i stars are worth %i of 10", async (number, expected) => {
  expect(await points(stars, "pkg:github/example/tool", { facts: aRepository({ stars: number }) })).toBe(expected);
});

it("stars that a package borrows from a repository count for nothing, and that is said", async () => {
  const found = await finding(stars, "pkg:pypi/tool", { repositoryOf: "pkg:github/example/tool" });
  expect(found).toMatchObject({ outcome: "unknown", points: 0 });
  expect(found.reason).toMatch(/^Not counted: example\/tool has 5,000 stars.*only the package says/);
});

it.each([
  ["its own files", { facts: aRepository({ packages: ["pypi:tool"] }) }],
  [
    "provenance",
    {
      releases: [{ version: "1.0" } as never],
      depsDev: {
        version: async () => ({ attested: true, repository: "github.com/example/tool" }),
        dependents: async () => undefined,
      },
    },
  ],
])("stars count where the repository names the package back by %s", async (_by, given) => {
  expect(await points(stars, "pkg:pypi/tool", { repositoryOf: "pkg:github/example/tool", ...given })).toBe(9);
});

it("a Go module is taken from the repository in its path", async () => {
  const given = { repositoryOf: "pkg:github/example/tool" };
  expect(await points(stars, "pkg:golang/github.com/example/tool/v2", given)).toBe(9);
  expect(await points(stars, "pkg:golang/example.org/tool", given)).toBe("unknown");
});
