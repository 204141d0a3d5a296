import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary } from "../support.ts";

const files = [fixture("kustomize", "kustomization.yaml")];

describe("a kustomization", () => {
  it("tells the images it replaces, the charts it inflates and the repositories it takes from", () => {
    expect(summary(files)).toEqual([
      "6 github/example/operator v0.14.1",
      "7 github/example/addons main floating",
      "8 github/example/crds v1.4.0",
      "9 github/example/policies v0.3.0",
      "13 docker/registry.example.org/web 4.2.0",
      "15 docker/library/nginx 1.29",
      `17 docker/library/redis sha256:${"3".repeat(64)}`,
      "23 helm/metrics?repository_url=https://charts.example.org/stable 3.12.2",
    ]);
  });

  it("edits a tag and a digest where they stand", () => {
    expect(covered(files, pinNamed(files, "nginx"))).toEqual(["version 1.29 → {version}"]);
    expect(covered(files, pinNamed(files, "redis"))).toEqual([`digest sha256:${"3".repeat(64)} → {digest}`]);
  });
});
