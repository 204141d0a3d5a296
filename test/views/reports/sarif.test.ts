import { describe, expect, it } from "vitest";
import { toComponents } from "../../../src/domain/pin.ts";
import { sarif } from "../../../src/views/reports/sarif.ts";
import { SARIF_RULES } from "../../../src/views/sarif-rules.ts";
import { aPin } from "../../support/build.ts";
import { aFullMaterial, aMaterial, aReportedProject } from "../../support/report.ts";
import { sarifSchema } from "../../support/schemas.ts";

type Result = {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
  partialFingerprints: Record<string, string>;
};
type Log = {
  runs: {
    results: Result[];
    tool: { driver: { rules: { id: string; help: { text: string } }[] } };
    invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
  }[];
};
const validate = sarifSchema();
const write = (material: Parameters<typeof sarif.write>[0]) => JSON.parse(sarif.write(material)) as Log;
const resultsOf = (log: Log) => log.runs.flatMap(({ results }) => results);
const ofPins = (...pins: ReturnType<typeof aPin>[]) =>
  resultsOf(write(aMaterial({ projects: [aReportedProject({ of: toComponents("example", pins) })] })));
const floating = { upstream: "pkg:docker/library/debian", text: "latest", precision: "floating" } as const;

describe("SARIF", () => {
  it("is valid by the official schema, with something of everything and with nothing", () => {
    expect(validate(write(aFullMaterial()))).toEqual([]);
    expect(validate(write(aMaterial({ projects: [aReportedProject({ of: [] })] })))).toEqual([]);
    expect(validate({ ...write(aFullMaterial()), version: "2.0.0" })).not.toEqual([]);
  });

  it("has a rule for each kind of finding, with help, and every result points at its own", () => {
    const log = write(aFullMaterial());
    const results = resultsOf(log);
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    expect(rules.every(({ help }) => help.text.length > 30)).toBe(true);
    expect(results.every(({ ruleId, ruleIndex }) => rules[ruleIndex]?.id === ruleId)).toBe(true);
    expect(new Set(results.map(({ ruleId }) => ruleId))).toEqual(
      new Set(
        ["drifting", "end-of-life", "moved", "mutable", "unpinned", "unsigned", "vulnerable-high"].map(
          (rule) => `headgate/${rule}`,
        ),
      ),
    );
    expect(SARIF_RULES.map(({ id }) => id)).toContain("withdrawn");
  });

  it("says the worst first", () => {
    const levels = resultsOf(write(aFullMaterial())).map(({ level }) => level);
    const order = ["error", "warning", "note"];
    expect(levels).toEqual(levels.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it("names files relative to the repository, escaped", () => {
    const [open] = ofPins(aPin({ ...floating, path: "my files/Docker#file", line: 7 }));
    expect(open?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: "my%20files/Docker%23file", uriBaseId: "%SRCROOT%" },
      region: { startLine: 7 },
    });
  });

  it("knows a finding again when lines move, and tells two of one file apart", () => {
    const before = ofPins(aPin({ ...floating, line: 3 }), aPin({ ...floating, line: 9 }));
    const after = ofPins(aPin({ ...floating, line: 13 }), aPin({ ...floating, line: 19 }));
    const prints = (results: Result[]) => results.map((one) => one.partialFingerprints.primaryLocationLineHash);
    expect(prints(after)).toEqual(prints(before));
    expect(new Set(prints(before)).size).toBe(2);
    expect(prints(before)[0]).toMatch(/^[0-9a-f]{16}:1$/);
    expect(prints(ofPins(aPin({ ...floating, path: "other" })))).not.toContain(prints(before)[0]);
  });

  it("writes text of strangers as text: no link, no placeholder", () => {
    const log = write(aFullMaterial());
    expect(log.runs[0]?.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe(
      "Not checked: requests: the index \\[could\\] not be (reached)",
    );
  });

  it("says nothing of what a digest, a commit or a lock file decides", () => {
    const results = ofPins(
      aPin({ ...floating, digest: `sha256:${"ab".repeat(32)}` }),
      aPin({ upstream: "pkg:pypi/attrs", text: "", precision: "floating", lockedBy: "uv.lock" }),
    );
    expect(results).toEqual([]);
  });

  it("takes at most what code scanning takes, and says what is left out", () => {
    const many = Array.from({ length: 25_001 }, (_, index) => aPin({ ...floating, line: index + 1 }));
    const log = write(aMaterial({ projects: [aReportedProject({ of: toComponents("example", many) })] }));
    expect(resultsOf(log)).toHaveLength(25_000);
    expect(JSON.stringify(log.runs[0]?.invocations)).toContain("1 findings are left out");
  });
});
