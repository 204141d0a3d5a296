import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { bake as format } from "../../../src/discover/formats/bake.ts";
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

describe("a bake file with a matrix", () => {
  const bake = `variable "httpd-version" {
    default = "2.4.68"
}
variable "probe-version" {
    default = "3.0.16"
}
target "base" {
    context = "."
    args = {
        PROBE_VERSION = "\${probe-version}"
        FLAGS = probe-flags
    }
}
target "all" {
    matrix = {
        kind = [
            { name = "debian", dockerfile = "web/Dockerfile", image = "docker-image://httpd:\${httpd-version}" },
            { name = "alpine", dockerfile = "web/Dockerfile-alpine", image = "docker-image://httpd:\${httpd-version}-alpine" }
        ]
    }
    inherits = ["base"]
    contexts = {
        image = kind.image
    }
    dockerfile = kind.dockerfile
}
`;
  const web =
    'FROM image AS build\nARG PROBE_VERSION="n/a"\nRUN git clone -b v$PROBE_VERSION https://github.com/o/probe\nFROM image\n';

  it("builds each Dockerfile that its matrix names, in which the names of contexts are no images", () => {
    const files = tree({ "docker-bake.hcl": bake, "web/Dockerfile": web, "web/Dockerfile-alpine": web });
    const { pins, problems } = discover(files);
    expect(pins.map(({ path, line, upstream, text }) => `${path}:${line} ${upstream} ${text}`)).toEqual([
      "docker-bake.hcl:2 pkg:docker/library/httpd 2.4.68",
      "docker-bake.hcl:5 pkg:github/o/probe 3.0.16",
    ]);
    expect(problems).toEqual([]);
  });
});

describe("a bake file that repeats itself", () => {
  it("has its values repeated within bounds, by however many targets they are inherited", () => {
    const values = Array.from({ length: 3_000 }, (_, index) => `    A${index} = "1"`).join("\n");
    const files = Array.from({ length: 3_000 }, (_, index) => `    { dockerfile = "d${index}" },`).join("\n");
    const heirs = Array.from({ length: 500 }, (_, index) => `target "t${index}" {\n  inherits = ["base", "all"]\n}`);
    const base = `target "base" {\n  args = {\n${values}\n  }\n}\ntarget "all" {\n  matrix = {\n    item = [\n${files}\n    ]\n  }\n}\n`;
    const { inclusions } = format.read(`${base}${heirs.join("\n")}\n`, "docker-bake.hcl");
    expect(inclusions.length).toBeLessThan(502 * 201);
    expect(Math.max(...inclusions.map(({ variables }) => variables.length))).toBeLessThan(201);
  });

  it("has variables on a line each, that begin where the one before ends", () => {
    const text = `variable "A" { default = "1.2.3" }\nvariable "B" { default = "2.0.0" }\ntarget "app" {\n  args = { TOOL_VERSION = "\${B}" }\n}\n`;
    const { pins } = discover(tree({ "docker-bake.hcl": text, Dockerfile: `FROM scratch\n${download("TOOL")}` }));
    expect(pins.map(({ path, line, version }) => [path, line, version])).toEqual([["docker-bake.hcl", 2, "2.0.0"]]);
  });
});

describe("a bake file of any name", () => {
  it("says what the names of its targets mean in a Dockerfile, with or without quotes", () => {
    const files = tree({
      "docker/board/board.hcl":
        'target base {\n  dockerfile = "docker/main/Dockerfile"\n}\n\ntarget "board" {\n  dockerfile = "docker/board/Dockerfile"\n  contexts = {\n    base = "target:base"\n  }\n}\n',
      "docker/board/Dockerfile": "FROM base AS made\nFROM other:1\n",
    });
    expect(discover(files).pins.map(({ upstream }) => upstream)).toEqual(["pkg:docker/library/other"]);
  });
});
