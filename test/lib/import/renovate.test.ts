import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { importRenovate } from "../../../src/lib/import/renovate.ts";

function read(config: object | string) {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const imported = importRenovate(text, "renovate.json", (name) => [`pkg:**/${name}`]);
  if (isFailure(imported)) throw imported;
  return imported;
}
const rulesOf = (...packageRules: object[]) => read({ packageRules }).rules;

describe("rules of Renovate", () => {
  it("that ignore a package skip it, with where that was said", () => {
    expect(read({ ignoreDeps: ["redis"] }).rules).toEqual([
      { match: { upstream: "pkg:**/redis" }, skip: true, reason: "ignoreDeps of renovate.json" },
    ]);
  });

  it.each([
    [
      { matchPackageNames: ["redis"], enabled: false, description: "pinned by ops" },
      [{ match: { upstream: "pkg:**/redis" }, skip: true, reason: "pinned by ops" }],
    ],
    [
      { matchDatasources: ["docker"], matchUpdateTypes: ["major"], enabled: false },
      [{ match: { kind: "docker", step: "major" }, skip: true, reason: "packageRules[0] of renovate.json" }],
    ],
    [
      { matchDepNames: ["django"], allowedVersions: "<5" },
      [{ match: { upstream: "pkg:**/django" }, range: "<5", reason: "packageRules[0] of renovate.json" }],
    ],
    [
      { matchManagers: ["github-actions"], minimumReleaseAge: "14 days" },
      [{ match: { kind: "githubactions" }, wait: "14d" }],
    ],
    [
      { matchPackagePrefixes: ["aws-"], groupName: "AWS things" },
      [{ match: { upstream: "pkg:**/aws-*" }, group: "aws-things" }],
    ],
    [{ matchFileNames: ["api/**"], schedule: ["every weekend"] }, [{ match: { path: "api/**" }, window: "Sat-Sun" }]],
    [
      { matchUpdateTypes: ["patch", "digest"], automerge: true, addLabels: ["bot"], reviewers: ["ann", "team:ops"] },
      [
        ...["patch", "digest"].map((step) => ({
          match: { step },
          ...{ labels: ["bot"], reviewers: ["ann"], "team-reviewers": ["ops"], "auto-merge": "squash" },
        })),
      ],
    ],
  ])("such as %j become rules here", (rule, expected) => {
    expect(rulesOf(rule)).toEqual(expected);
  });

  it.each([
    [{ matchDepTypes: ["devDependencies"], enabled: false }, "matchDepTypes cannot be said here"],
    [{ matchPackageNames: ["/^aws-/"], enabled: false }, "has no counterpart"],
    [{ matchPackageNames: ["!redis"], enabled: false }, "has no counterpart"],
    [{ matchUpdateTypes: ["lockFileMaintenance"], enabled: false }, "has no counterpart"],
    [{ matchPackageNames: ["redis"], allowedVersions: "/^7\\./" }, "is a pattern"],
    [{ matchPackageNames: ["redis"], schedule: ["* 0-3 * * *"] }, "write it as a window"],
  ])("such as %j are told and not guessed", (rule, why) => {
    const { rules, left } = read({ packageRules: [rule] });
    expect(rules).toEqual([]);
    expect(JSON.stringify(left)).toContain(why);
  });

  it("stand beside what is said for everything", () => {
    const whole = { timezone: "Europe/Berlin", prConcurrentLimit: 4, labels: ["deps"], ignorePaths: ["old/**"] };
    expect(read({ ...whole, baseBranches: ["main", "next"], minimumReleaseAge: "5 days" })).toMatchObject({
      ...{ timeZone: "Europe/Berlin", openLimit: 4, labels: ["deps"], ignorePaths: ["old/**"] },
      ...{ branches: ["main", "next"], wait: "5d" },
    });
  });

  it("are read from JSON5 with comments, and a file that is neither says so", () => {
    const text = `{ // ours\n  ignoreDeps: ['a//b',], /* more */ "extends": ["config:recommended"] }`;
    expect(read(text).rules[0]?.match.upstream).toBe("pkg:**/a//b");
    expect(read(text).left[0]?.what).toBe("extends config:recommended");
    expect(importRenovate('{"a": [', "renovate.json", () => [])).toMatchObject({ code: "unreadable" });
  });
});
