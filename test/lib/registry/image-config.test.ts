import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import type { Registry } from "../../../src/lib/registry/client.ts";
import { readImageFacts } from "../../../src/lib/registry/image-config.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = { host: "ghcr.io", repository: "example/tool" };

/** A registry that has the given documents, by tag or digest. */
function aRegistry(documents: Readonly<Record<string, unknown>>): Registry {
  const unasked = () => Promise.reject(new Error("only content is asked for here"));
  const content: Registry["content"] = async (_host, _repository, { reference }) =>
    reference in documents
      ? ({ body: Buffer.from(JSON.stringify(documents[reference])) } as unknown as Awaited<
          ReturnType<Registry["content"]>
        >)
      : new Failure("not-found", `nothing under ${reference}`);
  return { tags: unasked, digest: unasked, content, attached: unasked, announce: () => undefined };
}

const labels = {
  "org.opencontainers.image.source": "https://github.com/example/tool",
  "org.opencontainers.image.base.digest": digest("e"),
  "org.opencontainers.image.version": " ",
};
const config = { created: "2026-11-18T10:00:00Z", config: { Labels: labels } };
const expected = {
  created: "2026-11-18T10:00:00.000Z",
  source: "https://github.com/example/tool",
  baseDigest: digest("e"),
};

describe("what an image says of itself", () => {
  it("is read from the configuration of its first platform, attestations aside", async () => {
    const registry = aRegistry({
      latest: {
        manifests: [
          { digest: digest("a"), platform: { os: "unknown" } },
          { digest: digest("b"), platform: { os: "linux" } },
        ],
      },
      [digest("b")]: { config: { digest: digest("c") } },
      [digest("c")]: config,
    });
    expect(await readImageFacts(registry, image, "latest")).toEqual(expected);
  });

  it("is read from an image of one platform", async () => {
    const registry = aRegistry({ [digest("b")]: { config: { digest: digest("c") } }, [digest("c")]: config });
    expect(await readImageFacts(registry, image, digest("b"))).toEqual(expected);
  });

  it.each([
    ["no such image", {}, "not-found"],
    ["something else", { latest: "text" }, "unreadable"],
    ["a configuration that is gone", { latest: { config: { digest: digest("c") } } }, "not-found"],
  ])("is a failure for %s", async (_, documents, code) => {
    expect(await readImageFacts(aRegistry(documents), image, "latest")).toMatchObject({ code });
  });
});
