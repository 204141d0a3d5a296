import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const invariants = text.split("\n").filter((line) => line.startsWith("- **Invariant:**"));
const quoted = (line: string) => [...line.matchAll(/`([^`\s]+)`/g)].map(([, path = ""]) => path);
const isPath = (path: string) => /^[\w@.-]+(?:\/[\w@.-]+)*(?:\.(?:ts|md|yaml)|\/)$/.test(path);

describe("the map", () => {
  it("names files and folders that exist", () => {
    const rows = text
      .slice(0, text.indexOf("## Invariants"))
      .split("\n")
      .filter((line) => line.startsWith("|"));
    const lost = rows.flatMap((row) => {
      const [first = "", ...others] = quoted(row).filter(isPath);
      // within a row, what follows a folder may lie in it
      const places = ["", "src/", "docs/", `src/${first}`];
      return [first, ...others].filter((path) => !places.some((place) => existsSync(join(root, place, path))));
    });
    expect(rows.length).toBeGreaterThan(40);
    expect(lost.filter((path) => path !== "")).toEqual([]);
  });

  it("has a row for each folder of src/", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const rows = text
      .slice(text.indexOf("## Code map"))
      .split("\n")
      .filter((line) => line.startsWith("|"));
    const named = rows.flatMap((row) => quoted(row.split("|")[1] ?? ""));
    expect(folders.map(({ name }) => `${name}/`).filter((name) => !named.includes(name))).toEqual([]);
  });
});

describe("an invariant", () => {
  it.each(invariants)("%s", (line) => {
    const tests = quoted(line).filter((path) => path.startsWith("test/"));
    expect(tests).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
