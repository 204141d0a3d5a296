import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { readStartupFiles } from "../../src/lib/wheel.ts";

/** A zip archive of packed files, with nothing but what readers need. */
function zip(files: Readonly<Record<string, string>>, padding = 0): Buffer {
  const locals: Buffer[] = [Buffer.alloc(padding)];
  const central: Buffer[] = [];
  let offset = padding;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), packed);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A host of one file that sends parts of it, or does not know how. */
function host(file: Buffer, ranges = true): Fetcher {
  return {
    fetch: async ({ url, headers = {}, maxBytes = 0 }) => {
      const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
      const start = from === "" ? Math.max(0, file.length - Number(to)) : Number(from);
      const end = from === "" || to === "" ? file.length : Math.min(file.length, Number(to) + 1);
      const body = ranges ? file.subarray(start, end) : file;
      if (body.length > maxBytes) return new Failure("too-large", "more than was asked for");
      const range = { "content-range": `bytes ${start}-${end - 1}/${file.length}` };
      return { status: ranges ? 206 : 200, url, headers: range, body };
    },
    close: async () => undefined,
  };
}

const read = (file: Buffer, ranges = true) => readStartupFiles(host(file, ranges), "https://files.example/a.whl");
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
