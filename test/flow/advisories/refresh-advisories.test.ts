import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import { projectState } from "../../../src/db/projects/projects.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { refreshAdvisories } from "../../../src/flow/advisories/refresh-advisories.ts";
import { watchAdvisories } from "../../../src/flow/poll/watch-freshness.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.close());

const osv = () => suite.standIns.osv;
const batches = () => osv().requests.filter((one) => one.path === "/v1/querybatch").length;
const project = () => suite.flow.projects[0]?.id ?? "";
const stale = async () => (await standingAlerts(suite.flow.db)).filter((one) => one.upstream === "advisories");

function publish(name: string): void {
  suite.world.osv.advisories.push({
    id: `GHSA-made-upxx-${name}`,
    modified: suite.days.now,
    published: suite.days.now,
    summary: "Made up for a test.",
    affected: [
      { package: { ecosystem: "PyPI", name }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] },
    ],
  });
}

describe("advisories", () => {
  beforeEach(() => osv().heal());

  it("are asked about together, all installed and all proposed versions, in one request", async () => {
    const before = batches();
    const { asked, failed } = await refreshAdvisories(suite.flow);
    expect(asked).toBeGreaterThan(10);
    expect(failed).toBe(0);
    expect(batches()).toBe(before + 1);
  });

  it("are known to plans without a question, as long as they are fresh", async () => {
    const before = batches();
    osv().fail(() => true, "reset");
    const { problems } = await suite.plan();
    expect(batches()).toBe(before);
    expect(problems.filter((one) => one.reason.startsWith("advisories"))).toEqual([]);
  });

  it("that are new make the projects due that pin what they are about", async () => {
    suite.days.now = plus(suite.days.now, HOUR);
    publish("requests");
    const { changed } = await refreshAdvisories(suite.flow);
    expect(changed).toEqual(["pkg:pypi/requests"]);
    expect((await projectState(suite.flow.db, project()))?.dueAt).toBe(suite.days.now);
    expect((await refreshAdvisories(suite.flow)).changed).toEqual([]);
  });

  it("that cannot be read again count as they were, and the plan says since when", async () => {
    suite.days.now = plus(suite.days.now, 4 * HOUR);
    osv().fail(() => true, { status: 503 });
    const { problems } = await suite.plan();
    const said = problems.filter((one) => one.reason.startsWith("advisories"));
    expect(said.length).toBeGreaterThan(0);
    expect(said.some((one) => one.since !== undefined && one.since < suite.days.now)).toBe(true);
  });

  it("that stay unread too long are an alert, until they are read", async () => {
    osv().fail(() => true, { status: 503 });
    expect((await refreshAdvisories(suite.flow)).failed).toBeGreaterThan(0);
    await watchAdvisories(suite.flow);
    expect(await stale()).toMatchObject([{ class: "source-stale", project: project() }]);

    osv().heal();
    suite.days.now = plus(suite.days.now, DAY);
    expect((await refreshAdvisories(suite.flow)).failed).toBe(0);
    await watchAdvisories(suite.flow);
    expect(await stale()).toEqual([]);
  });
});
