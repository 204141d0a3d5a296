import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { imageOfPurl, repositoryOfImage, sourceOfImage } from "../../../src/lib/registry/image-source.ts";
import { fakeFetcher } from "../../support/fetch.ts";
import { anyUrls } from "../../support/urls.ts";

describe("the source that an image names", () => {
  it.each([
    ["in its owner's namespace of GitHub's registry", "ghcr.io", "Example/tool", true],
    ["in somebody else's", "ghcr.io", "other/tool", false],
    ["on another registry, whoever owns the name there", "docker.io", "example/tool", false],
  ])("is verified only where nobody else can push: %s", (_, host, repository, verified) => {
    const facts = { source: "https://github.com/example/tool.git" };
    expect(sourceOfImage(facts, { host, repository })).toEqual({ owner: "example", name: "tool", verified });
  });

  it.each(["https://gitlab.com/a/b", "https://github.com.evil.example/a/b", "javascript:1", undefined])(
    "is none for %s",
    (source) => {
      const facts = source === undefined ? {} : { source };
      expect(sourceOfImage(facts, { host: "ghcr.io", repository: "a/b" })).toBeUndefined();
    },
  );
});

/** A registry of one image, which says where it comes from. */
function registryOf(source: string) {
  const body = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  const config = { digest: `sha256:${"c".repeat(64)}` };
  return {
    tags: async () => new Failure("unavailable", "not asked"),
    digest: async () => new Failure("unavailable", "not asked"),
    attached: async () => new Failure("unavailable", "not asked"),
    announce: () => undefined,
    content: async (_host: string, _repository: string, { kind }: { kind: string }) => ({
      mediaType: "application/json",
      body:
        kind === "manifests"
          ? body({ config })
          : body({ config: { Labels: { "org.opencontainers.image.source": source } } }),
    }),
  };
}

const LIBRARY =
  "Maintainers: Somebody\nGitRepo: https://github.com/docker-library/python.git\n\nTags: 3.13.1, 3.13\nDirectory: 3.13";

describe("the repository of an image", () => {
  const of = (purl: string, answer: unknown, source = "", reference: string | undefined = "1.2.0") => {
    const image = imageOfPurl(purl);
    if (image === undefined) throw new Error(purl);
    const fetcher = fakeFetcher(() => ({ body: answer }));
    return repositoryOfImage(image, reference, { fetcher, registry: registryOf(source), urls: anyUrls() });
  };
  const about = (full_description: string) => ({ name: "tool", full_description });

  it.each([
    [
      "an official one is where its recipe is",
      "pkg:docker/library/python",
      LIBRARY,
      "pkg:github/docker-library/python",
    ],
    [
      "one on Docker Hub is what its description names",
      "pkg:docker/acme/tool",
      about("See https://github.com/acme/tool."),
      "pkg:github/acme/tool",
    ],
    [
      "… of a like name, where it names several",
      "pkg:docker/acmetools/tool",
      about(
        "From https://github.com/debian/x, by https://github.com/acme-tools/docs and https://github.com/acme-tools/tool.git",
      ),
      "pkg:github/acme-tools/tool",
    ],
    [
      "… and none where all are of other people",
      "pkg:docker/acme/tool",
      about("Like https://github.com/popular/tool"),
      undefined,
    ],
    ["… or nothing is described", "pkg:docker/acme/tool", { name: "tool" }, undefined],
  ])("%s", async (_, purl, answer, repository) => {
    expect(await of(purl, answer)).toBe(repository);
  });

  it("elsewhere is what its label names", async () => {
    const purl = "pkg:docker/acme/tool?repository_url=quay.io";
    expect(await of(purl, "", "https://github.com/acme/tool")).toBe("pkg:github/acme/tool");
    expect(await of(purl, "", "github.com/acme/tool/v7")).toBe("pkg:github/acme/tool"); // as Elastic's images say it
    expect(await of(purl, "", "https://gitlab.com/acme/tool")).toBeUndefined();
  });
});
