import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const held = fixture("version-file", "TOOL_VERSION");
const download = (version: string) =>
  tree({ "install.sh": `V=${version}\ncurl -LO https://github.com/example/tool/releases/download/$V/tool.tgz\n` });

describe("a file that holds a version", () => {
  it.each([
    "$(cat TOOL_VERSION)",
    "$(<TOOL_VERSION)",
    '"$(cat "$HERE/TOOL_VERSION" | tr -d \'\\n\')"',
    "`cat TOOL_VERSION`",
  ])("is a pin of what a script takes with %s", (version) => {
    const files = [held, ...download(version)];
    const pin = pinNamed(files, "TOOL_VERSION");
    expect(pin).toMatchObject({ path: "TOOL_VERSION", line: 1, upstream: "pkg:github/example/tool", text: "v1.9.2" });
    expect(covered(files, pin)).toEqual(["version v1.9.2 → v{version}"]);
  });

  it("is read by a Makefile, too", () => {
    const text = "V := $(shell cat TOOL_VERSION)\na:\n\tcurl -LO https://github.com/example/tool/archive/$(V).zip\n";
    expect(summary([held, ...tree({ Makefile: text })])).toEqual(["1 github/example/tool v1.9.2"]);
  });

  it("is no pin by itself, and none where it holds anything else", () => {
    expect(discover([held])).toEqual({ pins: [], problems: [] });
    const other = tree({ VERSION: "this is\nversion 1.2\n", "docs/version.txt": "1.2 or so" });
    expect(discover(other)).toEqual({ pins: [], problems: [] });
  });
});
