import { join } from "node:path";
import { describe, expect, it } from "vitest";
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

  it("says what is wrong with a file, and where", async () => {
    const folder = aFolder({ "bad.json": `[{"upstream": "pkg:pypi/a", "releases": [{"publishedAt": "2026-01-01"}]}]` });
    const { code, err } = await headgate(["replay", "bad.json"], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining("bad.json: incident 1, releases[0].version: ")]);
  });
});
