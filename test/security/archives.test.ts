import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { readLifecycle } from "../../src/lib/inspect/npm-tarball.ts";
import { readBuildCode } from "../../src/lib/inspect/sdist.ts";
import { readTar } from "../../src/lib/inspect/tar.ts";
import { readStartupFiles } from "../../src/lib/inspect/wheel.ts";
import { aFileHost, anAsset, tarballOf, tarHeader, zipOf } from "../support/archives.ts";

const CODE = "import os\n";

/** A pax header of these records, with its content. */
function pax(records: Readonly<Record<string, string>>, type = "x"): Buffer {
  const text = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = rest.length + String(rest.length + 2).length;
      return `${length}${rest}`;
    })
    .join("");
  return entry("PaxHeader/x", text, type);
}

function entry(name: string, text: string, type = "0"): Buffer {
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  return Buffer.concat([tarHeader(name, text.length, type), content]);
}

/** A header whose field of the length says something else. */
function withSize(header: Buffer, size: Buffer | string): Buffer {
  const block = Buffer.from(header);
  block.fill(0, 124, 136);
  block.set(Buffer.from(size), 124);
  block.write("        ", 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

const END = Buffer.alloc(1024);
const decoy = entry("tool-1/README", "harmless");

/**
 * Each hides `tool-1/setup.py` from one of the programs that unpack archives, or shows another to it: what Python's tarfile,
 * node-tar, RubyGems, GNU tar and our own reader make of them is not the same.
 */
const TARS: readonly (readonly [string, readonly Buffer[]])[] = [
  [
    "a link that has content, in which headers stand",
    [tarHeader("tool-1/l", 1024, "2"), entry("tool-1/setup.py", CODE)],
  ],
  ["a hard link with content", [tarHeader("tool-1/l", 1024, "1"), entry("tool-1/setup.py", CODE)]],
  ["a device with content", [tarHeader("tool-1/d", 1024, "3"), entry("tool-1/setup.py", CODE)]],
  ["a pipe with content", [tarHeader("tool-1/p", 1024, "6"), entry("tool-1/setup.py", CODE)]],
  ["a folder with content", [tarHeader("tool-1/f", 1024, "5"), entry("tool-1/setup.py", CODE)]],
  ["a file that is named like a folder", [tarHeader("tool-1/f/", 1024), entry("tool-1/setup.py", CODE)]],
  ["an old sparse file", [tarHeader("tool-1/s", 1024, "S"), entry("tool-1/setup.py", CODE)]],
  ["a volume label", [tarHeader("tool-1/v", 1024, "V"), entry("tool-1/setup.py", CODE)]],
  ["a header of Solaris", [entry("x", "23 path=tool-1/setup.py\n", "X"), decoy]],
  ["a kind that nobody knows", [tarHeader("tool-1/q", 1024, "q"), entry("tool-1/setup.py", CODE)]],
  ["the name of a sparse file in pax", [pax({ "GNU.sparse.name": "tool-1/setup.py" }), decoy]],
  ["another length in pax", [pax({ size: "1024" }), tarHeader("tool-1/a", 0), entry("tool-1/setup.py", CODE)]],
  ["a length in pax that is no number", [pax({ size: "0x1" }), entry("tool-1/a", "x"), entry("tool-1/setup.py", CODE)]],
  ["a name for all entries", [pax({ path: "tool-1/setup.py" }, "g"), decoy]],
  ["a length for all entries", [pax({ size: "1024" }, "g"), tarHeader("tool-1/a", 0), entry("tool-1/setup.py", CODE)]],
  ["two pax headers of one entry", [pax({ path: "tool-1/setup.py" }), pax({ path: "tool-1/a" }), decoy]],
  ["a name of GNU and one of pax", [entry("x", "tool-1/setup.py\0", "L"), pax({ path: "tool-1/a" }), decoy]],
  ["a name of pax and one of GNU", [pax({ path: "tool-1/a" }), entry("x", "tool-1/setup.py\0", "L"), decoy]],
  ["two long names of GNU", [entry("x", "tool-1/setup.py\0", "L"), entry("x", "tool-1/a\0", "L"), decoy]],
  ["what is for all between a name and its entry", [pax({ path: "tool-1/a" }), pax({ comment: "x" }, "g"), decoy]],
  ["a NUL in a name", [pax({ path: "tool-1/setup.py\0.txt" }), decoy]],
  ["a record with a wrong length", [entry("x", "99 path=tool-1/setup.py\n", "x"), decoy]],
  ["a record without an end", [entry("x", "23 path=tool-1/setup.py.", "x"), decoy]],
  ["a length in binary", [withSize(tarHeader("tool-1/a", 0), Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]))]],
  ["a length that is no number", [withSize(tarHeader("tool-1/a", 0), "0000000200x"), entry("tool-1/setup.py", CODE)]],
  ["a negative length", [withSize(tarHeader("tool-1/a", 0), "-0000001000"), entry("tool-1/setup.py", CODE)]],
  ["a folder that is a link", [tarHeader("tool-1", 0, "2"), entry("elsewhere/deep/setup.py", CODE)]],
];

