import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const files = [fixture("python-script", "install.py")];

describe("a Python program", () => {
  it("tells what it downloads, and where the version is written", () => {
    expect(summary(files)).toEqual([
      "3 github/example/tool 1.9.2",
      "4 github/example/helper 0.4.0",
      "11 github/example/latest floating",
    ]);
    expect(covered(files, pinNamed(files, "TOOL_VERSION"))).toEqual(["version 1.9.2 → {version}"]);
  });

  it("says which address it could not follow", () => {
    expect(discover(files).problems).toMatchObject([{ path: "install.py", line: 13 }]);
  });

  it.each(["tests/a.py", "test_a.py", "docs/conf.py"])("is not read where it only tries or tells: %s", (path) => {
    const text = 'x = "https://github.com/o/r/releases/download/v1/r"\n';
    expect(summary(tree({ [path]: text }))).toEqual([]);
  });
});
