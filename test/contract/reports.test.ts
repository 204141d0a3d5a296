import { describe, expect, it } from "vitest";
import { loadReports, REPORT_IDS } from "../../src/views/reports.ts";
import { aComponent, aPin } from "../support/build.ts";
import { aFullMaterial, aMaterial, aReportedProject } from "../support/report.ts";
import { cyclonedxSchema, sarifSchema } from "../support/schemas.ts";

const HOSTILE = 'x"\u0007\u202e]{0}(javascript:alert(1))<script>\r\n=cmd|\ud800';
const hostile = aMaterial({
  projects: [
    aReportedProject({
      id: HOSTILE,
      of: [aComponent({ pins: [aPin({ text: HOSTILE, path: `${HOSTILE}/Dockerfile`, name: HOSTILE })] })],
      updates: [{ upstream: "pkg:github/example/tool", from: [HOSTILE], to: HOSTILE, notesUrl: "javascript:alert(1)" }],
      notChecked: [{ subject: HOSTILE, reason: HOSTILE }],
    }),
  ],
});
const schemas = { cyclonedx: cyclonedxSchema(), vulnerabilities: cyclonedxSchema(), sarif: sarifSchema() };

const REPORTS = await loadReports();

it("reports are found by the ids that they have", () => {
  expect(REPORTS.map(({ id }) => id)).toEqual(REPORT_IDS);
  expect(REPORTS.length).toBeGreaterThan(3);
});

describe.each(REPORTS)("the report $id", ({ id, write, title, why, mediaType, fileName }) => {
  it("says what it is, for whom, and under which type and name", () => {
    expect([title, why].every((text) => text.length > 10)).toBe(true);
    expect(mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+/);
    expect(fileName).toMatch(/^[a-z0-9.-]+\.[a-z]+$/);
  });

  it("is the same text for the same material", () => {
    expect(write(aFullMaterial())).toBe(write(aFullMaterial()));
  });

  it("is written of strangers' text without breaking its form, and of nothing", () => {
    const text = write(hostile);
    const validate = Object.hasOwn(schemas, id) ? schemas[id as keyof typeof schemas] : undefined;
    if (validate !== undefined) expect(validate(JSON.parse(text))).toEqual([]);
    if (id === "json") return; // data as it is, for programs
    if (validate === undefined) expect(text).not.toMatch(/[\u0007\u202e\ud800]/u);
    expect(text).not.toContain('"javascript:');
    expect(write(aMaterial({ projects: [] })).length).toBeGreaterThan(0);
  });
});
