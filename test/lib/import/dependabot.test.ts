import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { importDependabot } from "../../../src/lib/import/dependabot.ts";

function read(update: object, ecosystem = "docker") {
  const config = { version: 2, updates: [{ "package-ecosystem": ecosystem, directory: "/", ...update }] };
  const imported = importDependabot(JSON.stringify(config), "dependabot.yml", (name) => [`pkg:**/${name}`]);
  if (isFailure(imported)) throw imported;
  return imported;
}
const match = { kind: "docker", upstream: "pkg:**/redis" };
const reason = "ignore of redis in dependabot.yml";

describe("rules of Dependabot", () => {
  it.each([
    [{ "dependency-name": "redis" }, [{ match, skip: true, reason }]],
    [
      { "dependency-name": "redis", "update-types": ["version-update:semver-major"] },
      [{ match: { ...match, step: "major" }, skip: true, reason }],
    ],
    [{ "dependency-name": "redis", versions: [">= 8"] }, [{ match, range: "<8", reason }]],
    [{ "dependency-name": "redis", versions: ["7.4.1", "7.4.2"] }, [{ match, range: "!=7.4.1 !=7.4.2", reason }]],
  ])("that ignore %j become rules here", (ignore, expected) => {
    expect(read({ ignore: [ignore] }).rules).toEqual(expected);
  });

  it("that group and cool down keep their steps and waits", () => {
    const { rules } = read({
      groups: { "Base Images": { patterns: ["debian*"], "update-types": ["minor", "patch"] } },
      cooldown: { "default-days": 5, "semver-major-days": 30 },
    });
    expect(rules).toEqual([
      { match: { kind: "docker", upstream: "pkg:**/debian*", step: "minor" }, group: "base-images" },
      { match: { kind: "docker", upstream: "pkg:**/debian*", step: "patch" }, group: "base-images" },
      { match: { kind: "docker" }, wait: "5d" },
      { match: { kind: "docker", step: "major" }, wait: "30d" },
    ]);
  });

  it("hold in the folders they are for", () => {
    const { rules } = read({ directory: "/api", labels: ["deps"], reviewers: ["ann", "acme/ops"] }, "pip");
    const does = { labels: ["deps"], reviewers: ["ann"], "team-reviewers": ["ops"] };
    expect(rules).toEqual([{ match: { kind: "pypi", path: "api/**" }, ...does }]);
  });

  it("give the limit and the time zone", () => {
    const read1 = read({ "open-pull-requests-limit": 7, schedule: { interval: "weekly", timezone: "Asia/Tokyo" } });
    expect(read1).toMatchObject({ openLimit: 7, timeZone: "Asia/Tokyo" });
    expect(read1.left.map(({ what }) => what)).toContain("schedule.interval, day and time");
  });

  it.each([
    [{ ignore: [{ "dependency-name": "redis", versions: ["4.x"] }] }, "write the versions you want as a range"],
    [{ ignore: [{ "dependency-name": "*" }] }, "leave its files out"],
    [{ groups: { dev: { "dependency-type": "development" } } }, "dependency-type cannot be said here"],
    [{ "open-pull-requests-limit": 0 }, "security fixes alone"],
    [{ allow: [{ "dependency-type": "direct" }] }, "everything that is pinned is watched"],
    [{ cooldown: { "default-days": 5, exclude: ["redis"] } }, "later rules win"],
  ])("such as %j are told and not guessed", (update, why) => {
    expect(JSON.stringify(read(update).left)).toContain(why);
  });

  it("of an ecosystem that is none here, or of a file that is not YAML, say so", () => {
    expect(read({ ignore: [{ "dependency-name": "x" }] }, "elm")).toMatchObject({
      rules: [],
      left: [{ why: expect.stringContaining("no kind here") }],
    });
    expect(importDependabot("a: [", "dependabot.yml", () => [])).toMatchObject({ code: "unreadable" });
  });

  it("whose YAML is odd is not quoted on the terminal", async () => {
    const warned: unknown[] = [];
    const listen = (warning: Error) => void warned.push(warning);
    process.on("warning", listen);
    importDependabot('updates: !odd [ "\u001b[2J" ]\nx: &a: 1\ny: *a:\n', "dependabot.yml", () => []);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warned).toEqual([]);
  });
});
