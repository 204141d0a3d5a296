import { describe, expect, it } from "vitest";
import { discover } from "../../../../src/discover/discover.ts";
import { summary, tree } from "../../support.ts";

const BUILD = `---
build_from:
  aarch64: ghcr.io/example/aarch64-base:3.22
  amd64: ghcr.io/example/amd64-base:3.22
args:
  TOOL_VERSION: 1.4.2
  PARSER_VERSION: 0.9.1
  UNUSED: "7"
`;
const DOCKERFILE = `ARG BUILD_FROM
FROM $BUILD_FROM
ARG TOOL_VERSION
ARG PARSER_VERSION
ARG BUILD_ARCH
RUN curl -L -o /tool "https://github.com/example/tool/releases/download/v\${TOOL_VERSION}/tool_\${BUILD_ARCH}" \\
    && pip3 install "example-parser==\${PARSER_VERSION}"
`;

describe("what tells Home Assistant's builder about the Dockerfile beside it", () => {
  const files = tree({ "app/build.yaml": BUILD, "app/Dockerfile": DOCKERFILE, "other/Dockerfile": DOCKERFILE });

  it("is where base images and versions are moved", () => {
    const { pins, problems } = discover(files);
    expect(pins.map(({ path, line, upstream, text }) => `${path}:${line} ${upstream} ${text}`)).toEqual([
      "app/build.yaml:3 pkg:docker/example/aarch64-base?repository_url=ghcr.io 3.22",
      "app/build.yaml:4 pkg:docker/example/amd64-base?repository_url=ghcr.io 3.22",
      "app/build.yaml:6 pkg:github/example/tool 1.4.2",
      "app/build.yaml:7 pkg:pypi/example-parser 0.9.1",
    ]);
    expect(problems.map(({ path }) => path)).not.toContain("app/Dockerfile");
  });

  it.each([
    ["one base image for all", "build_from: alpine:3.22\n", ["1 docker/library/alpine 3.22"]],
    ["no base image", "args:\n  TOOL_VERSION: 1.4.2\n", []],
    ["something else of that name", "steps:\n  - image: alpine:3.22\n", ["2 docker/library/alpine 3.22"]],
  ])("reads %s", (_, text, expected) => {
    expect(summary(tree({ "app/build.yaml": text }))).toEqual(expected);
  });
});
