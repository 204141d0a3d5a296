import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { fixture, summary, tree } from "../support.ts";

describe("submodules", () => {
  it("are told by their repository, and by the branch that an update follows", () => {
    expect(summary([fixture("git-modules", ".gitmodules")])).toEqual([
      "3 github/example/parser floating",
      "7 gitlab/example/group/rules stable floating",
      "10 github/example/same floating",
    ]);
  });

  it("are pinned to the commit that git's tree records, whatever branch an update follows", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const files = [fixture("git-modules", ".gitmodules"), { path: "rules", text: "", commit }];
    const [pin] = discover(files).pins.filter(({ name }) => name === "rules");
    expect(pin).toMatchObject({ text: commit, digest: commit, version: "", precision: "exact", edits: [] });
  });

  it("are none where the tree has others, but not this one any more", () => {
    const files = [fixture("git-modules", ".gitmodules"), { path: "rules", text: "", commit: "1".repeat(40) }];
    expect(discover(files).pins.map(({ name }) => name)).toEqual(["rules"]);
  });

  it("are read whatever their order and quotes", () => {
    const text = '[submodule "a"]\r\n  branch = "main"\r\n  URL = "https://github.com/o/a"\r\n[core]\n  url = x\n';
    expect(discover(tree({ ".gitmodules": text })).pins).toMatchObject([
      { upstream: "pkg:github/o/a", text: "main", line: 2, precision: "branch" },
    ]);
  });
});
