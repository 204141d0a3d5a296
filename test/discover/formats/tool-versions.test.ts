import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { fixture, pinNamed, summary, tree } from "../support.ts";

describe("a file of tool versions", () => {
  it.each([
    [
      ".tool-versions",
      [
        "2 github/nodejs/node 22.11.0",
        "2 github/nodejs/node 20.18.1",
        "3 github/python/cpython 3.12.7",
        "4 github/hashicorp/terraform 1.10.2",
        "5 generic/asdf/some-plugin 4.5.6",
        "6 github/direnv/direnv latest floating",
      ],
    ],
    [".python-version", ["1 github/python/cpython 3.12.7"]],
    [".nvmrc", ["1 github/nodejs/node v22.11.0"]],
    ["runtime.txt", ["1 github/python/cpython 3.12.7"]],
    [
      "mise.toml",
      [
        "5 github/nodejs/node 22.11.0",
        "6 github/python/cpython 3.12.7",
        "6 github/python/cpython 3.11.11",
        "7 github/astral-sh/uv 0.5.10",
        "8 npm/prettier 3.4.2",
        "9 github/example/tool 1.3.0",
        "10 github/golang/go latest floating",
      ],
    ],
  ])("is understood: %s", (name, expected) => expect(summary([fixture("tool-versions", name)])).toEqual(expected));

  it.each([
    [".python-version", "my-environment\n"],
    [".python-version", "pypy3.10-7.3.15\n"],
    [".nvmrc", "# nothing yet\n"],
    ["runtime.txt", "the runtime is 3.12 at least\n"],
    [".tool-versions", "java system\nlocal path:/opt/local\n"],
  ])("says nothing where it names no release: %s with %j", (path, text) => {
    expect(summary(tree({ [path]: text }))).toEqual([]);
  });

  it("knows how a tool's tags are made of its versions", () => {
    expect(pinNamed(tree({ ".go-version": "1.23.4" }), "go")).toMatchObject({
      version: "1.23.4",
      tagTemplate: "go{version}",
    });
  });

  it.each([".mise/config.toml", "mise.local.toml", ".config/mise/conf.d/tools.toml"])("may be %s", (path) => {
    expect(summary(tree({ [path]: '[tools]\nprek = "0.4.14"\n' }))).toEqual(["2 github/j178/prek 0.4.14"]);
  });

  it("is left to its lock file", () => {
    const files = tree({ "mise.toml": '[tools]\njq = "1.8.2"\n', "mise.lock": "" });
    expect(discover(files).pins).toMatchObject([{ lockedBy: "mise.lock" }]);
  });

  it.each(["lts/*", "lts/jod", "node", "latest"])("calls %s moving", (text) => {
    expect(summary(tree({ ".nvmrc": text }))).toEqual([`1 github/nodejs/node ${text} floating`]);
  });
});
