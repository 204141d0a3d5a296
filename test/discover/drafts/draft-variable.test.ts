import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { summary, tree } from "../support.ts";

describe("a variable whose upstream a comment names", () => {
  const dockerfile = (comment: string, use: string) =>
    tree({ Dockerfile: `FROM scratch\n# renovate: ${comment}\nARG PROBE_VERSION=3.8.1\nRUN ${use}\n` });

  it.each([
    ["nothing uses it", "true"],
    ["a package is installed in that version", "pecl install probe-$PROBE_VERSION"],
    ["two things take that version", "pip install probe==$PROBE_VERSION && gem install probe -v $PROBE_VERSION"],
    ["an archive is fetched", "curl -O https://example.org/probe-$PROBE_VERSION.tar.gz"],
  ])("is one pin where %s", (_, use) => {
    const { pins } = discover(dockerfile("datasource=github-tags depName=example/probe", use));
    expect(pins).toMatchObject([{ upstream: "pkg:github/example/probe", version: "3.8.1", line: 3 }]);
    expect(pins).toHaveLength(1);
  });

  it("is compared as what the comment names is", () => {
    const { pins } = discover(
      dockerfile("datasource=docker depName=example/probe", "curl -O https://example.org/probe-$PROBE_VERSION.tar.gz"),
    );
    expect(pins).toMatchObject([{ upstream: "pkg:docker/example/probe", scheme: "docker-tag" }]);
  });

  it.each([
    ["latest", ["2 docker/example/probe latest floating"]],
    ["main", ["2 docker/example/probe main floating"]],
    ["true", []],
  ])("may be %s", (value, expected) => {
    const text = `# renovate: datasource=docker depName=example/probe\nprobe_version: ${value}\n`;
    expect(summary(tree({ "roles/probe/defaults/main.yml": text }))).toEqual(expected);
  });

  it("is read as an address where it is one", () => {
    const text =
      "[env:board]\nlib_deps =\n  # renovate: datasource=github-tags depName=example/probe\n  https://github.com/example/probe/archive/refs/tags/v2.0.zip\n";
    expect(summary(tree({ "platformio.ini": text }))).toEqual(["4 github/example/probe v2.0"]);
  });
});
