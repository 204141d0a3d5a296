import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { fixture, summary } from "../support.ts";

const files = [fixture("gitlab-ci", ".gitlab-ci.yml")];

describe("a GitLab pipeline", () => {
  it("tells its includes, images, services and what its scripts install", () => {
    expect(summary(files)).toEqual([
      "4 gitlab/example/pipelines v2.3.0",
      "7 gitlab/example/moving main floating",
      "11 github/example/ci v1.1.0",
      "12 gitlab/example/components 3.1.4",
      "16 docker/library/ruby 3.4.7",
      "19 docker/library/golang 1.25.3",
      "21 github/example/tool 0.9.0",
      "27 docker/library/docker 28.5.1-dind",
      "28 docker/library/postgres 17.2",
      "34 pypi/build 1.3.0",
      "38 docker/gcr.io/kaniko-project/executor v1.24.0-debug",
      "46 docker/library/alpine 3.22",
    ]);
  });

  it("says which commit to write where it includes a tag or a branch of another project", () => {
    const text = ["v2.3.0", "main", "0123456789abcdef0123456789abcdef01234567"]
      .map((ref) => `  - project: example/pipelines\n    ref: ${ref}\n    file: /a.yml\n`)
      .join("");
    const { pins } = discover([{ path: ".gitlab-ci.yml", text: `include:\n${text}` }]);
    expect(pins.map(({ pinByHand }) => pinByHand)).toEqual([
      "write {commit} instead of v2.3.0, and v2.3.0 in a comment beside it",
      "write {commit} instead of main, and main in a comment beside it",
      undefined,
    ]);
  });

  it("is silent about the project's own registry and about references to other jobs", () => {
    expect(discover(files).problems).toEqual([]);
  });

  it("gives its variables to the files that it includes, and knows the project's own images there", () => {
    const included = "a:\n  image: $BASE\nb:\n  image: $OURS\n";
    const root =
      "variables:\n  BASE: alpine:3.22\n  OURS: $CI_REGISTRY_IMAGE/base:1\ninclude:\n  - local: .gitlab/ci/a.yml\n";
    const tree = [
      { path: ".gitlab-ci.yml", text: root },
      { path: ".gitlab/ci/a.yml", text: included },
    ];
    const { pins, problems } = discover(tree);
    expect(pins.map(({ path, line, text }) => [path, line, text])).toEqual([[".gitlab-ci.yml", 2, "3.22"]]);
    expect(problems).toEqual([]);
  });

  it("reads addresses among its variables, and knows what its scripts build as the project's own", () => {
    const text = [
      "variables:",
      "  PROBE_URL: https://github.com/example/probe/releases/download/v1.9.2/probe.tar.gz",
      "build:",
      "  script: docker build -t example/app:$CI_COMMIT_SHA .",
      "test:",
      "  image: example/app:latest",
    ].join("\n");
    expect(summary([{ path: ".gitlab-ci.yml", text }])).toEqual([
      "2 github/example/probe v1.9.2",
      "6 docker/example/app latest floating own",
    ]);
  });

  it("knows the tag of a project whose refs begin with v", () => {
    expect(discover(files).pins[0]).toMatchObject({ version: "2.3.0", tagTemplate: "v{version}" });
  });
});
