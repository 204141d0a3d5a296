import { describe, expect, it } from "vitest";
import { toComponents } from "../../../src/domain/pin.ts";
import { cyclonedx } from "../../../src/views/reports/cyclonedx.ts";
import { aPin } from "../../support/build.ts";
import { aFullMaterial, aMaterial, aReportedProject } from "../../support/report.ts";
import { cyclonedxSchema } from "../../support/schemas.ts";

type Bom = {
  serialNumber: string;
  components: {
    "bom-ref": string;
    purl?: string;
    version?: string;
    hashes?: unknown;
    licenses?: unknown;
    properties?: { name: string; value: string }[];
    evidence?: { occurrences: unknown[] };
  }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
};
const validate = cyclonedxSchema();
const write = (material: Parameters<typeof cyclonedx.write>[0]) => JSON.parse(cyclonedx.write(material)) as Bom;
const byPurl = (bom: Bom, purl: string) => bom.components.find((one) => one.purl === purl);

describe("the bill of materials", () => {
  it("is valid by the official schema, with something of everything and with nothing", () => {
    expect(validate(write(aFullMaterial()))).toEqual([]);
    expect(validate(write(aMaterial({ projects: [aReportedProject({ of: [] })] })))).toEqual([]);
    const several = aMaterial({ projects: [aReportedProject(), aReportedProject({ id: "other" })] });
    expect(validate(write(several))).toEqual([]);
  });

  it("would be refused if it were wrong", () => {
    expect(validate({ ...write(aFullMaterial()), specVersion: 16 })).not.toEqual([]);
  });

  it("names every current version of a component, and says that they drift", () => {
    const bom = write(aFullMaterial());
    const versions = ["1.0.0", "1.1.0"].map((version) => byPurl(bom, `pkg:github/example/tool@${version}`));
    expect(versions.map((one) => one?.version)).toEqual(["1.0.0", "1.1.0"]);
    expect(versions[0]?.properties).toContainEqual({ name: "headgate:drift", value: "1.0.0, 1.1.0" });
  });

  it("has places as occurrences, digests as hashes and licences", () => {
    const bom = write(aFullMaterial());
    const tool = byPurl(bom, "pkg:github/example/tool@1.0.0");
    expect(tool?.evidence?.occurrences).toEqual([{ location: "a/Dockerfile", line: 3, symbol: "TOOL_VERSION" }]);
    expect(tool?.licenses).toEqual([{ expression: "Apache-2.0" }]);
    const image = byPurl(bom, "pkg:docker/ns/tool@v2?repository_url=ghcr.io");
    expect(image?.hashes).toEqual([{ alg: "SHA-256", content: "ab".repeat(32) }]);
  });

  it("gives no version where a range or nothing is written", () => {
    const bom = write(aFullMaterial());
    expect(byPurl(bom, "pkg:pypi/requests")?.version).toBeUndefined();
    expect(byPurl(bom, "pkg:pypi/attrs")?.version).toBeUndefined();
    expect(byPurl(bom, "pkg:pypi/attrs")?.properties).toContainEqual({ name: "headgate:locked-by", value: "uv.lock" });
  });

  it("is the same text for the same pins, whatever their order, and another document for others", () => {
    const pins = [aPin({ text: "1" }), aPin({ text: "2", line: 2 }), aPin({ upstream: "pkg:pypi/attrs", text: "3" })];
    const written = (given: typeof pins) =>
      cyclonedx.write(aMaterial({ projects: [aReportedProject({ of: toComponents("example", given) })] }));
    const refs = (text: string) => (JSON.parse(text) as Bom).components.map((one) => one["bom-ref"]);
    expect(written(pins)).toBe(written([...pins]));
    expect(refs(written(pins.toReversed()))).toEqual(refs(written(pins)));
    expect(written(pins.slice(1))).not.toContain((JSON.parse(written(pins)) as Bom).serialNumber);
  });

  it("lets a project depend on all it takes, by references that exist once", () => {
    const pin = (name: string) => aPin({ name, variant: name, line: name.length });
    const of = toComponents("example", [pin("a"), pin("bb")]); // two components of one upstream and version
    const bom = write(aMaterial({ projects: [aReportedProject({ of })] }));
    const refs = bom.components.map((one) => one["bom-ref"]);
    expect(new Set(refs).size).toBe(2);
    expect(bom.dependencies[0]).toEqual({ ref: "project:example", dependsOn: refs });
  });
});
