import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { environment } from "../../../src/discover/formats/environment.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

describe("an environment file", () => {
  it("is a pin where it holds an address with its version", () => {
    expect(summary([fixture("environment", "versions.env")])).toEqual(["2 github/example/cronic 0.2.41"]);
  });

  it.each([".env", ".env.example"])("gives its variables to the compose file beside it: %s", (name) => {
    const files = tree({
      "stack/compose.yml": `services:\n  redis:\n    image: redis:\${REDIS_TAG}\n`,
      [`stack/${name}`]: "REDIS_TAG='7.2'\n",
    });
    expect(discover(files).pins).toMatchObject([{ path: `stack/${name}`, line: 1, text: "7.2", name: "REDIS_TAG" }]);
  });

  it("says nothing by itself", () => {
    expect(summary(tree({ ".env": "REDIS_TAG=7.2\nIMAGE=redis:7.2\n" }))).toEqual([]);
  });

  it("gives its variables to a script that sources it", () => {
    const files = tree({
      "build.sh": "set -a; source versions.env; set +a\ncurl https://github.com/o/r/archive/v$TOOL.zip\n",
      "versions.env": "TOOL=1.4.0\n",
    });
    expect(discover(files).pins).toMatchObject([{ path: "versions.env", line: 1, text: "1.4.0" }]);
  });

  it.each([
    [".env", true],
    ["config/netbox.env", true],
    ["config/netbox.env.example", true],
    ["src/env.ts", false],
    [".envrc", false],
    ["environment", false],
  ])("is known by its name: %s %s", (path, expected) => {
    expect(environment.matches(path)).toBe(expected);
  });
});

it("tells the addresses that a configuration of Buildroot holds", () => {
  const text =
    'BR2_TARBALL="https://github.com/example/linux/archive/stable_20250916.tar.gz"\n# BR2_OTHER is not set\n';
  expect(summary(tree({ "configs/board_defconfig": text }))).toEqual(["1 github/example/linux stable_20250916"]);
});

describe("a file that holds a version", () => {
  const [held] = tree({ TOOL_VERSION: "v1.9.2\n" });
  const files = (more: Readonly<Record<string, string>>) => [...(held === undefined ? [] : [held]), ...tree(more)];
  const download = (version: string) => ({
    "install.sh": `V=${version}\ncurl -LO https://github.com/example/tool/releases/download/$V/tool.tgz\n`,
  });

  it.each([
    "$(cat TOOL_VERSION)",
    "$(<TOOL_VERSION)",
    '"$(cat "$HERE/TOOL_VERSION" | tr -d \'\\n\')"',
    "`cat TOOL_VERSION`",
  ])("is a pin of what a script takes with %s", (version) => {
    const pin = pinNamed(files(download(version)), "TOOL_VERSION");
    expect(pin).toMatchObject({ path: "TOOL_VERSION", line: 1, upstream: "pkg:github/example/tool", text: "v1.9.2" });
    expect(covered(files(download(version)), pin)).toEqual(["version v1.9.2 → v{version}"]);
  });

  it("is read by a Makefile, too, and by a build step, below the folder that the tree was copied to", () => {
    const text = "V := $(shell cat TOOL_VERSION)\na:\n\tcurl -LO https://github.com/example/tool/archive/$(V).zip\n";
    expect(summary(files({ Makefile: text }))).toEqual(["1 github/example/tool v1.9.2"]);
    const step =
      "FROM alpine:3.22\nCOPY . /src\nRUN curl -LO https://github.com/o/web/archive/v$(cat /src/bin/web.version).zip\n";
    expect(summary(tree({ Dockerfile: step, "bin/web.version": "2.6.7" }))).toEqual([
      "1 docker/library/alpine 3.22",
      "1 github/o/web 2.6.7",
    ]);
  });

  it("is no pin by itself, and none where it holds anything else", () => {
    expect(discover(files({ VERSION: "this is\nversion 1.2\n", "docs/version.txt": "1.2 or so" }))).toEqual({
      pins: [],
      problems: [],
    });
  });
});
