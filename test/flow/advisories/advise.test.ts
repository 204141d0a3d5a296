import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "../../../src/db/sql/orm.ts";
import { advisoriesOf as recorded } from "../../../src/db/upstreams/advisories.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { adviseOn } from "../../../src/flow/advisories/advise.ts";
import { advisoriesOf } from "../../../src/flow/advisories/known-advisories.ts";
import { aComponent, aPin, aRelease } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

const ID = "GHSA-2026-old";
let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
  const affected = [{ package: { ecosystem: "PyPI", name: "requests" }, versions: ["2.0"] }];
  suite.world.osv.advisories.push({ id: ID, modified: suite.days.now, affected } as never);
});
afterAll(() => suite.close());

/** What a bump from 2.0 fixes, as the pin writes that version. */
async function fixedBy(precision: "exact" | "range") {
  const upstream = "pkg:pypi/requests";
  const component = aComponent({ pins: [aPin({ upstream, text: "2.0", precision })] });
  const to = aRelease({ upstream, version: "2.32.3", tag: "2.32.3" });
  const draft = { id: "a-bump", component, from: ["2.0"], to, between: [], step: "major" } as const;
  const advisories = await adviseOn(suite.flow, [component], [draft]);
  return advisories.complete(draft).fixes.map(({ id }) => id);
}

describe("what a bump fixes", () => {
  it("is what the version that is written has and the new one has not", async () => {
    expect(await fixedBy("exact")).toEqual([ID]);
  });

  it("is not known of a range: its lowest version is hardly what is installed, and no reason to hurry", async () => {
    expect(await fixedBy("range")).toEqual([]);
  });
});

describe("what stands about a version", () => {
  const upstream = "pkg:pypi/requests";
  const written = async () => {
    const { rows } = await suite.flow.db.execute<{ xmin: string }>(
      sql`select xmin::text as xmin from headgate.advisories order by id`,
    );
    return rows.map(({ xmin }) => xmin);
  };

  it("is not written again while OSV says the same", async () => {
    await fixedBy("exact");
    const before = await written();
    await fixedBy("exact");
    expect(before.length).toBeGreaterThan(0);
    expect(await written()).toEqual(before);
  });

  it("is written with the words that OSV has for it now, whoever asked, and keeps its first sight", async () => {
    const ours = async () => (await recorded(suite.flow.db, [upstream])).find((one) => one.advisory.id === ID);
    const first = await ours();
    const { advisories } = suite.world.osv;
    const at = advisories.findIndex(({ id }) => id === ID);
    const later = { ...advisories[at], summary: "It is worse than it looked.", modified: plus(suite.days.now, DAY) };
    advisories.splice(at, 1, later as never);
    suite.days.now = plus(suite.days.now, DAY);
    await advisoriesOf(suite.flow, ["pkg:pypi/requests@2.0"], { again: true });
    await fixedBy("exact");
    const second = await ours();
    expect(second?.advisory.summary).toBe("It is worse than it looked.");
    expect(second?.advisory.firstSeenAt).toBe(first?.advisory.firstSeenAt);
  });
});
