import { describe, expect, it } from "vitest";
import type { Release } from "../../../src/domain/release.ts";
import { imageOrigin } from "../../../src/score/checks/image-origin.ts";
import { aRelease } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const released = { origin: { release: true } };
const unreleased = { origin: { release: false, tag: false } };
const digests = { index: "sha256:1" };
const checked = (facts: Parameters<typeof judgedAfter>[1], history: Parameters<typeof aHistory>[0]) =>
  judgedAfter(imageOrigin, facts, aHistory(history, "pkg:docker/example/tool"), { digests });

describe("an image", () => {
  it.each([
    ["without a release where all had one", unreleased, times(5, released), "hold"],
    ["without a release as ever", unreleased, times(5, unreleased), "pass"],
    ["without a release after two that are known", unreleased, times(2, released), "not-checked"],
    ["with a release", released, times(5, released), "pass"],
    ["that another registry has, too", { otherDigests: { "ghcr.io": "sha256:1" } }, [], "pass"],
    ["that another registry has otherwise", { otherDigests: { "ghcr.io": "sha256:2" } }, [], "hold"],
    [
      "that another registry has otherwise, as ever",
      { otherDigests: { "ghcr.io": "sha256:2" } },
      times(3, { otherDigests: { "ghcr.io": "sha256:2", "docker.io": "sha256:9" } }),
      "pass",
    ],
    ["that nobody could compare", {}, times(5, released), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(checked(facts, history).outcome).toBe(outcome);
  });
});

describe("who knows an image", () => {
  const image = (upstream: string, tag: string, digest?: string) =>
    aRelease({ upstream, version: tag, tag, ...(digest !== undefined && { digests: { index: digest } }) });
  const ask = (tags: readonly Release[], given: Parameters<typeof aCheckContext>[0]) => {
    const [release = aRelease(), ...earlier] = tags;
    return imageOrigin.collect?.ask({ release, earlier, open: tags }, aCheckContext(given));
  };
  const HUB = "pkg:docker/acme/tool";
  const repository = "pkg:github/acme/tool";
  const refs = { "refs/tags/v1.2.0": "c2", "refs/tags/v1.1.0": "c1" };

  it("is its repository, by a tag of the version, whatever the variant", async () => {
    const tags = ["1.3.0-alpine", "1.2.0-alpine", "v1.1.0", "edge"].map((tag) => image(HUB, tag));
    const facts = await ask(tags, { repository, refs });
    const told = facts instanceof Map ? [...facts].map(([tag, { origin }]) => [tag, origin?.tag]) : facts;
    expect(told).toEqual([
      ["1.3.0-alpine", false],
      ["1.2.0-alpine", true],
      ["v1.1.0", true],
    ]);
  });

  it("is Docker's library for an official image; that an older tag is not listed any more says nothing", async () => {
    const python = "pkg:docker/library/python";
    const answers = () => ({ body: "Tags: 3.14.2, 3.14\nDirectory: 3.14" });
    const facts = await ask([image(python, "3.14.2"), image(python, "3.14.1")], { answers });
    expect(facts).toEqual(new Map([["3.14.2", expect.objectContaining({ origin: { release: true } })]]));
    const pushed = await ask([image(python, "3.14.9")], { answers });
    expect(pushed).toEqual(new Map([["3.14.9", expect.objectContaining({ origin: { release: false } })]]));
  });

  it("is the same project's place on the other registry, if earlier images are the same there", async () => {
    const tags = [image(HUB, "1.2.0", "sha256:2"), image(HUB, "1.1.0", "sha256:1")];
    const digests = { "ghcr.io/acme/tool:1.2.0": "sha256:other", "ghcr.io/acme/tool:1.1.0": "sha256:1" };
    const facts = await ask(tags, { repository, refs, digests });
    const evidence = facts instanceof Map ? facts.get("1.2.0") : {};
    expect(evidence?.otherDigests).toEqual({ "ghcr.io": "sha256:other", "docker.io": "sha256:2" });
    const stranger = await ask(tags, {
      repository,
      refs,
      digests: { ...digests, "ghcr.io/acme/tool:1.1.0": "sha256:x" },
    });
    expect(stranger instanceof Map && stranger.get("1.2.0")?.otherDigests).toBeUndefined();
  });

  it.each([
    ["no repository is named", "1.2.0", {}],
    ["the tag names no version", "stable", { repository }],
  ])("is not known where %s", async (_, tag, given) => {
    expect(await ask([image(HUB, tag)], given)).toMatchObject({ code: "not-checked" });
  });
});
