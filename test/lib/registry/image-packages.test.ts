import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import type { Registry } from "../../../src/lib/registry/client.ts";
import { packagesOf, readImagePackages } from "../../../src/lib/registry/image-packages.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = { host: "ghcr.io", repository: "example/tool" };

/** A registry that has the given documents, by tag or digest, and what was asked of it. */
function aRegistry(documents: Readonly<Record<string, unknown>>): { registry: Registry; asked: string[] } {
  const asked: string[] = [];
  const unasked = () => Promise.reject(new Error("only content is asked for here"));
  const content: Registry["content"] = async (_host, _repository, { reference }) => {
    asked.push(reference);
    return reference in documents
      ? { mediaType: "", body: Buffer.from(JSON.stringify(documents[reference])) }
      : new Failure("not-found", `nothing under ${reference}`);
  };
  return { registry: { tags: unasked, digest: unasked, content, attached: unasked, announce: () => undefined }, asked };
}

const spdx = {
  predicateType: "https://spdx.dev/Document",
  predicate: {
    packages: [
      { name: "openssl", versionInfo: "3.0.15-1" },
      { name: "libc6", versionInfo: "2.36" },
    ],
  },
};
const buildKit = { "vnd.docker.reference.type": "attestation-manifest" };
const layer = (type: string, given = {}) => ({
  digest: digest("d"),
  size: 100,
  annotations: { "in-toto.io/predicate-type": type },
  ...given,
});
const index = { manifests: [{ digest: digest("b") }, { digest: digest("c"), annotations: buildKit }] };

describe("the packages of an image", () => {
  it("are read from BuildKit's attestation", async () => {
    const layers = [layer("https://slsa.dev/provenance/v0.2"), layer("https://spdx.dev/Document")];
    const { registry } = aRegistry({ [digest("a")]: index, [digest("c")]: { layers }, [digest("d")]: spdx });
    expect(await readImagePackages(registry, image, digest("a"))).toEqual(
      new Map([
        ["openssl", "3.0.15-1"],
        ["libc6", "2.36"],
      ]),
    );
  });

  it("are read from cosign's attestation, which wraps its statement", async () => {
    const bom = { predicate: { components: [{ name: "openssl", version: "3.0.15-1" }] } };
    const envelope = { payload: Buffer.from(JSON.stringify(bom)).toString("base64"), signatures: [] };
    const { registry } = aRegistry({
      [digest("a")]: { layers: [] },
      [`sha256-${"a".repeat(64)}.att`]: {
        layers: [layer("", { annotations: { predicateType: "https://cyclonedx.org/bom" } })],
      },
      [digest("d")]: envelope,
    });
    expect(await readImagePackages(registry, image, digest("a"))).toEqual(new Map([["openssl", "3.0.15-1"]]));
  });

  it("are not known where nothing is attached, or no list is, or one that is too large", async () => {
    const plain = aRegistry({ [digest("a")]: {} });
    expect(await readImagePackages(plain.registry, image, digest("a"))).toBeUndefined();
    const large = [layer("https://spdx.dev/Document", { size: 64 * 1024 * 1024 })];
    for (const layers of [[layer("https://slsa.dev/provenance/v0.2")], large]) {
      const { registry, asked } = aRegistry({ [digest("a")]: index, [digest("c")]: { layers } });
      expect(await readImagePackages(registry, image, digest("a"))).toBeUndefined();
      expect(asked).not.toContain(digest("d"));
    }
  });

  it("are a failure where the image is gone", async () => {
    expect(await readImagePackages(aRegistry({}).registry, image, digest("a"))).toMatchObject({ code: "not-found" });
  });

  it.each([
    ["nothing", undefined],
    ["text", "text"],
    ["an envelope of nothing", { payload: "e30=" }],
    ["no packages", { predicate: { packages: [] } }],
    ["packages without end", { predicate: { packages: Array.from({ length: 20_001 }, () => ({ name: "p" })) } }],
  ])("are not known from %s", (_, content) => {
    expect(packagesOf(content)).toBeUndefined();
  });

  it("join the versions of one name, and pass over what is no package", () => {
    const packages = [{ name: "a", versionInfo: "2" }, { name: "a", versionInfo: "1" }, { version: "1" }, "x"];
    expect(packagesOf({ predicate: { packages } })).toEqual(new Map([["a", "1, 2"]]));
  });
});
