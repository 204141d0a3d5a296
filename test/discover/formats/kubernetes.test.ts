import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const objects = [fixture("kubernetes", "deployment.yaml")];

describe("a Kubernetes manifest", () => {
  it("tells the images of its containers, of custom resources, and what controllers install", () => {
    expect(summary(objects)).toEqual([
      "16 docker/library/busybox floating",
      "19 docker/registry.example.org/shop/web 4.2.0",
      "24 docker/library/nginx 1.29.3-alpine",
      "28 docker/quay.io/example/model 2.1.0",
      "42 docker/ghcr.io/example/backup v1.8.2",
      "54 docker/ghcr.io/example/postgres 17.2",
      "57 docker/ghcr.io/example/agent 0.9.1",
      "75 helm/metrics?repository_url=https://charts.example.org/stable 3.12.2",
      "77 github/example/infra v2.0.1",
      "79 github/example/live HEAD floating",
      "93 helm/ingress?repository_url=https://charts.example.org/stable 4.11.x",
      "100 docker/registry.example.org/ingress/controller v1.12.0",
      "108 docker/ghcr.io/example/manifests/podinfo 6.7.1",
    ]);
    expect(discover(objects).problems).toEqual([]);
  });

  it("moves a digest with the tag it stands beside, in one text or in two", () => {
    const digits = (digit: string) => `sha256:${digit.repeat(64)}`;
    expect(covered(objects, pinNamed(objects, "nginx"))).toEqual([
      "version 1.29.3-alpine → {version}",
      `digest ${digits("1")} → {digest}`,
    ]);
    expect(covered(objects, pinNamed(objects, "registry.example.org/ingress/controller"))).toEqual([
      "version v1.12.0 → {version}",
      `digest ${digits("2")} → {digest}`,
    ]);
  });

  it("names a chart whose repository another file describes, but not one of a repository of files", () => {
    const release = (kind: string) =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  chart:\n    spec:\n      chart: web\n      version: 1.2.3\n      sourceRef: { kind: ${kind}, name: elsewhere }\n`;
    expect(summary(tree({ "a.yaml": release("HelmRepository") }))).toEqual(["7 helm/web 1.2.3"]);
    expect(summary(tree({ "a.yaml": release("GitRepository") }))).toEqual([]);
  });

  it("reads what a template writes without holes", () => {
    const text = [
      "{{- if .Values.enabled }}",
      "apiVersion: v1",
      "kind: Pod",
      "spec:",
      "  containers:",
      "    - image: {{ .Values.image }}",
      '    - image: "busybox:1.37.0" # waits',
      '    - image: "{{ .Values.registry }}/web:1.0.0"',
      "{{- end }}",
      "",
    ].join("\n");
    expect(summary(tree({ "chart/templates/pod.yaml": text }))).toEqual(["7 docker/library/busybox 1.37.0"]);
  });

  it("reads what is YAML although it has templates, and leaves out what those fill in", () => {
    const text = [
      "apiVersion: helm.toolkit.fluxcd.io/v2",
      "kind: HelmRelease",
      "spec:",
      "  values:",
      "    host: '{{ .Release.Name }}.example.org'",
      "    image:",
      "      repository: ghcr.io/example/app",
      `      tag: v1.4.0@sha256:${"5e".repeat(32)}`,
      "    other:",
      '      image: "{{ .Values.registry }}/web:1.0.0"',
      "",
    ].join("\n");
    const { pins, problems } = discover(tree({ "apps/app/helmrelease.yaml": text }));
    expect(pins).toMatchObject([{ line: 8, text: "v1.4.0", digest: `sha256:${"5e".repeat(32)}` }]);
    expect(pins).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it.each([
    ["YAML without a kind", "name: nginx:1.29\nimage: header.png\nlogo_image: a/b.svg\ndisk_image: debian\n"],
    ["an API description", "apiVersion: v1\nkind: ConfigMap\ndata:\n  image: nginx:1.29\n"],
    ["a picture", "apiVersion: x/v1\nkind: Page\nspec:\n  image: header.png\n"],
    ["an address", "apiVersion: x/v1\nkind: Page\nspec:\n  image: https://example.org/a:1\n"],
  ])("is silent about %s", (_, text) => {
    expect(discover(tree({ "deploy/thing.yaml": text }))).toEqual({ pins: [], problems: [] });
  });

  it("is not needed where an application's own settings name an image with its tag", () => {
    const text =
      "docker:\n  host_image: busybox:latest # the sandbox\n  builders:\n    - image: 'ghcr.io/example/build:v1.29'\n";
    expect(summary(tree({ "dist/config.yaml": text }))).toEqual([
      "2 docker/library/busybox latest floating",
      "4 docker/ghcr.io/example/build v1.29",
    ]);
  });
});
