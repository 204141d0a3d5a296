import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordStandings } from "../../../src/db/projects/standings.ts";
import type { ReportMaterial } from "../../../src/domain/report.ts";
import { reportMaterial } from "../../../src/flow/show/report-material.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { loadReports } from "../../../src/views/reports.ts";
import { cyclonedxSchema, sarifSchema } from "../../support/schemas.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

const SCHEMAS: Readonly<Record<string, () => (document: unknown) => string[]>> = {
  cyclonedx: cyclonedxSchema,
  vulnerabilities: cyclonedxSchema,
  sarif: sarifSchema,
};
let suite: Suite;
let material: ReportMaterial;

beforeAll(async () => {
  suite = await startSuite();
  await recordStandings(suite.flow.db, suite.flow.freshness, suite.flow.clock());
  const read = await reportMaterial(suite.flow, {});
  if (isFailure(read)) throw read;
  material = read;
});
afterAll(() => suite?.close());

const REPORTS = await loadReports();

describe("reports of what is watched", () => {
  it.each(REPORTS)("can be written as $id, by the schema where there is one", ({ id, write }) => {
    const text = write(material);
    expect(text.length).toBeGreaterThan(60);
    const validate = SCHEMAS[id]?.();
    if (validate !== undefined) expect(validate(JSON.parse(text))).toEqual([]);
  });

  it("know trust, licences, files of releases, next versions and advisories with their dates", () => {
    const [project] = material.projects;
    const components = project?.components ?? [];
    expect(components.some(({ trust }) => trust?.value !== undefined)).toBe(true);
    expect(components.some(({ licence }) => licence !== undefined)).toBe(true);
    expect(components.some(({ versions }) => versions.some(({ release }) => (release?.files.length ?? 0) > 0))).toBe(
      true,
    );
    expect(components.some(({ next }) => next?.verdict === "propose")).toBe(true);
    const [advisory] = project?.advisories ?? [];
    expect(advisory).toMatchObject({ dueAt: expect.any(String), fix: { version: expect.any(String) } });
  });

  it("know how the project stood each day, and of what no list of advisories knows anything", () => {
    const [project] = material.projects;
    expect(project?.standings.length).toBeGreaterThan(0);
    expect(project?.standings.at(-1)).toMatchObject({ components: project?.components.length });
    const subjects = project?.unlisted.map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining([expect.stringMatching(/^\d+ components of the kind docker$/)]));
  });

  it("score every component, those without a candidate too", () => {
    const components = material.projects.flatMap((one) => one.components);
    expect(components.length).toBeGreaterThan(5);
    expect(components.filter(({ trust }) => trust === undefined)).toEqual([]);
  });

  it("are of one project where one is named, and say which there are", async () => {
    const one = await reportMaterial(suite.flow, { project: "suite" });
    expect(isFailure(one) ? one.message : one.projects.map(({ id }) => id)).toEqual(["suite"]);
    const none = await reportMaterial(suite.flow, { project: "nobody" });
    expect(none).toMatchObject({ message: "No project nobody is watched; there are suite." });
  });

  it.each([
    [{ since: "2026-11-02", until: "2026-11-01" }, "2026-11-02 is after 2026-11-01."],
    [{ since: "yesterday" }, '"yesterday" is not a date such as 2026-11-01.'],
    [{ until: "v1.2" }, '"v1.2" is not a date such as 2026-11-01.'],
  ])("refuse the period %j", async (period, message) => {
    expect(await reportMaterial(suite.flow, period)).toMatchObject({ message });
  });
});