const isSetup = (name: string) => /^(?:[^/]+\/)?setup\.py$/.test(name);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("a tar archive in which programs find different files", () => {
  it.each(TARS)("by %s is not read", async (_, parts) => {
    const tar = Buffer.concat([...parts, END]);
    for (const size of [tar.length, 100]) {
      const read = await readTar(inPieces(tar, size), { wanted: isSetup, packed: false });
      expect(read).toMatchObject({ code: "unreadable" });
    }
  });

  it.each([
    ["a long name of pax", [pax({ path: `${"d/".repeat(80)}a`, mtime: "1.5", "SCHILY.xattr.x": "\0" }), decoy]],
    [
      "the length that npm writes beside a name",
      [pax({ path: `${"d/".repeat(80)}a`, size: "1" }), entry("tool-1/x", "x")],
    ],
    [
      "a long name and a long link of GNU",
      [entry("x", "tool-1/a\0", "L"), entry("x", "b\0", "K"), tarHeader("t", 0, "2")],
    ],
    ["the comment that git leaves", [pax({ comment: "0".repeat(40) }, "g"), pax({ path: "tool-1/a" }), decoy]],
    [
      "folders, old files and blanks before a length",
      [tarHeader("tool-1/", 0, "5"), entry("tool-1/a", "x", "\0"), withSize(tarHeader("tool-1/b", 0), "       0\0")],
    ],
  ] as const)("is none that has %s", async (_, parts) => {
    const tar = Buffer.concat([...parts, entry("tool-1/setup.py", CODE), END]);
    const read = await readTar(inPieces(tar, 100), { wanted: isSetup, packed: false });
    expect(isFailure(read) ? read : [...read.keys()]).toEqual(["tool-1/setup.py"]);
  });
});

