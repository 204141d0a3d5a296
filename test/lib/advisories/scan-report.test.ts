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

  it.each(["{", "[]", "7", `{"runs": 1, "version": "2.1.0"}`, `{"SchemaVersion": 2, "Results": 5}`])(
    "is refused: %s",
    (text) => {
      const failure = readScanReport(text);
      expect(isFailure(failure) && failure.code).toBe("misconfigured");
    },
  );
});
