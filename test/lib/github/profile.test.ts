import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { GITHUB } from "../../../src/lib/github/profile.ts";

const INACCESSIBLE = "GitHub did not create the branch headgate/x: Resource not accessible by personal access token";
const WORKFLOW = "refusing to allow a GitHub App to create or update workflow `a.yml` without `workflows` permission";

describe("what a refused write lacks on GitHub", () => {
  it.each([
    ["the permission of workflows", new Failure("forbidden", WORKFLOW), /give it the workflows permission$/],
    [
      "leave to write at all",
      new Failure("forbidden", INACCESSIBLE),
      /\(GitHub did not create .*\): give it contents and/,
    ],
  ])("is %s", (_, failure, words) => {
    expect(GITHUB.lackingIn(failure)).toMatch(words);
  });

  it("is nothing where GitHub is away, limits, or refuses for another reason", () => {
    for (const code of ["unavailable", "rate-limited", "refused", "conflict", "not-found"] as const)
      expect(GITHUB.lackingIn(new Failure(code, INACCESSIBLE))).toBeUndefined();
  });
});
