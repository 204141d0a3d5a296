import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { environment } from "../../../src/discover/formats/environment.ts";
import { fixture, summary, tree } from "../support.ts";

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
