import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { ComponentRow } from "../../../src/domain/pages/component-list.ts";
import { timelineOf } from "../../../src/flow/show/timeline-of.ts";
import { anAlert, aRelease, LONG_AGO, NOW } from "../../support/build.ts";

const row: ComponentRow = {
  ...{ project: "suite", key: "key", upstream: "pkg:github/example/tool", places: 1, unpinned: 0, state: "waiting" },
  ...{ current: ["1.0.0"], latest: "1.2.0" },
};
const nothing = { releases: [], advisories: [], alerts: [], template: undefined, until: undefined };

describe("a component's time line", () => {
  it("has its versions by time, with the installed one and the candidate", () => {
    const releases = [
      aRelease({ version: "1.2.0", tag: "v1.2.0", publishedAt: NOW }),
      aRelease({ version: "1.1.0", tag: "v1.1.0", publishedAt: plus(NOW, -DAY) }),
      aRelease({ version: "1.0.0", tag: "v1.0.0", publishedAt: LONG_AGO }),
      aRelease({ version: "x", tag: "nightly", publishedAt: NOW }),
    ];
    const { versions } = timelineOf(row, { ...nothing, releases, template: "v{version}" }, NOW);
    expect(versions.map(({ version, role }) => [version, role])).toEqual([
      ["1.0.0", "installed"],
      ["1.1.0", "other"],
      ["1.2.0", "candidate"],
    ]);
  });

  it("keeps what matters of a long history", () => {
    const many = Array.from({ length: 90 }, (_, index) =>
      aRelease({ version: `2.${index}`, publishedAt: plus(LONG_AGO, index * DAY) }),
    );
    const releases = [aRelease({ version: "1.0.0", publishedAt: plus(LONG_AGO, -DAY) }), ...many];
    const { versions } = timelineOf(row, { ...nothing, releases }, NOW);
    expect(versions).toHaveLength(31);
    expect(versions[0]).toMatchObject({ version: "1.0.0", role: "installed" });
    expect(versions.at(-1)).toMatchObject({ version: "2.89" });
  });

  it("says a wait that is not over", () => {
    expect(timelineOf(row, { ...nothing, until: plus(NOW, DAY) }, NOW).waitingUntil).toBe(plus(NOW, DAY));
    expect(timelineOf(row, { ...nothing, until: plus(NOW, -DAY) }, NOW).waitingUntil).toBeUndefined();
  });

  it("has the advisories about what is installed, and trouble until it is resolved", () => {
    const about = (version: string) => ({ id: `GHSA-${version}`, version, severity: "high", from: LONG_AGO }) as const;
    const alerts = [anAlert({ class: "tag-moved", subject: "v1.0.0", state: "resolved" })];
    const line = timelineOf(row, { ...nothing, advisories: [about("1.0.0"), about("0.9.0")], alerts }, NOW);
    expect(line.advisories.map(({ id }) => id)).toEqual(["GHSA-1.0.0"]);
    expect(line.events).toMatchObject([{ words: "tag moved (v1.0.0)", over: true }]);
  });
});
