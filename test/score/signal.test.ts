import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { SIGNALS } from "../../src/score/signals.ts";
import { NOW } from "../support/build.ts";
import { aRepository, aScoreContext, generous } from "../support/score.ts";

describe("a repository", () => {
  it("that only the package itself names is said to be claimed", async () => {
    const context = aScoreContext({ repositoryOf: "pkg:github/example/tool", ...generous });
    const collected = SIGNALS.map(async (signal) => ({
      signal,
      facts: await signal.collect("pkg:pypi/tool", context),
    }));
    for (const { signal, facts } of await Promise.all(collected)) {
      const looked = !isFailure(facts) && "claimed" in (facts.facts as object);
      if (!looked || signal.id === "release-cadence") continue; // whose dates are the registry's own
      expect(signal.judge(facts, NOW).reason).toMatch(
        /\(of example\/tool, which the package claims as its source\)|^Not counted: example\/tool.*only the package says/,
      );
    }
  });

  it("that names the package back is not", async () => {
    const facts = aRepository({ packages: ["pypi:tool"] });
    const context = aScoreContext({ repositoryOf: "pkg:github/example/tool", ...generous, facts });
    for (const signal of SIGNALS) {
      const { reason } = signal.judge(await signal.collect("pkg:pypi/tool", context), NOW);
      expect(reason).not.toMatch(/claims|only the package/);
    }
  });

  it("that is the upstream itself is not", async () => {
    for (const signal of SIGNALS) {
      const { reason } = signal.judge(await signal.collect("pkg:githubactions/example/tool", aScoreContext()), NOW);
      expect(reason).not.toContain("claims");
    }
  });

  it("is found from the upstream's own path", async () => {
    const asked: string[][] = [];
    const context = aScoreContext();
    const facts = async (...path: string[]) => {
      asked.push(path);
      return aRepository();
    };
    const github = { ...context.github, facts };
    for (const signal of SIGNALS) {
      await signal.collect("pkg:githubactions/github/codeql-action", { ...context, github });
    }
    expect(new Set(asked.map((path) => path.join("/")))).toEqual(new Set(["github/codeql-action"]));
  });
});
