import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { hubBadge, hubPulls } from "../../../src/lib/registry/docker-hub-facts.ts";
import { type FakeAnswer, fakeFetcher } from "../../support/fetch.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { pushImage } from "../../upstreams/oci/world.ts";
import { startOci } from "../../upstreams/oci.ts";

it("Docker Hub says how often an image was pulled", async () => {
  const world = { repositories: {} };
  pushImage(world, "acme/tool", "1.0", { content: "1.0" });
  Object.assign(world.repositories, { "acme/tool": { tags: {}, hub: { pull_count: 12 } } });
  const hub = await startOci(world);
  const fetcher = aFetcher([hub], { retries: 0 });
  expect(await hubPulls(fetcher, hub.url, "acme/tool")).toBe(12);
  expect(await hubPulls(fetcher, hub.url, "acme/none")).toMatchObject({ code: "not-found" });
  await fetcher.close();
  await hub.close();
});

const found = (badge: string | null) => ({
  body: { results: [{ name: "acme/tool", badge }, { name: "acme/tool2" }, 7] },
});

it.each<[FakeAnswer, unknown]>([
  [found("verfified_publisher"), "verified_publisher"],
  [found("verified_publisher"), "verified_publisher"],
  [found("open_source"), "open_source"],
  [found("none"), undefined],
  [found(null), undefined],
  [{ body: { results: [] } }, undefined],
  [{ status: 503 }, expect.objectContaining({ code: "unavailable" })],
  [{ body: "<html>" }, expect.objectContaining({ code: "unreadable" })],
  [new Failure("timeout", "slow"), expect.objectContaining({ code: "timeout" })],
])("the search answer %j means the programme %s", async (answer, expected) => {
  expect(
    await hubBadge(
      fakeFetcher(() => answer),
      "https://hub.example",
      "acme/tool",
    ),
  ).toEqual(expected);
});
