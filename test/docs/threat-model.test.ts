import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/threat-model.md"), "utf8");
const pathsIn = (part: string) => [...part.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = ""]) => path);
const boundaries = text
  .slice(text.indexOf("## Boundaries"), text.indexOf("## What a proxy"))
  .split(/^### /m)
  .slice(1)
  .map((part) => [part.split("\n")[0] ?? "", part] as const);

describe("the threat model", () => {
  it("names tests that exist", () => {
    const paths = pathsIn(text);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(boundaries)("guards the boundary %s by a test in every row", (_name, part) => {
    const rows = part.split("\n").filter((line) => line.startsWith("|") && !/^\|[-|]+\|$|^\| threat /.test(line));
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter((row) => pathsIn(row).length === 0)).toEqual([]);
  });

  it("has the boundaries that there are", () => {
    expect(boundaries.length).toBeGreaterThanOrEqual(8);
  });
});
