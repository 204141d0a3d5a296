import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

describe("a Helm chart", () => {
  const chart = [fixture("helm", "Chart.yaml")];

  it("tells its dependencies, but not its own version, and nothing that has no repository", () => {
    expect(summary(chart)).toEqual([
      "7 helm/redis?repository_url=https://charts.example.org/stable 20.6.1",
      "10 helm/postgresql?repository_url=oci://registry.example.org/charts ~16.4.0",
      "19 helm/aliased 2.0.0",
    ]);
    expect(discover(chart).pins.map(({ precision }) => precision)).toEqual(["exact", "range", "exact"]);
  });

  it("is governed by its lock file where there is one", () => {
    const locked = discover([...chart, ...tree({ "Chart.lock": "" })]).pins;
    expect(locked.map(({ lockedBy }) => lockedBy)).toEqual(["Chart.lock", "Chart.lock", "Chart.lock"]);
  });
});

describe("values of a chart", () => {
  const values = [fixture("helm", "values.yaml")];

  it("tell images in one text or in parts, but not those whose version stands elsewhere", () => {
    expect(summary(values)).toEqual([
      "10 docker/quay.io/example/exporter v0.17.0",
      "13 docker/registry.example.org/tools/sidecar 2.3.1",
      "20 docker/example/pinned 1.2.3",
      "24 docker/library/busybox latest floating",
      "27 docker/library/alpine 3.22",
      "28 docker/example/wait 1.0.0",
    ]);
  });

  it("are edited at the tag and at the digest", () => {
    expect(covered(values, pinNamed(values, "example/pinned"))).toEqual([
      "version 1.2.3 → {version}",
      `digest sha256:${"4".repeat(64)} → {digest}`,
    ]);
    expect(covered(values, pinNamed(values, "busybox"))).toEqual([]);
  });
});

it("takes a bare name for an image where a container is written out", () => {
  const text =
    "initContainers:\n  image: busybox\nweb:\n  image: web\nextraContainers:\n  - name: a\n    image: redis\n";
  expect(summary(tree({ "values.yaml": text }))).toEqual([
    "2 docker/library/busybox floating",
    "7 docker/library/redis floating",
  ]);
});

it("tells the releases of a helmfile whose repositories it names", () => {
  expect(summary([fixture("helm", "helmfile.yaml")])).toEqual([
    "10 helm/redis?repository_url=https://charts.example.org/stable 20.6.1",
    "13 helm/postgresql?repository_url=oci://registry.example.org/charts 16.4.3",
    "16 helm/queue?repository_url=oci://ghcr.io/example/charts v0.4.0",
  ]);
});
