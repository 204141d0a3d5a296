import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { rewrite } from "../../../src/lib/rewrite.ts";
import { tree } from "../support.ts";

const RELEASES = "https://github.com/example/probe/releases/download";
const ARCHIVES = "https://github.com/example/probe/archive/refs/tags";

/** The file after its first pin of the project moved to 2.10.0. */
function moved(path: string, text: string, upstream = "pkg:github/example/probe"): string {
  const files = tree({ [path]: text });
  const pins = discover(files).pins.filter((pin) => pin.upstream === upstream);
  const target = { version: "2.10.0", tag: "v2.10.0", checksums: [] };
  const rewritten = rewrite({ files, pins, target, discover });
  if (isFailure(rewritten)) throw rewritten;
  return rewritten.changes[0]?.text ?? text;
}

describe("names of a download in the commands around it", () => {
  it.each([
    ["the archive", `wget ${RELEASES}/v1.9.2/probe-1.9.2.tgz && tar xf probe-1.9.2.tgz`],
    ["the archive under its tag's name", `wget ${ARCHIVES}/v1.9.2.zip && unzip v1.9.2.zip && rm v1.9.2.zip`],
    ["the folder that forges name after the project", `curl -L ${ARCHIVES}/v1.9.2.tar.gz | tar xz && cd probe-1.9.2`],
    ["a file in that folder", `wget ${RELEASES}/v1.9.2/probe-1.9.2.tgz && cp "/tmp/probe-1.9.2/bin/probe" /usr/bin`],
    ["what stands in front of the address", `curl -o /tmp/probe_1.9.2.deb ${RELEASES}/v1.9.2/probe_1.9.2.deb`],
    [
      "a name with an open architecture",
      `wget ${RELEASES}/v1.9.2/probe-v1.9.2-$ARCH.zip && unzip probe-v1.9.2-\${ARCH}.zip`,
    ],
    [
      "the name beside a checksum that is not ours",
      `wget ${RELEASES}/v1.9.2/probe-1.9.2.tgz && grep " probe-1.9.2.tgz" SUMS`,
    ],
  ])("move with it: %s", (_, command) => {
    expect(moved("Dockerfile", `FROM scratch\nRUN ${command}\n`)).toBe(
      `FROM scratch\nRUN ${command.replaceAll("1.9.2", "2.10.0")}\n`,
    );
  });

  it("move in a script, over several lines, in the spelling that they have", () => {
    const script = (version: string, plain: string) =>
      `#!/bin/sh\nwget ${RELEASES}/v${version}/probe_${plain}.tar.gz\ntar xf probe_${plain}.tar.gz\ncd probe-${version}\n`;
    expect(moved("install.sh", script("1.9.2", "192"))).toBe(script("2.10.0", "2100"));
  });

  it.each([
    ["another thing of the same version", "cd other-1.9.2"],
    ["a version alone", "echo 1.9.2"],
    ["a longer version", "cd probe-1.9.2.1"],
    ["an address that is followed by itself", "curl https://example.org/probe-1.9.2.txt"],
    ["an image of that version", "docker pull example/probe-1.9.2:1.9.2"],
    ["another version", "cd probe-1.8.0"],
  ])("leave %s alone", (_, command) => {
    const download = `wget ${RELEASES}/v1.9.2/probe-1.9.2.tgz`;
    const text = moved("install.sh", `${download}\n${command}\n`);
    expect(text).toBe(`${download.replaceAll("1.9.2", "2.10.0")}\n${command}\n`);
  });

  it("leave a list that is no script alone", () => {
    const text = `probe_url: ${RELEASES}/v1.9.2/probe-1.9.2.tgz\nprobe_folder: probe-1.9.2\n`;
    expect(moved("roles/probe/defaults/main.yml", text)).toContain("probe_folder: probe-1.9.2");
  });
});

describe("the name of an image that a script says again", () => {
  const upstream = "pkg:docker/library/probe";

  it("moves with it", () => {
    const script = (tag: string) =>
      `docker pull probe:${tag} || exit 1\nif made=$(docker inspect probe:${tag} --format='{{.Created}}'); then\n  docker rmi "probe:${tag}"\nfi\n`;
    expect(moved("audit.sh", script("1.9.2"), upstream)).toBe(script("2.10.0"));
  });

  it.each([
    ["another tag", "docker inspect probe:1.9.2-slim"],
    ["another image", "docker inspect example/probe:1.9.2"],
    ["a part of a longer word", "echo built-probe:1.9.2"],
  ])("leaves %s alone", (_, command) => {
    const text = moved("audit.sh", `docker pull probe:1.9.2\n${command}\n`, upstream);
    expect(text).toBe(`docker pull probe:2.10.0\n${command}\n`);
  });
});
