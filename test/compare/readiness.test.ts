import { describe, expect, it } from "vitest";
import { missingParts, neededFiles } from "../../src/compare/readiness.ts";
import type { Asset, Release } from "../../src/domain/release.ts";
import { aComponent, aPin, aRelease } from "../support/build.ts";

const files = (...names: string[]): Asset[] => names.map((name) => ({ name }));
const component = (...names: string[]) => aComponent({ pins: [aPin({ files: names })] });
const target = (given: Partial<Release>) => aRelease({ version: "1.3.0", tag: "v1.3.0", ...given });

describe("the files that pins download", () => {
  const archive = "tool_{version}_linux_amd64.tar.gz";
  it.each<[string, string[], string[], string[]]>([
    ["are there", [archive], ["tool_1.3.0_linux_amd64.tar.gz"], []],
    ["are not there yet", [archive], [], ["the file tool_1.3.0_linux_amd64.tar.gz"]],
    [
      "are there in part",
      [archive, `${archive}.sha256`],
      ["tool_1.3.0_linux_amd64.tar.gz", "tool_1.3.0_darwin.tar.gz"],
      ["the file tool_1.3.0_linux_amd64.tar.gz.sha256 (2 others are there)"],
    ],
    ["are there for some architecture", ["tool-${TARGETARCH}-{version}.tgz"], ["tool-arm64-1.3.0.tgz"], []],
    [
      "are of another version",
      [archive],
      ["tool_1.2.0_linux_amd64.tar.gz"],
      ["the file tool_1.3.0_linux_amd64.tar.gz (1 other is there)"],
    ],
    ["have no version in their names", ["tool-linux"], ["tool-linux"], []],
    ["are not named by their like", ["tool.linux"], ["toolxlinux"], ["the file tool.linux (1 other is there)"]],
    ["are none", [], [], []],
  ])("%s", (_, names, there, missing) => {
    const parts = missingParts({
      component: component(...names),
      to: target({ assets: files(...there) }),
      current: [],
    });
    expect(parts).toEqual({ missing, unknown: [] });
  });

  it("are asked for once, whatever the number of places", () => {
    const pins = [aPin({ files: ["a-{version}"] }), aPin({ line: 9, files: ["a-{version}", "b"] })];
    expect(neededFiles({ component: aComponent({ pins }), to: target({}) })).toEqual(["a-1.3.0", "b"]);
  });
});

describe("the kinds of files of a Python package", () => {
  const upstream = "pkg:pypi/tool";
  const pins = [aPin({ upstream, scheme: "pep440" })];
  it.each<[string, string[], string[], number]>([
    ["a wheel where there was one", ["tool-1.0.whl", "tool-1.0.tar.gz"], ["tool-1.3.tar.gz"], 1],
    ["nothing when the wheel is there", ["tool-1.0.whl"], ["tool-1.3.whl"], 0],
    ["nothing where there never was a wheel", ["tool-1.0.tar.gz"], ["tool-1.3.tar.gz"], 0],
    ["no source archive beside a wheel", ["tool-1.0.whl", "tool-1.0.tar.gz"], ["tool-1.3.whl"], 0],
    ["nothing where the index lists no files", ["tool-1.0.whl"], [], 0],
  ])("lack %s", (_, today, there, missing) => {
    const current = [aRelease({ upstream, assets: files(...today) })];
    const to = target({ upstream, assets: files(...there) });
    expect(missingParts({ component: aComponent({ pins }), to, current }).missing).toHaveLength(missing);
  });
});

describe("the platforms of an image", () => {
  const upstream = "pkg:docker/library/tool";
  const pins = [aPin({ upstream, scheme: "docker-tag", text: "1.0" })];
  const image = (...platforms: string[]) => ({
    index: "sha256:0",
    ...Object.fromEntries(platforms.map((platform) => [platform, `sha256:${platform}`])),
  });
  it.each<[string, string[], string[], string[], number]>([
    ["all there", ["linux/amd64"], ["linux/amd64", "linux/arm64"], [], 0],
    ["one not there yet", ["linux/amd64", "linux/arm64"], ["linux/amd64"], ["the platform linux/arm64"], 0],
    ["not known of the target", ["linux/amd64"], [], [], 1],
    ["not known of today's", [], ["linux/amd64"], [], 0],
  ])("%s", (_, today, there, missing, unknown) => {
    const current = [aRelease({ upstream, digests: image(...today) })];
    const to = target({ upstream, digests: image(...there) });
    const parts = missingParts({ component: aComponent({ pins }), to, current });
    expect(parts.missing).toEqual(missing);
    expect(parts.unknown).toHaveLength(unknown);
  });
});
