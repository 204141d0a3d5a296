import { describe, expect, it } from "vitest";
import { vulnerabilities } from "../../../src/views/reports/vulnerabilities.ts";
import { aFullMaterial, aMaterial } from "../../support/report.ts";
import { cyclonedxSchema } from "../../support/schemas.ts";

type Document = { vulnerabilities: Record<string, unknown>[]; components: { "bom-ref": string }[] };
const validate = cyclonedxSchema();
const write = (material: Parameters<typeof vulnerabilities.write>[0]) =>
  JSON.parse(vulnerabilities.write(material)) as Document;

describe("the vulnerability report", () => {
  it("is valid by the official schema, with and without vulnerabilities", () => {
    expect(validate(write(aFullMaterial()))).toEqual([]);
    expect(validate(write(aMaterial()))).toEqual([]);
  });

  it("names what is affected, how badly, what fixes it, where that stands and when it is due", () => {
    const { vulnerabilities: found, components } = write(aFullMaterial());
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      id: "GHSA-aaaa-bbbb-cccc",
      references: [{ id: "CVE-2026-1000", source: { name: "NVD" } }],
      ratings: [{ severity: "high" }],
      recommendation: "Fixed in 1.1.0.",
      affects: [{ versions: [{ version: "1.0.0", status: "affected" }] }],
      analysis: { state: "in_triage", response: ["update"], detail: "example: due on 2026-11-23. 2.0.0: wait." },
    });
    expect(found[0]?.properties).toContainEqual({ name: "headgate:due:example", value: "2026-11-23T12:00:00.000Z" });
    expect(found[0]?.properties).toContainEqual({ name: "headgate:known-exploited", value: "true" });
    expect(found[0]?.affects).toMatchObject([{ ref: components[0]?.["bom-ref"] }]);
    expect(components).toHaveLength(1);
  });
});
