import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordHumanDecision } from "../../../src/db/decisions/human-decisions.ts";
import { standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { type ImportedReport, importReport } from "../../../src/flow/advisories/import-report.ts";
import { refreshAdvisories } from "../../../src/flow/advisories/refresh-advisories.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

const alerts = async () =>
  (await standingAlerts(suite.flow.db))
    .filter((alert) => alert.class === "advisory" || alert.class === "malware")
    .map((alert) => [alert.class, alert.upstream, alert.subject]);

async function take(text: unknown, image?: string): Promise<ImportedReport> {
  const imported = await importReport(suite.flow, { text: JSON.stringify(text), image });
  if (isFailure(imported)) throw imported;
  return imported;
}

const report = (...ids: string[]) => ({
  SchemaVersion: 2,
  ArtifactName: "alpine:3.22",
  Results: [{ Vulnerabilities: ids.map((id) => ({ VulnerabilityID: id, PkgName: "musl", Severity: "CRITICAL" })) }],
});

describe("advisories about what is installed", () => {
  it("of an image come from a scanner, with due dates from the first report", async () => {
    const imported = await take(report("CVE-2026-7001"));
    const now = suite.days.now;
    expect(imported).toMatchObject({ upstream: "pkg:docker/library/alpine", found: { critical: 1 }, source: "trivy" });
    expect(imported.due).toEqual([{ severity: "critical", at: plus(now, DAY), ids: ["CVE-2026-7001"] }]);
    suite.days.now = plus(now, HOUR);
    expect((await take(report("CVE-2026-7001"))).due[0]?.at).toBe(plus(now, DAY));
  });

  it("are an alert once their answer is overdue, until no report names them any more", async () => {
    await suite.plan();
    const overdue = ["advisory", "pkg:docker/library/alpine", "CVE-2026-7001"];
    expect(await alerts()).not.toContainEqual(overdue);
    suite.days.now = plus(suite.days.now, 2 * DAY);
    await suite.plan();
    expect(await alerts()).toContainEqual(overdue);
    await take(report());
    await suite.plan();
    expect(await alerts()).not.toContainEqual(overdue);
  });

  it("that say malware are an alert at once, until they are withdrawn", async () => {
    const { advisories } = suite.world.osv;
    const installed = suite.candidateTo("2.32.5").from[0] ?? "";
    const affected = [{ package: { ecosystem: "PyPI", name: "requests" }, versions: [installed] }];
    advisories.push({ id: "MAL-2026-7002", modified: suite.days.now, affected } as (typeof advisories)[number]);
    // whatever somebody said of it as a candidate
    await recordHumanDecision(suite.flow.db, {
      project: suite.flow.projects[0]?.id ?? "",
      upstream: "pkg:pypi/requests",
      action: "skip",
      by: "maintainer",
      reason: "not wanted",
      at: suite.days.now,
    });
    await refreshAdvisories(suite.flow);
    await suite.plan();
    expect(await alerts()).toContainEqual(["malware", "pkg:pypi/requests", installed]);
    advisories.pop();
    await refreshAdvisories(suite.flow);
    await suite.plan();
    expect(await alerts()).not.toContainEqual(["malware", "pkg:pypi/requests", installed]);
  });

  it("are told to be unknown for an image that nobody scanned", async () => {
    const images = (await suite.plan()).candidates.filter(({ upstream }) => upstream.startsWith("pkg:docker/"));
    for (const { decision } of images)
      expect(decision.reasons.map(({ summary }) => summary).join()).toContain("take in a scanner's report");
    expect(images.length).toBeGreaterThan(0);
  });

  it("cannot be taken in for nobody knows what", async () => {
    const { ArtifactName: _, ...nameless } = report();
    for (const image of [undefined, "not an image", "pkg:docker/library/alpine"]) {
      expect(await importReport(suite.flow, { text: JSON.stringify(nameless), image })).toMatchObject({
        code: "misconfigured",
      });
    }
  });
});
