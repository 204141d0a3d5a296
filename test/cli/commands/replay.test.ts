import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aClone } from "../../support/clone.ts";
import { headgate } from "../../support/command.ts";
import { aFolder } from "../../support/folder.ts";

const examples = join(import.meta.dirname, "../../../docs/examples/incidents.json");

describe("headgate replay", () => {
  it("tells each time line and counts what was held, waited and missed, without a configuration", async () => {
    const { code, out } = await headgate(["replay", examples], { cwd: aFolder() });
    expect(code).toBe(0);
    expect(out).toContain("4 incidents: 3 held or blocked, 0 waiting, 1 missed.");
    expect(out).toMatch(/8\.3\.41\n {2}held or blocked by tag-missing, proof-weaker; public on 2026-02-04 20:40 UTC/);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("gives the same as JSON", async () => {
    const { out } = await headgate(["replay", examples, "--json"], { cwd: aFolder() });
    expect(JSON.parse(out)).toMatchObject({ summary: { incidents: { total: 4, missed: 1 } }, replayed: { length: 8 } });
  });

  it("replays the tags of a clone, and writes the record of them", async () => {
    const clone = aClone();
    clone.commit();
    for (const name of ["v1.0.0", "v1.1.0"]) clone.tag(name);
    const { out } = await headgate(["replay", clone.folder], { cwd: aFolder() });
    expect(out).toContain("2 other releases: 2 proposed, 0 held (0.0%). Median delay: generic 7.0 days.");
    const recorded = await headgate(["replay", clone.folder, "--record"], { cwd: aFolder() });
    expect(JSON.parse(recorded.out)).toMatchObject({ candidate: ["v1.0.0", "v1.1.0"] });
    const { code, err } = await headgate(["replay", clone.folder, "--since", "soon"], { cwd: aFolder() });
    expect([code, err]).toEqual([2, expect.stringContaining('not "soon"')]);
  });

  it("says what is wrong with a file, and where", async () => {
    const folder = aFolder({ "bad.json": `[{"upstream": "pkg:pypi/a", "releases": [{"publishedAt": "2026-01-01"}]}]` });
    const { code, err } = await headgate(["replay", "bad.json"], { cwd: folder });
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("bad.json: incident 1, releases[0]: a release needs a version"),
    ]);
  });
});
