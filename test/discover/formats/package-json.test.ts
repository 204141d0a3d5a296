import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const manifest = [fixture("package-json", "package.json")];
const one = (version: string, more: Readonly<Record<string, string>> = {}) =>
  tree({ "package.json": JSON.stringify({ dependencies: { thing: version } }, null, 2), ...more });

describe("a package manifest", () => {
  it("tells what is taken from the registry and from repositories, and nothing that is at home", () => {
    expect(summary(manifest)).toEqual([
      "5 npm/pnpm 9.12.1",
      "7 npm/next 14.1.4",
      "8 npm/%40radix-ui/react-dialog ^1.1.1",
      "9 npm/react ^18",
      "10 npm/%40scope/right ~2.0.1",
      "11 npm/anything * floating",
      "12 npm/newest latest floating",
      "15 github/example/fork v1.4.0",
      "16 github/example/built 0123456789abcdef0123456789abcdef01234567",
      "17 github/example/moving main floating",
      "18 github/example/archive v3.1.0",
      "21 npm/typescript ~5.4.0",
      "22 npm/either ^16.8.0 || ^17.0.0",
      "23 npm/any-patch 2.x",
      "25 npm/vue >=3.2.0",
      "26 npm/deep 1.0.1",
      "26 npm/inner 2.0.2",
      "27 npm/minimist 1.2.8",
      "28 github/nodejs/node 22.11.0",
    ]);
    expect(discover(manifest).problems).toEqual([]);
  });

  it("edits the version and leaves the operator", () => {
    expect(covered(manifest, pinNamed(manifest, "react"))).toEqual(["version 18 → {version}"]);
    expect(covered(manifest, pinNamed(manifest, "left"))).toEqual(["version 2.0.1 → {version}"]);
    expect(pinNamed(manifest, "either").edits).toEqual([]);
    expect(covered(manifest, pinNamed(manifest, "any-patch"))).toEqual(["version 2 → {major}"]);
  });

  it("moves the package manager together with the hash of its archive", () => {
    const pin = pinNamed(manifest, "packageManager");
    const [, checksum] = pin.edits;
    expect(checksum?.of).toEqual({
      url: "npm:/pnpm/-/pnpm-{version}.tgz",
      algorithm: "sha256",
      hex: covered(manifest, pin)[1]?.split(" ")[1],
    });
    expect(covered(manifest, pin)[1]).toMatch(/^checksum 8ca8.* → \{hex\}$/);
  });

  it.each([
    ["1.2.3", "exact"],
    ["=1.2.3", "exact"],
    ["v1.2.3", "exact"],
    ["1.2.3-rc.1", "exact"],
    ["1.2", "range"],
    ["^1.2.3", "range"],
    [">= 1.2.3", "range"],
    ["1.2.3 - 2.0.0", "range"],
    ["npm:^1.2.3", "range"],
    ["next", "floating"],
    ["", "floating"],
  ])("reads %j as %s", (version, precision) => {
    expect(discover(one(version)).pins).toMatchObject([{ upstream: "pkg:npm/thing", precision }]);
  });

  it("is governed by the lock file beside it, or by that of the workspace above", () => {
    const lock = (path: string) => discover(one("^1.0.0", { [path]: "" })).pins[0]?.lockedBy;
    expect(lock("yarn.lock")).toBe("yarn.lock");
    expect(lock("other/yarn.lock")).toBeUndefined();
    const files = { "apps/web/package.json": '{"dependencies":{"a":"1.0.0"}}', "pnpm-lock.yaml": "" };
    expect(discover(tree(files)).pins[0]?.lockedBy).toBeUndefined();
    const workspace = { ...files, "pnpm-workspace.yaml": "packages: [apps/*]\n" };
    expect(discover(tree(workspace)).pins[0]?.lockedBy).toBe("pnpm-lock.yaml");
    const yarn = { ...files, "package.json": '{"workspaces":["apps/*"]}', "yarn.lock": "" };
    expect(discover(tree(yarn)).pins[0]?.lockedBy).toBe("yarn.lock");
  });

  it("knows the packages of the same tree as the project's own", () => {
    expect(summary(one("^1.0.0", { "packages/thing/package.json": '{"name":"thing"}' }))).toEqual([
      "3 npm/thing ^1.0.0 own",
    ]);
  });

  it("passes over what others installed", () => {
    expect(summary(tree({ "node_modules/a/package.json": '{"dependencies":{"b":"1.0.0"}}' }))).toEqual([]);
  });

  it("reads tabs and Windows line ends, and goes on after a mistake", () => {
    const text = '{\r\n\t"dependencies": {\r\n\t\t"a": "1.0.0",\r\n\t\t"b" "2.0.0"\r\n\t}\r\n}\r\n';
    const { pins, problems } = discover(tree({ "package.json": text }));
    expect(pins).toMatchObject([
      { upstream: "pkg:npm/a", line: 3 },
      { upstream: "pkg:npm/b", line: 4 },
    ]);
    expect(problems[0]?.message).toMatch(/^Not valid JSON/);
  });
});
