import { describe, expect, it } from "vitest";
import { jenkinsfile } from "../../../src/discover/formats/jenkinsfile.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const pipeline = [fixture("jenkinsfile", "Jenkinsfile")];

describe("a Jenkins pipeline", () => {
  it("tells what its steps take from upstream, and the images they run in", () => {
    expect(summary(pipeline)).toEqual([
      "2 docker/library/maven 3.9.9-eclipse-temurin-21",
      "4 github/example/probe 1.9.2",
      "14 docker/ghcr.io/example/checker 2.1",
      "16 pypi/flake8 7.2.0",
      "19 docker/quay.io/example/inspect v1",
      "21 docker/library/node 24.1.0",
    ]);
  });

  it("edits the variable of the environment", () => {
    expect(covered(pipeline, pinNamed(pipeline, "PROBE_VERSION"))).toEqual(["version 1.9.2 → {version}"]);
  });

  it("takes a text that is never closed for none", () => {
    expect(summary(tree({ Jenkinsfile: "sh '''pip install flake8==7.2.0" }))).toEqual([]);
  });

  it.each([
    ["Jenkinsfile", true],
    ["ci/Jenkinsfile.release", true],
    ["ci/release.jenkinsfile", true],
    ["docs/Jenkinsfile.md", false],
  ])("is known by its name: %s %s", (path, expected) => {
    expect(jenkinsfile.matches(path)).toBe(expected);
  });
});
