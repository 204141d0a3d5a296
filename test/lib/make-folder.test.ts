import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../../src/lib/make-folder.ts";
import { aFolder } from "../support/folder.ts";

describe("makeFolder", () => {
  it("makes what is missing of a path, for whom it is meant", () => {
    const folder = aFolder();
    makeFolder(join(folder, "a/b/c"), 0o700);
    for (const path of ["a", "a/b", "a/b/c"]) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700);
  });

  it("leaves what is there as it is, also behind a link", () => {
    const folder = aFolder();
    mkdirSync(join(folder, "there"), { mode: 0o755 });
    symlinkSync(join(folder, "there"), join(folder, "link"));
    makeFolder(join(folder, "there"), 0o700);
    makeFolder(join(folder, "link/below"));
    expect(statSync(join(folder, "there")).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, "there/below")).isDirectory()).toBe(true);
  });

  it.each(["file", "file/below"])("throws where %s is in the way", (path) => {
    const folder = aFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => makeFolder(join(folder, path))).toThrow(/EEXIST|ENOTDIR/);
  });

  it("ends where nothing can be made although the folder above is there", () => {
    expect(() => makeFolder("/proc/headgate/data")).toThrow("no folder can be made in /proc");
  });
});
