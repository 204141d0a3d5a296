import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const workflow = [fixture("github-actions", "ci.yml", ".github/workflows/ci.yml")];
const step = (uses: string) => tree({ "action.yml": `runs:\n  using: composite\n  steps:\n    - uses: ${uses}\n` });

describe("a workflow", () => {
  it("tells its actions, images, tools and what its scripts fetch", () => {
    expect(summary(workflow)).toEqual([
      "4 github/python/cpython 3.11",
      "8 docker/library/node 24.11-bookworm",
      "11 docker/library/postgres floating",
      "13 githubactions/actions/checkout v4",
      "14 githubactions/docker/login-action 343f7c4344506bcbf9b4de18042ae17996df046d",
      "15 githubactions/docker/setup-buildx-action f95db51fddba0c2d1ec667646a06c2ce06100226",
      "18 docker/moby/buildkit master floating",
      "19 githubactions/github/codeql-action v4.31.2",
      "20 githubactions/aquasecurity/trivy-action master floating",
      "21 githubactions/pypa/gh-action-pypi-publish release/v1 floating",
      "22 docker/ghcr.io/example/linter 1.5.0",
      "24 githubactions/actions/setup-python v6",
      "28 pypi/safety 3.6.1",
      "30 github/example/installer v0.38.0",
      "32 githubactions/example/workflows v2.3.0",
    ]);
    expect(discover(workflow).problems).toEqual([]);
  });

  it("takes the version of a commit from the comment beside it, and edits both", () => {
    const pin = pinNamed(workflow, "docker/login-action");
    expect(pin).toMatchObject({ version: "3.0.0", tagTemplate: "v{version}", digest: pin.text });
    expect(covered(workflow, pin)).toEqual([`digest ${pin.text} → {commit}`, "comment v3.0.0 → v{version}"]);
  });

  it("has no version for a commit that nothing explains", () => {
    expect(pinNamed(workflow, "docker/setup-buildx-action")).toMatchObject({ version: "", precision: "exact" });
  });

  it.each([
    ["owner/name@v1", "v1", "1", "exact"],
    ["owner/name/deep/path@1.2.3", "1.2.3", "1.2.3", "exact"],
    ["owner/name@cli-v2.0.0", "cli-v2.0.0", "2.0.0", "exact"],
    ["owner/name@main", "main", "", "branch"],
    ["owner/name@stable", "stable", "", "branch"],
    ["owner/name@releases/v2", "releases/v2", "", "branch"],
  ])("reads %s", (uses, text, version, precision) => {
    expect(discover(step(uses)).pins).toMatchObject([
      { upstream: "pkg:githubactions/owner/name", text, version, precision, line: 4 },
    ]);
  });

  it.each(["'owner/name@main'", "owner/name@main"])("can be pinned where %s only names a branch", (uses) => {
    const files = step(uses);
    const [pin] = discover(files).pins;
    expect(pin === undefined ? [] : covered(files, pin)).toEqual(["digest main → {commit}", "comment  →  # {tag}"]);
  });

  it("says when a reference is no action", () => {
    expect(discover(step("nothing-here")).problems).toHaveLength(1);
  });

  it("knows the images that it builds as the project's own", () => {
    const build =
      "jobs:\n  b:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          tags: |\n            ghcr.io/example/app:1.0\n";
    const files = tree({ ".github/workflows/b.yml": build, Dockerfile: "FROM ghcr.io/example/app:1.0\n" });
    expect(summary(files)).toContain("1 docker/ghcr.io/example/app 1.0 own");
  });
});
