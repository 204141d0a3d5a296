import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { ENGINE, type Pinned, startPinned } from "../../support/pinned.ts";
import { addRepository, pushCommit } from "../../upstreams/github/builders.ts";
import { pushImage } from "../../upstreams/oci/world.ts";

let pinned: Pinned;
beforeAll(async () => {
  pinned = await startPinned();
});
beforeEach(() => pinned.begin());
afterAll(() => pinned?.close());

describe("an image", () => {
  const official = () =>
    addRepository(pinned.suite.world.github, "docker-library/official-images", {
      files: { "library/redis": recipe("a".repeat(40)) },
      createdAt: "2020-01-01T00:00:00.000Z",
    });

  it("of Docker's own library is a rebuild, which is said not to be explained without the library", async () => {
    pushImage(pinned.suite.world.hub, "library/redis", "7.4-alpine", {
      content: "redis 7.4 again",
      pushedAt: pinned.suite.days.now,
    });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
    const events = await pinned.happened();
    expect(events).toMatchObject([{ kind: "integrity", data: { class: "rebuild", subject: "7.4-alpine" } }]);
    expect(JSON.stringify(events[0]?.data)).toContain("Not explained");
  });

  it("is explained by the commit that gave its tag another recipe", async () => {
    const library = official();
    const commit = pushCommit(pinned.suite.world.github, library, {
      message: "Update redis to 7.4.9",
      files: { "library/redis": recipe("b".repeat(40)) },
      at: pinned.suite.days.now,
    });
    pushImage(pinned.suite.world.hub, "library/redis", "7.4-alpine", {
      content: "redis 7.4.9",
      pushedAt: pinned.suite.days.now,
    });
    await pinned.look();
    const [event] = await pinned.happened();
    expect(JSON.stringify(event?.data)).toContain(`official-images@${commit.slice(0, 12)} (Update redis to 7.4.9)`);
  });

  it("of anybody else that is pushed again under a full version is an alert", async () => {
    pushImage(pinned.suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0, otherwise" });
    await pinned.look();
    expect(await pinned.standing()).toMatchObject([{ class: "tag-moved", subject: "2.1.0", severity: "high" }]);
    pushImage(pinned.suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });
});

describe("the platforms of a pinned image", () => {
  const manifests = () =>
    [...pinned.suite.standIns.hub.requests, ...pinned.suite.standIns.other.requests].filter(
      ({ method, path }) => method === "GET" && path.includes("/manifests/"),
    );
  const digests = async (purl: string, name: string) =>
    (await releasesOf(pinned.suite.flow.db, purl)).find(({ tag }) => tag === name)?.digests;

  it.each([
    [ENGINE, "2.1.0"],
    ["pkg:docker/library/redis", "7.4-alpine"],
  ])("of %s are known", async (purl, tag) => {
    expect(Object.keys((await digests(purl, tag)) ?? {}).sort()).toEqual(["index", "linux/amd64", "linux/arm64"]);
  });

  it("are read once per index, at no pull from Docker Hub, and never again", async () => {
    pinned.suite.standIns.hub.requests.length = 0;
    pinned.suite.standIns.other.requests.length = 0;
    await pinned.look();
    expect(manifests()).toEqual([]);
    const before = await digests(ENGINE, "2.1.0");
    pushImage(pinned.suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0, for a moment" });
    await pinned.look();
    expect(manifests()).toHaveLength(1);
    expect((await digests(ENGINE, "2.1.0"))?.["linux/amd64"]).not.toBe(before?.["linux/amd64"]);
    pushImage(pinned.suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
    await pinned.look();
    expect(manifests()).toHaveLength(1);
    expect(await digests(ENGINE, "2.1.0")).toEqual(before);
  });
});

function recipe(commit: string): string {
  return `Maintainers: Somebody <s@example.org>\nGitRepo: https://example.org/redis.git\n\nTags: 7.4.9-alpine, 7.4-alpine\nArchitectures: amd64, arm64v8\nGitCommit: ${commit}\nDirectory: 7.4/alpine\n`;
}
