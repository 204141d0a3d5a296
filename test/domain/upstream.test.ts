import { describe, expect, it } from "vitest";
import { parsePurl, toPurl, upstreamLabel } from "../../src/domain/upstream.ts";

describe("a purl", () => {
  it.each([
    ["github", "Aptible/Supercronic", {}, "pkg:github/aptible/supercronic"],
    ["pypi", "Ruamel.YAML_clib", {}, "pkg:pypi/ruamel-yaml-clib"],
    [
      "docker",
      "beats/filebeat-oss",
      { repository_url: "docker.elastic.co" },
      "pkg:docker/beats/filebeat-oss?repository_url=docker.elastic.co",
    ],
    ["npm", "@scope/name", {}, "pkg:npm/%40scope/name"],
  ])("of %s %s is spelled one way", (type, path, qualifiers, purl) => {
    expect(toPurl(type, path, qualifiers)).toBe(purl);
  });

  it("gives its parts back", () => {
    expect(parsePurl("pkg:npm/%40scope/name")).toEqual({
      type: "npm",
      namespace: "@scope",
      name: "name",
      qualifiers: {},
    });
    expect(parsePurl("not a purl")).toBeUndefined();
  });

  it.each([
    ["pkg:docker/library/debian", "debian"],
    ["pkg:docker/beats/filebeat-oss?repository_url=docker.elastic.co", "docker.elastic.co/beats/filebeat-oss"],
    ["pkg:github/aptible/supercronic", "aptible/supercronic"],
  ])("%s is called %s", (purl, label) => {
    expect(upstreamLabel(purl)).toBe(label);
  });
});
