import { describe, expect, it } from "vitest";
import { csv } from "../../../src/views/reports/csv.ts";
import { aComponent, aPin } from "../../support/build.ts";
import { aFullMaterial, aMaterial, aReportedProject } from "../../support/report.ts";

/** Reads RFC 4180 as a spreadsheet does. */
function parse(text: string): string[][] {
  const rows: string[][] = [[""]];
  let quoted = false;
  for (const [character] of text.replaceAll("\r\n", "\n").matchAll(/""|[\s\S]/g)) {
    const row = rows.at(-1) ?? [];
    const add = (more: string) => row.splice(-1, 1, (row.at(-1) ?? "") + more);
    if (character === '""' && quoted) add('"');
    else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) row.push("");
    else if (character === "\n" && !quoted) rows.push([""]);
    else add(character.replaceAll('""', ""));
  }
  return rows.slice(0, -1);
}

describe("the table", () => {
  it("has a heading and one row per place, all of one width", () => {
    const rows = parse(csv.write(aFullMaterial()));
    expect(rows).toHaveLength(8);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(rows[0]?.slice(0, 6)).toEqual(["project", "upstream", "name", "kind", "file", "line"]);
    expect(rows[1]).toContain("a/Dockerfile");
    expect(rows[1]?.at(-1)).toBe("GHSA-aaaa-bbbb-cccc");
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1+1"])("keeps a spreadsheet from running %j", (name) => {
    const of = [aComponent({ pins: [aPin({ name })] })];
    const cells = parse(csv.write(aMaterial({ projects: [aReportedProject({ of })] })))[1] ?? [];
    expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
    expect(cells[6]).toBe(`'${name}`);
  });

  it.each([
    ["a;=1+1", "a;'=1+1"],
    ['a;"=1+1', "a;'\"=1+1"],
    ["\t=1", "'\t'=1"],
    ["a\t +1", "a\t' +1"],
    ["a\n@x", "a\n'@x"],
  ])("keeps one that takes other borders from running %j", (name, safe) => {
    const of = [aComponent({ pins: [aPin({ name })] })];
    const text = csv.write(aMaterial({ projects: [aReportedProject({ of })] }));
    expect(parse(text)[1]?.[6]).toBe(safe);
  });

  it("quotes what holds commas, quotes and line ends, and ends lines as RFC 4180 says", () => {
    const of = [aComponent({ pins: [aPin({ name: 'a,"b"\nc' })] })];
    const text = csv.write(aMaterial({ projects: [aReportedProject({ of })] }));
    expect(parse(text)[1]?.[6]).toBe('a,"b"\nc');
    expect(text.endsWith("\r\n")).toBe(true);
  });
});
