import { expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { fixture, summary, tree } from "../support.ts";

const circle = `version: 2.1
orbs:
  node: circleci/node@7.1.0
  slack: circleci/slack@5
executors:
  default:
    docker:
      - image: cimg/base:2025.09
  vm:
    machine:
      image: ubuntu-2404:2025.09.1
jobs:
  build:
    docker:
      - image: << parameters.image >>
    steps:
      - run: go install example.org/tools/lint@v1.2.3
      - run:
          name: pip
          command: pip install tox==4.30.2
`;

it.each([
  [
    "Azure",
    fixture("ci-pipeline", "azure-pipelines.yml"),
    [
      "6 github/example/templates v1.8.0",
      "12 docker/mcr.microsoft.com/devcontainers/base 1.2.3",
      "27 pypi/ruff 0.14.1",
      "28 github/example/tool v0.4.0",
      "31 docker/library/python 3.14-slim",
    ],
  ],
  [
    "CircleCI",
    { path: ".circleci/config.yml", text: circle },
    [
      "3 generic/circleci/circleci/node 7.1.0",
      "4 generic/circleci/circleci/slack 5",
      "8 docker/cimg/base 2025.09",
      "17 golang/example.org/tools/lint v1.2.3",
      "20 pypi/tox 4.30.2",
    ],
  ],
  [
    "Drone",
    fixture("ci-pipeline", ".drone.yml"),
    [
      "5 docker/library/golang 1.25.3",
      "7 golang/example.org/tools/lint v1.2.3",
      "10 docker/library/redis 8.2",
      "16 docker/plugins/docker floating",
    ],
  ],
  ["Travis", fixture("ci-pipeline", ".travis.yml"), ["3 pypi/flake8 7.3.0"]],
])("reads a pipeline of %s", (_, file, expected) => {
  expect(summary([file])).toEqual(expected);
  expect(discover([file]).problems).toEqual([]);
});

it("survives a pipeline whose aliases lead back to itself", () => {
  const text = "a: &a\n  image: busybox:1.37\n  b: *a\nc: *a\n";
  expect(summary(tree({ ".woodpecker.yml": text }))).toEqual(["2 docker/library/busybox 1.37"]);
});
