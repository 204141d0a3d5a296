import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { makefile } from "../../../src/discover/formats/makefile.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const sensor = [fixture("makefile", "Makefile")];
const rule = (text: string) => summary(tree({ Makefile: text }));

describe("a Makefile", () => {
  it("tells every place where something is taken from upstream, on the line to edit", () => {
    expect(summary(sensor)).toEqual([
      "6 github/example/probe v1.9.2",
      "8 golang/sigs.k8s.io/controller-tools/cmd/controller-gen v0.19.0",
      "9 github/example/rules main floating",
      "10 github/example/fq floating",
      "12 golang/golang.org/x/tools/gopls v0.20.0",
      "24 github/example/mock v1.6.0",
      "25 pypi/flake8 7.2.0",
      "27 github/example/blob 3.1.0",
      "28 github/example/lint HEAD floating",
      "34 docker/example/checker 3.4",
    ]);
  });

  it("edits the variable, without the comment behind it", () => {
    expect(covered(sensor, pinNamed(sensor, "PROBE_VERSION"))).toEqual(["version v1.9.2 → v{version}"]);
  });

  it("reports a variable that nothing sets, and never takes it for a version", () => {
    expect(discover(sensor).problems.map(({ message }) => message)).toEqual([expect.stringContaining("LEFTOVER")]);
  });

  it("takes variables from a Makefile that it includes, and hands them to the Dockerfile that it builds", () => {
    const files = tree({
      Makefile: "include build/versions.mk\nimage:\n\tdocker build --build-arg TAG=$(BASE_TAG) -t own docker\n",
      "build/versions.mk": "BASE_TAG = 3.22\n",
      "docker/Dockerfile": "ARG TAG=3.20\nFROM alpine:$TAG\n",
    });
    expect(discover(files).pins.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([
      "build/versions.mk:1 3.22",
      "docker/Dockerfile:1 3.20",
    ]);
  });

  it.each([
    ["X_VERSION = v1.2.3\nX_SITE = $(call github,o,r,$(X_VERSION))", ["1 github/o/r v1.2.3"]],
    ["X_VERSION = 1.2.3\nX_SITE = $(call gitlab,o,r,v$(X_VERSION))", ["1 gitlab/o/r 1.2.3"]],
    [
      "X_VERSION = 1.2.3\nX_SITE = https://example.org/o/r.git\nX_SITE_METHOD = git",
      ["1 generic/example.org/o/r 1.2.3"],
    ],
    ["X_VERSION = 1.2.3\nX_SITE = https://github.com/o/r/releases/download/r-$(X_VERSION)", ["1 github/o/r 1.2.3"]],
    ["X_SITE = https://github.com/o/r/releases/download/v", []],
  ])("reads a package of Buildroot: %j", (text, expected) => {
    expect(rule(text)).toEqual(expected);
  });

  it("leaves a package of Buildroot to its hashes where those stand beside it", () => {
    const package_ = "TOOL_VERSION = 1.2.3\nTOOL_SITE = https://github.com/o/tool/archive/v$(TOOL_VERSION).tar.gz\n";
    const files = tree({
      "package/tool/tool.mk": package_,
      "package/tool/tool.hash": `sha256  ${"5e".repeat(32)}  tool-1.2.3.tar.gz\n`,
      "package/other/other.mk": package_,
    });
    expect(discover(files).pins.map(({ path, lockedBy }) => [path, lockedBy])).toEqual([
      ["package/other/other.mk", undefined],
      ["package/tool/tool.mk", "package/tool/tool.hash"],
    ]);
  });

  it("gives its arguments to each of the Dockerfiles that a pattern can mean", () => {
    const recipe = '\tdocker build "./images/$(notdir $@)" --build-arg TOOL_VERSION="$(TOOL_VERSION)"\n';
    const download = "RUN curl -O https://github.com/o/tool/archive/v${TOOL_VERSION}.zip\n";
    const files = tree({
      Makefile: `build/%: TOOL_VERSION?=1.3\nbuild/%: ## build one\n${recipe}`,
      "images/a/Dockerfile": `FROM alpine:3.22\nARG TOOL_VERSION=1.2\n${download}`,
      "other/a/Dockerfile": `FROM alpine:3.22\nARG TOOL_VERSION=1.1\n${download}`,
    });
    const found = discover(files).pins.filter(({ upstream }) => upstream === "pkg:github/o/tool");
    expect(found.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([
      "Makefile:1 1.3",
      "images/a/Dockerfile:2 1.2",
      "other/a/Dockerfile:2 1.1",
    ]);
  });

  it.each([
    ["V := 1.2\na:\n\tcurl https://github.com/o/r/archive/v$(V).zip", ["1 github/o/r 1.2"]],
    ["V := 1.2\na:\n\tcurl https://github.com/o/r/archive/v${V}.zip", ["1 github/o/r 1.2"]],
    ["V ::= 1.2\r\na:\r\n\tcurl https://github.com/o/r/archive/v${V}.zip\r\n", ["1 github/o/r 1.2"]],
    ["a:\n\tcurl https://github.com/o/r/archive/v$(NOTHING).zip", []],
    ["a:\n\tcurl https://github.com/o/r/archive/$(subst a,b,v1).zip", []],
    ["a:\n\tcurl https://github.com/o/r/archive/$@.zip $$1", []],
    ["A := \\\n https://github.com/o/r/archive/v1.zip", ["2 github/o/r v1"]],
    ["# curl https://github.com/o/r/archive/v1.zip", []],
  ])("reads %j", (text, expected) => {
    expect(rule(text)).toEqual(expected);
  });

  it.each([
    ["Makefile", true],
    ["src/GNUmakefile", true],
    ["Makefile.common", true],
    ["build/versions.mk", true],
    ["deploy/certificates.makefile", true],
    ["docs/makefile-notes.md", false],
    ["CMakeLists.txt", false],
  ])("is known by its name: %s %s", (path, expected) => {
    expect(makefile.matches(path)).toBe(expected);
  });
});

it("takes an own image whose tag is made while it runs for no riddle", () => {
  const text = "a:\n\tdocker build -t o/n:$(BUILD) .\n\tdocker run --rm o/n:$(BUILD)\n\tdocker run --rm p/q:$(BUILD)\n";
  expect(discover(tree({ Makefile: text })).problems).toMatchObject([{ line: 4 }]);
});
