import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const hooks = [fixture("pre-commit", ".pre-commit-config.yaml")];

it("tells where hooks come from and what they are given besides", () => {
  expect(summary(hooks)).toEqual([
    "5 github/example/hooks v5.0.0",
    "9 github/example/linter 0123456789abcdef0123456789abcdef01234567",
    "13 pypi/plugin-one 1.2.0",
    "14 pypi/types-requests floating",
    "16 gitlab/example/group/checks 1.4.0",
    "20 github/example/mirrors-prettier main floating",
    "23 npm/prettier 3.4.2",
    "23 npm/%40example/prettier-plugin 0.6.9",
    "23 npm/prettier-plugin-toml floating",
    "28 github/example/command v1.5.2",
  ]);
});

it("tells the images that hooks run in", () => {
  const text = [
    "repos:",
    "  - repo: local",
    "    hooks:",
    "      - id: lint",
    "        language: docker_image",
    "        entry: --entrypoint /bin/lint ghcr.io/example/lint:v1.2.0 --fix",
    "      - id: other-docker",
    "        entry: example/other:2.0 run",
    "      - id: format",
    "        language: docker_image",
    "        entry: --net none -v /x:/x example/format:v3.5.1 -w",
    "      - id: plain",
    "        entry: run:all",
  ];
  expect(summary(tree({ ".pre-commit-config.yaml": text.join("\n") }))).toEqual([
    "6 docker/ghcr.io/example/lint v1.2.0",
    "8 docker/example/other 2.0",
    "11 docker/example/format v3.5.1",
  ]);
});

it("moves a frozen commit together with the tag in its comment", () => {
  const pin = pinNamed(hooks, "linter");
  expect(pin).toMatchObject({ version: "0.8.4", tagTemplate: "v{version}", precision: "exact" });
  expect(covered(hooks, pin)).toEqual([
    "digest 0123456789abcdef0123456789abcdef01234567 → {commit}",
    "comment v0.8.4 → v{version}",
  ]);
});