describe("code in a source archive", () => {
  const build = async (files: readonly (readonly [string, string])[]) => {
    const file = await tarballOf(files);
    return readBuildCode(aFileHost(file), anAsset("tool-1.0.tar.gz", file), "1.0");
  };

  it.each([
    "tool-1/setup.py",
    "./tool-1/setup.py",
    "tool-1/./setup.py",
    "tool-1//setup.py",
    "/tool-1/setup.py",
    "tool-1/src/../setup.py",
    "tool-1/Setup.py",
    "setup.py",
    "./setup.py",
  ])("at %s is seen", async (name) => {
    const files = [
      ["tool-1/PKG-INFO", "x"],
      [name, CODE],
    ] as const;
    expect(await build(files)).toMatchObject({ setup: expect.stringMatching(/^sha256:/) });
  });

  it.each([
    ["another spelling of the table", '[ "build-system" ]\n"build-backend" = "evil"\n'],
    ["an inline table", 'build-system = { requires = [], build-backend = "evil" }\n'],
    ["a dotted key", 'build-system.build-backend = "evil"\n'],
    ["escapes", '["build\\u002dsystem"]\n"build\\u002dbackend" = "\\u0065vil"\n'],
    [
      "text that looks like the table before it",
      `[tool.x]\ny = '''\n[build-system]\nbuild-backend = "usual"\n'''\n[build-system]\nbuild-backend = "evil"\n`,
    ],
    [
      "a key that looks like the path",
      '"build-system.build-backend" = "usual"\n[build-system]\nbuild-backend = "evil"\n',
    ],
    [
      "the same table behind it in a list",
      '[[tool.build-system]]\nbuild-backend = "usual"\n[build-system]\nbuild-backend = "evil"\n',
    ],
    ["Windows' line ends", '[build-system]\r\nbuild-backend = "evil"\r\n'],
  ])("is built by the backend that is named in %s", async (_, text) => {
    expect(await build([["tool-1/pyproject.toml", text]])).toMatchObject({ buildBackend: "evil" });
  });

  it.each([
    ["two of them", 'build-backend = "usual"', "evil"],
    ["no TOML", "[build-system", ""],
    ["deep", `x = ${"[".repeat(20_000)}`, ""],
    ["endless", `x = [${"1,".repeat(150_000)}]\n[build-system]\n`, ""],
  ])("is not known by a pyproject.toml that is %s", async (_, text, other) => {
    const second = other === "" ? [] : [["pyproject.toml", `build-backend = "${other}"`] as const];
    expect(await build([["tool-1/pyproject.toml", text], ...second])).toMatchObject({ code: "unreadable" });
  });

  it("named after what every object has changes nothing for others", async () => {
    await build([["tool-1/pyproject.toml", "[__proto__]\npolluted = 1\n[constructor.prototype]\npolluted = 1\n"]]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("scripts of an npm package", () => {
  const read = async (files: readonly (readonly [string, string])[]) => {
    const file = await tarballOf(files);
    return readLifecycle(aFileHost(file), anAsset("tool-1.0.tgz", file));
  };
  const manifest = (postinstall: string) => JSON.stringify({ scripts: { postinstall } });

  it.each([
    "package/package.json",
    "package/./package.json",
    "package//package.json",
    "package/lib/../package.json",
    "package/Package.json",
    "other/package.json",
  ])("at %s are not hidden by a harmless package.json", async (name) => {
    expect(await read([[name, manifest("evil")]])).toEqual(["postinstall: evil"]);
    const both = await read([
      ["package/package.json", "{}"],
      [name, manifest("evil")],
    ]);
    expect(both).toMatchObject({ code: "unreadable" });
  });

  it("are told apart however far behind they differ", async () => {
    const long = `node setup.js ${"x".repeat(200)}`;
    const [one] = (await read([["package/package.json", manifest(long)]])) as string[];
    const [other] = (await read([["package/package.json", manifest(`${long}; evil`)]])) as string[];
    expect([one === other, one?.length === other?.length]).toEqual([false, true]);
  });
});

describe("start-up code in a wheel", () => {
  const read = (file: Buffer) => readStartupFiles(aFileHost(file), "https://files.example/a.whl");

  it.each([
    "tool.pth",
    "./tool.pth",
    "x/../tool.pth",
    "tool-1.data/purelib/tool.pth",
    "tool-1.data/platlib/./tool.pth",
    "tool-1.data\\purelib\\tool.pth",
    "tool-1.data/data/lib/python3.13/site-packages/tool.pth",
    "tool-1.data/data/Lib/site-packages/tool.pth",
    "tool.start",
    "tool-1.data/purelib/tool.start",
    "sitecustomize.py",
    "usercustomize.py",
    "sitecustomize.pyc",
    "sitecustomize.cpython-313-x86_64-linux-gnu.so",
    "usercustomize.pyd",
    "sitecustomize/__init__.py",
    "tool-1.data/purelib/sitecustomize.py",
  ])("is found at %s", async (name) => {
    expect(await read(zipOf({ "tool/a.py": "x", [name]: CODE }))).toEqual([name]);
  });

  it.each([
    ["a byte order mark", `\ufeff${CODE}`],
    ["a form feed", `x\f${CODE}`],
    ["a vertical tab", `x\v${CODE}`],
    ["a separator of records", `x\u001e${CODE}`],
    ["NEL", `x\u0085${CODE}`],
    ["the separator of lines", `x\u2028${CODE}`],
    ["a carriage return", `x\r${CODE}`],
    ["a tab behind it", "import\tos"],
  ])("is seen behind %s", async (_, text) => {
    expect(await read(zipOf({ "tool.pth": text }))).toEqual(["tool.pth"]);
  });

  it.each([
    "tool/tool.pth",
    "tool/sitecustomize.py",
    "sitecustomize_helper.py",
    "tool-1.data/scripts/tool.pth",
    "tool.py",
  ])("is none at %s", async (name) => {
    expect(await read(zipOf({ [name]: CODE }))).toEqual([]);
  });

  it("is found under a name that ends at a NUL, as Python ends it", async () => {
    expect(await read(zipOf({ "tool.pth\0.txt": CODE }))).toEqual(["tool.pth"]);
  });

  it("is found under the other name that a file has for some programs", async () => {
    expect(await read(withUnicodeName(zipOf({ "tool.txt": CODE }), "tool.txt", "tool.pth"))).toEqual(["tool.pth"]);
  });

  it.each([
    ["another list before the end than at the offset", twoLists()],
    ["ZIP64's numbers besides the usual ones", withLocator(zipOf({ "a.py": "x" }))],
    ["an end that is not the end", Buffer.concat([zipOf({ "a.py": "x" }), Buffer.from("more")])],
    ["an end within a comment", withComment(zipOf({ "tool.pth": CODE }), zipOf({ "a.py": "x" }).subarray(-22))],
    ["more files than it says", changed(zipOf({ "tool.pth": CODE }), -12, 0, -14, 0)],
    ["parts", changed(zipOf({ "tool.pth": CODE }), -18, 1)],
    ["bytes before it that its offsets do not know", Buffer.concat([Buffer.alloc(100), zipOf({ "a.py": "x" })])],
    ["files that lie about where they are", changed(zipOf({ "tool.pth": CODE }), -6, 1)],
  ])("is not looked for in an archive with %s", async (_, file) => {
    expect(await read(file)).toMatchObject({ code: "unreadable" });
  });
});

/** Sets numbers of 16 bits at places from the end. */
function changed(archive: Buffer, ...pairs: readonly number[]): Buffer {
  const copy = Buffer.from(archive);
  for (let at = 0; at < pairs.length; at += 2) copy.writeUInt16LE(pairs[at + 1] ?? 0, copy.length + (pairs[at] ?? 0));
  return copy;
}

/** Python takes the list that ends where the end begins; the offset leads to another of the same length. */
function twoLists(): Buffer {
  const [harmless, evil] = [zipOf({ "tool.txt": CODE }), zipOf({ "tool.pth": CODE })];
  const end = Buffer.from(harmless.subarray(-22));
  return Buffer.concat([harmless.subarray(0, -22), evil.subarray(0, -22), end]);
}

/** The locator of ZIP64, before the end: some programs follow it whatever the end says. */
function withLocator(archive: Buffer): Buffer {
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  const end = Buffer.from(archive.subarray(-22));
  return Buffer.concat([archive.subarray(0, -22), locator, end]);
}

function withComment(archive: Buffer, comment: Buffer): Buffer {
  const copy = Buffer.concat([archive, comment]);
  copy.writeUInt16LE(comment.length, archive.length - 2);
  return copy;
}

/** Info-ZIP's field of a second name (0x7075), for the one file of an archive. */
function withUnicodeName(archive: Buffer, name: string, other: string): Buffer {
  const end = Buffer.from(archive.subarray(-22));
  const extra = Buffer.alloc(9 + other.length);
  extra.writeUInt16LE(0x7075, 0);
  extra.writeUInt16LE(5 + other.length, 2);
  extra.write(other, 9);
  const size = 46 + name.length;
  const central = Buffer.from(archive.subarray(-22 - size, -22));
  central.writeUInt16LE(extra.length, 30);
  end.writeUInt32LE(size + extra.length, 12);
  return Buffer.concat([archive.subarray(0, -22 - size), central, extra, end]);
}
