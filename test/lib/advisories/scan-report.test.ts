import { describe, expect, it } from "vitest";
import { readScanReport } from "../../../src/lib/advisories/scan-report.ts";
import { isFailure } from "../../../src/lib/failure.ts";

const found = (id: string, name: string, more: object = {}) => ({
  VulnerabilityID: id,
  PkgName: name,
  InstalledVersion: "1.0",
  Severity: "HIGH",
  Title: "Reads too far.",
  ...more,
});

describe("a scanner's report", () => {
  it("of Trivy is one advisory per id, with its packages and what fixes them", () => {
    const report = readScanReport(
      JSON.stringify({
        SchemaVersion: 2,
        ArtifactName: "python:3.13-slim",
        Results: [
          {
            Target: "debian",
            Vulnerabilities: [found("CVE-2026-1", "libc6", { FixedVersion: "1.1" }), found("CVE-2026-1", "libc-bin")],
          },
          {
            Target: "pip",
            Vulnerabilities: [found("CVE-2026-2", "urllib3", { Severity: "CRITICAL", PrimaryURL: "javascript:x" })],
          },
          { Target: "nothing" },
        ],
      }),
    );
    expect(report).toEqual({
      source: "trivy",
      image: "python:3.13-slim",
      advisories: [
        {
          id: "CVE-2026-1",
          aliases: [],
          severity: "high",
          summary: "libc6 1.0, libc-bin 1.0: Reads too far. (fixed in libc6 1.1)",
          fixedIn: [],
        },
        { id: "CVE-2026-2", aliases: [], severity: "critical", summary: "urllib3 1.0: Reads too far.", fixedIn: [] },
      ],
    });
  });

  it("of SARIF takes severity from the score, else from the level", () => {
    const rules = [{ id: "CVE-2026-3", properties: { "security-severity": "9.8" }, helpUri: "https://example.org/3" }];
    const results = ["CVE-2026-3", "CVE-2026-4"].map((ruleId) => ({
      ruleId,
      level: "warning",
      message: { text: "a\nb" },
    }));
    const report = readScanReport(
      JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { rules } }, results }] }),
    );
    expect(report).toMatchObject({
      source: "sarif",
      advisories: [
        { id: "CVE-2026-3", severity: "critical", summary: "a", url: "https://example.org/3" },
        { id: "CVE-2026-4", severity: "medium" },
      ],
    });
  });

  it.each([
    ["{", "is no JSON"],
    ["7", "is no JSON"],
    ["[]", "is JSON, but no scanner's report"],
    ["{}", "is JSON, but no scanner's report"],
    [`{"bomFormat": "CycloneDX"}`, "is a CycloneDX document"],
    [`{"matches": [], "source": {}}`, "is Grype's own JSON"],
    [
      `{"runs": 1, "version": "2.1.0"}`,
      `begins as SARIF 2.1.0 does, but "runs" in it is missing or is of another kind`,
    ],
    [
      `{"SchemaVersion": 2, "Results": 5}`,
      `begins as Trivy's JSON does, but "Results" in it is missing or is of another kind`,
    ],
  ])("is refused, and which file, what it is and what is understood are said: %s", (text, what) => {
    const failure = readScanReport(text, "scan.json");
    if (!isFailure(failure)) throw new Error("it was taken");
    expect(failure.code).toBe("misconfigured");
    expect(failure.message).toMatch(/^scan\.json .*\. Understood are Trivy's JSON \(.*SARIF 2\.1\.0, .*sarif\)\.$/);
    expect(failure.message).toContain(` ${what}. `);
    expect(failure.message).not.toMatch(/Invalid input|expected/);
  });
});
