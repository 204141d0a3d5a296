import { describe, expect, it } from "vitest";
import { SIGNALS } from "../../src/score/signals.ts";
import { NOW } from "../support/build.ts";
import { aRepository, aScoreContext } from "../support/score.ts";

describe("a repository", () => {
  it("that only the package itself names is said to be claimed", async () => {
    const context = aScoreContext({ repositoryOf: "pkg:github/example/tool" });
    for (const signal of SIGNALS.filter((one) => one.id !== "vouches")) {
      const { reason } = signal.judge(await signal.collect("pkg:pypi/tool", context), NOW);
      expect(reason).toContain("(of example/tool, which the package claims as its source)");
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
