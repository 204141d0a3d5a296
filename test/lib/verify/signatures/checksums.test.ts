import { describe, expect, it } from "vitest";
import { digestInChecksums } from "../../../../src/lib/verify/signatures/checksums.ts";

const HEX = "ab".repeat(32);
const OTHER = "cd".repeat(32);
const LONG = "ef".repeat(64);

describe("a checksum file states", () => {
  it.each<[string, string, string | undefined]>([
    ["a digest and a name", `${HEX}  tool.tar.gz\n${OTHER}  tool.zip\n`, `sha256:${HEX}`],
    ["a binary mark", `${HEX} *tool.tar.gz\n`, `sha256:${HEX}`],
    ["a folder before the name", `${HEX}  ./dist/tool.tar.gz\n`, `sha256:${HEX}`],
    ["a digest as BSD writes it", `SHA256 (tool.tar.gz) = ${HEX.toUpperCase()}\n`, `sha256:${HEX}`],
    ["the bare digest of its one file", `${HEX}\n`, `sha256:${HEX}`],
    ["the longer digest of two", `${HEX}  tool.tar.gz\n${LONG}  tool.tar.gz\n`, `sha512:${LONG}`],
    ["lines of Windows", `${HEX}  tool.tar.gz\r\n`, `sha256:${HEX}`],
    ["only others", `${OTHER}  tool.zip\n`, undefined],
    ["a name that only ends like it", `${OTHER}  other-tool.tar.gz\n`, undefined],
    ["two digests of one file", `${HEX}  tool.tar.gz\n${OTHER}  tool.tar.gz\n`, undefined],
    ["SHA-1", `${"ab".repeat(20)}  tool.tar.gz\n`, undefined],
    ["bare digests of several files", `${HEX}\n${OTHER}\n`, undefined],
    ["nothing", "", undefined],
  ])("%s", (_case, text, digest) => {
    expect(digestInChecksums(text, "tool.tar.gz")).toBe(digest);
  });
});
