import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { type FileToWrite, writeFiles } from "../../../src/lib/trees/write-files.ts";
import { aFolder } from "../../support/folder.ts";

const file = (path: string, was = "old\n", text = "new\n"): FileToWrite => ({ path, before: blobId(was), text });

describe("writing a change into a folder", () => {
  it("replaces the text and keeps the mode", async () => {
    const folder = aFolder({ "a/Dockerfile": "old\n", "run.sh": "old\n" });
    chmodSync(join(folder, "a/Dockerfile"), 0o640);
    expect(await writeFiles(folder, [file("a/Dockerfile"), file("run.sh")])).toEqual({
      written: ["a/Dockerfile", "run.sh"],
      already: [],
    });
    expect(readFileSync(join(folder, "a/Dockerfile"), "utf8")).toBe("new\n");
    expect(statSync(join(folder, "a/Dockerfile")).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder, "run.sh")).mode & 0o777).toBe(0o755);
    expect(readdirSync(folder).sort()).toEqual(["a", "run.sh"]);
  });

  it("writes nothing twice", async () => {
    const folder = aFolder({ Dockerfile: "new\n", other: "old\n" });
    expect(await writeFiles(folder, [file("Dockerfile"), file("other")])).toEqual({
      written: ["other"],
      already: ["Dockerfile"],
    });
  });

  it("writes nothing at all when one file is not what the change was made from", async () => {
    const folder = aFolder({ Dockerfile: "old\n", other: "somebody's\n" });
    const result = await writeFiles(folder, [file("Dockerfile"), file("other")]);
    expect(result).toMatchObject({ code: "conflict", message: expect.stringContaining("other is not what") });
    expect(readFileSync(join(folder, "Dockerfile"), "utf8")).toBe("old\n");
    expect(readFileSync(join(folder, "other"), "utf8")).toBe("somebody's\n");
  });

  it.each([
    ["a symbolic link", "link", /symbolic link/],
    ["a file behind a linked folder", "linked/secret", /behind a symbolic link/],
    ["a file above it", "../secret", /not a path inside/],
    ["a file by its absolute path", "/etc/hosts", /not a path inside/],
    ["git's own files", ".git/config", /not a path inside/],
    ["a folder", "folder", /cannot be changed|not a regular file/],
    ["what is not there", "missing", /does not exist/],
  ])("does not write to %s", async (_, path, message) => {
    const outside = aFolder({ secret: "old\n" });
    const folder = aFolder({ ".git/config": "old\n" });
    mkdirSync(join(folder, "folder"));
    symlinkSync(join(outside, "secret"), join(folder, "link"));
    symlinkSync(outside, join(folder, "linked"));
    const result = await writeFiles(folder, [file(path)]);
    expect(isFailure(result) && result.message).toMatch(message);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("old\n");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
  });

  it("says when there is no such folder", async () => {
    const folder = join(aFolder(), "nowhere");
    expect(await writeFiles(folder, [])).toMatchObject({ code: "misconfigured" });
    expect(existsSync(folder)).toBe(false);
  });
});
