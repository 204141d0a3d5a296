import { describe, expect, it } from "vitest";
import { upstreamPage, versionPage } from "../../src/views/upstream-page.ts";

describe("the page of an upstream", () => {
  it.each<[string, string | undefined, string | undefined]>([
    ["pkg:pypi/requests", "https://pypi.org/project/requests/", "https://pypi.org/project/requests/1.2/"],
    ["pkg:npm/vue", "https://www.npmjs.com/package/vue", "https://www.npmjs.com/package/vue/v/1.2"],
    [
      "pkg:npm/%40babel/core",
      "https://www.npmjs.com/package/@babel/core",
      "https://www.npmjs.com/package/@babel/core/v/1.2",
    ],
    ["pkg:gem/rails", "https://rubygems.org/gems/rails", "https://rubygems.org/gems/rails/versions/1.2"],
    ["pkg:cargo/serde", "https://crates.io/crates/serde", "https://crates.io/crates/serde/1.2"],
    ["pkg:golang/golang.org/x/net", "https://pkg.go.dev/golang.org/x/net", "https://pkg.go.dev/golang.org/x/net@1.2"],
    [
      "pkg:maven/org.slf4j/slf4j-api",
      "https://central.sonatype.com/artifact/org.slf4j/slf4j-api",
      "https://central.sonatype.com/artifact/org.slf4j/slf4j-api/1.2",
    ],
    ["pkg:github/zeek/zeek", "https://github.com/zeek/zeek", "https://github.com/zeek/zeek/releases/tag/1.2"],
    ["pkg:gitlab/group/sub/name", "https://gitlab.com/group/sub/name", undefined],
    ["pkg:bitbucket/owner/name", "https://bitbucket.org/owner/name", undefined],
    ["pkg:docker/library/redis", "https://hub.docker.com/_/redis", undefined],
    ["pkg:docker/grafana/loki", "https://hub.docker.com/r/grafana/loki", undefined],
  ])("of %s is where its registry shows it", (purl, page, version) => {
    expect(upstreamPage(purl)).toBe(page);
    expect(versionPage(purl, "1.2")).toBe(version);
  });

  it.each([
    "pkg:docker/beats/filebeat-oss?repository_url=docker.elastic.co",
    "pkg:npm/inner?repository_url=packages.example.internal",
    "pkg:gitlab/group/name?repository_url=git.example.org",
    "pkg:generic/get.example.sh",
    "pkg:constructor/x",
    "no purl",
  ])("of %s is not known", (purl) => {
    expect(upstreamPage(purl)).toBeUndefined();
    expect(versionPage(purl, "1.2")).toBeUndefined();
  });

  it("holds a name as nothing else than a name", () => {
    expect(upstreamPage("pkg:npm/%22%3E%3Cb%3E")).toBe("https://www.npmjs.com/package/%22%3E%3Cb%3E");
    expect(versionPage("pkg:cargo/serde", "../../x?y")).toBe("https://crates.io/crates/serde/..%2F..%2Fx%3Fy");
  });
});
