import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { readTar } from "../../../src/lib/inspect/tar.ts";
import { type TarContent, tarballOf, tarHeader, tarOf } from "../../support/archives.ts";

const setup = (name: string) => /^[^/]+\/setup\.py$/.test(name);

async function read(...parts: readonly Buffer[]) {
  async function* chunks() {
    yield* parts;
  }
  const found = await readTar(chunks(), { wanted: setup, packed: true });
  return isFailure(found) ? found : Object.fromEntries([...found].map(([name, content]) => [name, `${content}`]));
}

/** So many packed copies of something, each small: gzip members stand one after the other (RFC 1952, 2.2). */
function copies(count: number, content: Buffer): Buffer[] {
  const packed = gzipSync(content, { level: 1 });
  return Array.from({ length: count }, () => packed);
}

const MEBIBYTE = 1024 * 1024;

describe("a tar archive", () => {
  const cases: readonly (readonly [string, readonly (readonly [string, TarContent])[], Record<string, string>])[] = [
    [
      "gives the wanted files",
      [
        ["tool-1/a.py", "x"],
        ["tool-1/setup.py", "code"],
      ],
      { "tool-1/setup.py": "code" },
    ],
    ["is read below ./", [["./tool-1/setup.py", "code"]], { "tool-1/setup.py": "code" }],
    [
      "with a name twice gives both, as either may count",
      [
        ["t/setup.py", "one "],
        ["t/setup.py", "two"],
      ],
      { "t/setup.py": "one two" },
    ],
    [
      "with a link tells where it leads",
      [["t/setup.py", { link: "/etc/passwd" }]],
      { "t/setup.py": "link to /etc/passwd" },
    ],
    [
      "with names that climb out of it has nothing by those names",
      [
        ["../setup.py", "x"],
        ["/setup.py", "x"],
        ["t/../../etc/setup.py", "x"],
        ["t/b/setup.py", "x"],
      ],
      { "../setup.py": "x" },
    ],
    [
      "with a very long name is read",
      [
        [`${"d/".repeat(120)}f`, "x"],
        ["t/setup.py", "code"],
      ],
      { "t/setup.py": "code" },
    ],
  ];
  it.each(cases)("%s", async (_, files, found) => {
    expect(await read(await tarballOf(files))).toEqual(found);
  });

  it("keeps a megabyte of a file, and says that there was more", async () => {
    const found = await read(await tarballOf([["t/setup.py", "#".repeat(2 * MEBIBYTE)]]));
    const text = (found as Record<string, string>)["t/setup.py"] ?? "";
    expect([text.length < MEBIBYTE + 100, text.endsWith("(cut off here)\n")]).toEqual([true, true]);
  });

  it.each([
    [
      "that unpacks to more than it may",
      [gzipSync(tarHeader("t/big", 8 * 1024 * MEBIBYTE - 1)), ...copies(150, Buffer.alloc(MEBIBYTE))],
      "too-large",
    ],
    ["of a million files", copies(1_000, Buffer.concat(Array(1_000).fill(tarHeader("t/a", 0)))), "too-large"],
    [
      "with a name of many megabytes",
      [gzipSync(tarHeader("x", 100 * MEBIBYTE, "x")), ...copies(100, Buffer.alloc(MEBIBYTE, "a"))],
      "too-large",
    ],
    ["that is no archive", [gzipSync(Buffer.from("<html>".repeat(500)))], "unreadable"],
    ["that is not packed", [Buffer.from("<html>")], "unreadable"],
    ["that is empty", [gzipSync(Buffer.alloc(1024))], "unreadable"],
  ] as const)("%s is a failure", async (_, parts, code) => {
    expect(await read(...parts)).toMatchObject({ code });
  });

  it("that is cut off anywhere is a failure", async () => {
    const tar = await tarOf([["t/setup.py", "x".repeat(2_000)]]);
    const packed = gzipSync(tar);
    for (const cut of [
      packed.subarray(0, packed.length >> 1),
      packed.subarray(0, -4),
      gzipSync(tar.subarray(0, 1_000)),
    ]) {
      expect(await read(cut)).toMatchObject({ code: "unreadable" });
    }
  });
});
