import { describe, expect, it } from "vitest";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import { outlineOf } from "../../../src/domain/integrity/content-history.ts";
import { releaseBurst } from "../../../src/score/checks/release-burst.ts";
import { aRelease, NOW } from "../../support/build.ts";

const published = (version: string, minutes: number) => {
  const at = plus(NOW, minutes * MINUTE);
  return aRelease({ upstream: "pkg:pypi/tool", version, publishedAt: at, publishedBy: "registry", firstSeenAt: at });
};
const judge = (minutes: readonly number[], now = plus(NOW, 600 * MINUTE)) => {
  const [release, ...history] = minutes.map((minute, index) => published(`1.0.${index}`, minute));
  return releaseBurst.judge(
    { release: release ?? published("1", 0), history: history.map(outlineOf), earlier: [], advisories: [] },
    now,
  );
};

describe("several versions at a time", () => {
  it.each([
    ["three within an hour", [0, 20, 50], "warn"],
    ["two within an hour", [0, 20], "pass"],
    ["three within two hours", [0, 50, 110], "pass"],
    ["one alone", [0], "pass"],
  ])("%s", (_, minutes, outcome) => {
    expect(judge(minutes).outcome).toBe(outcome);
  });

  it("are one release where they are parts of it, on one commit or under names of their own", () => {
    const parts = ["", "client/v", "cli-v"].map((name, index) => ({
      ...published("1.0.0", index),
      tag: `${name}1.0.0`,
    }));
    const tagged = [0, 1, 2].map((minute) => ({ ...published(`1.0.${minute}`, minute), commit: "c" }));
    for (const [release, ...history] of [parts, tagged]) {
      const input = {
        release: release ?? published("1", 0),
        history: history.map(outlineOf),
        earlier: [],
        advisories: [],
      };
      expect(releaseBurst.judge(input, plus(NOW, 600 * MINUTE)).outcome).toBe("pass");
    }
  });

  it("restart the clock at the last of them", () => {
    expect(judge([0, 20, 50]).clock).toEqual({ kind: "registry", since: plus(NOW, 50 * MINUTE) });
  });

  it("are not told before they are there", () => {
    expect(judge([0, 20, 50], plus(NOW, 30 * MINUTE)).outcome).toBe("pass");
  });

  it("are no burst only because one look found them all", () => {
    const { publishedAt: _, ...undated } = aRelease({ firstSeenAt: NOW });
    const history = ["1.1.0", "1.2.0", "1.3.0"].map((version) => outlineOf({ ...undated, version, tag: version }));
    expect(releaseBurst.judge({ release: undated, history, earlier: [], advisories: [] }, NOW).outcome).toBe("pass");
  });
});
