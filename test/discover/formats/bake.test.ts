import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { fixture, tree } from "../support.ts";

const download = (name: string) =>
  `ARG ${name}_VERSION\nRUN curl -O https://github.com/example/${name.toLowerCase()}/releases/download/v\${${name}_VERSION}/x.tgz\n`;
const files = [
  fixture("bake", "docker-bake.hcl"),
  ...tree({
    "images/app/app.Dockerfile": `FROM base\n${download("PARSER")}${download("TOOL")}`,
    "compose.yml": "services:\n  app:\n    image: ghcr.io/example/app:latest\n",
  }),
];

describe("a bake file", () => {
  const { pins, problems } = discover(files);

  it("gives its arguments to the Dockerfiles, those of the targets that others inherit from, too", () => {
    const found = pins.filter(({ upstream }) => /parser|tool$/.test(upstream));
    expect(found.map(({ path, line, upstream, version }) => [path, line, upstream, version])).toEqual([
      ["docker-bake.hcl", 3, "pkg:github/example/tool", "1.9.2"],
      ["docker-bake.hcl", 16, "pkg:github/example/parser", "0.12.3"],
      ["docker-bake.hcl", 34, "pkg:github/example/parser", "0.11.0"],
    ]);
    expect(problems).toEqual([]);
  });

  it("takes images and repositories as contexts", () => {
    const found = pins.filter(({ upstream }) => /alpine|elsewhere/.test(upstream));
    expect(found.map(({ line, upstream, text }) => [line, upstream, text])).toEqual([
      [27, "pkg:docker/library/alpine", "3.22"],
      [40, "pkg:github/example/elsewhere", "v2.1.0"],
    ]);
  });

  it("makes what it tags the project's own", () => {
    expect(pins.find(({ path }) => path === "compose.yml")).toMatchObject({ own: true });
  });
});
