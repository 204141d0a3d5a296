import { describe, expect, it } from "vitest";
import { readStartupFiles } from "../../../src/lib/inspect/wheel.ts";
import { aFileHost, zipOf as zip } from "../../support/archives.ts";

const read = (file: Buffer, ranges = true) => readStartupFiles(aFileHost(file, ranges), "https://files.example/a.whl");
const code = "import os; os.system('true')\n";

describe("start-up files in a wheel", () => {
  it.each([
    ["none", { "tool/a.py": "x" }, []],
    ["one with code", { "tool/a.py": "x", "tool_init.pth": code }, ["tool_init.pth"]],
    ["one below .data", { "tool-1.data/purelib/tool.pth": code }, ["tool-1.data/purelib/tool.pth"]],
    ["one of paths only", { "tool.pth": "../src\n" }, []],
    ["one that is test data", { "tool/tests/a.pth": code }, []],
    ["one that is too large to be one", { "big.pth": `import os\n${"#".repeat(200_000)}` }, ["big.pth"]],
  ])("%s", async (_, files, found) => {
    expect(await read(zip(files))).toEqual(found);
    expect(await read(zip(files), false)).toEqual(found);
  });

  it("are found in a large wheel by a few parts of it", async () => {
    expect(await read(zip({ "tool_init.pth": code }, 3_000_000))).toEqual(["tool_init.pth"]);
  });

  it("are found where the list of files is longer than the first part", async () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`tool/module_${index}.py`, "x"]));
    expect(await read(zip({ ...many, "tool_init.pth": code }))).toEqual(["tool_init.pth"]);
  });

  it.each([
    ["a large file of a host that sends no parts", zip({ a: "x" }, 3_000_000), false, "too-large"],
    ["no archive", Buffer.from("<html>"), true, "unreadable"],
    ["an archive that is cut off", zip({ "a.pth": code }).subarray(10), true, "unreadable"],
  ])("are not known of %s", async (_, file, ranges, failure) => {
    expect(await read(file, ranges)).toMatchObject({ code: failure });
  });
});
