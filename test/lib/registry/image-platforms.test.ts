import { afterEach, describe, expect, it } from "vitest";
import { createRegistry } from "../../../src/lib/registry/client.ts";
import { imagePlatforms } from "../../../src/lib/registry/image-platforms.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { type OciTag, type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { startOci } from "../../upstreams/oci.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let standIn: StandIn | undefined;
afterEach(async () => {
  await standIn?.close();
});

async function ask(image: OciTag, given: { hub?: boolean; digest?: string } = {}) {
  const world: OciWorld = { repositories: {} };
  pushImage(world, "library/tool", "1.0", image);
  standIn = await startOci(world);
  const fetcher = aFetcher([standIn]);
  const registry = createRegistry(fetcher, { "registry.example": { url: standIn.url } });
  const found = await imagePlatforms(
    { fetcher, registry },
    {
      host: "registry.example",
      repository: given.hub === true ? "tool" : "library/tool",
      tag: "1.0",
      digest: given.digest ?? digestOf(image),
      hub: given.hub === true ? standIn.url : undefined,
    },
  );
  return { found, manifests: standIn.requests.filter(({ path }) => path.includes("/manifests/")).length };
}

describe("the platforms of an image", () => {
  it("are read from its index, without attestations", async () => {
    const { found } = await ask({ content: "one" });
    expect(Object.keys(found).sort()).toEqual(["linux/amd64", "linux/arm64"]);
  });

  it("are the same by Docker Hub's web API, without reading a manifest", async () => {
    const index = await ask({ content: "one" });
    await standIn?.close();
    const { found, manifests } = await ask({ content: "one" }, { hub: true });
    expect(found).toEqual(index.found);
    expect(manifests).toBe(0);
  });

  it("are none where there is one image for all", async () => {
    expect((await ask({ content: "one", multiPlatform: false })).found).toEqual({});
  });

  it("are not told of another index than the one that is meant", async () => {
    const { found } = await ask({ content: "one" }, { hub: true, digest: `sha256:${"0".repeat(64)}` });
    expect(found).toMatchObject({ code: "not-checked" });
  });

  it("are not found where the index is gone", async () => {
    const { found } = await ask({ content: "one" }, { digest: `sha256:${"0".repeat(64)}` });
    expect(found).toMatchObject({ code: "not-found" });
  });
});
