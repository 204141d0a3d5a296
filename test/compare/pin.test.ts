import { describe, expect, it } from "vitest";
import { pinComponent } from "../../src/compare/pin.ts";
import type { Edit, Pin } from "../../src/domain/pin.ts";
import type { Release } from "../../src/domain/release.ts";
import { aComponent, aPin, aRelease, NOW } from "../support/build.ts";

const COMMIT = "1".repeat(40);
const DIGEST = `sha256:${"2".repeat(64)}`;
const edit: Edit = { path: "Dockerfile", start: 1, end: 1, role: "digest", spelling: "@{digest}" };

const image = (given: Partial<Pin>) =>
  aPin({ upstream: "pkg:docker/library/python", scheme: "docker-tag", pinning: [edit], ...given });
const action = (given: Partial<Pin>) =>
  aPin({
    path: ".github/workflows/ci.yml",
    upstream: "pkg:githubactions/actions/checkout",
    tagTemplate: "v{version}",
    pinning: [edit],
    ...given,
  });

function pinned(pins: Pin[], releases: Partial<Release>[], refs: { name: string; target: string }[] = []) {
  const component = aComponent({ pins });
  const known = releases.map((one) => aRelease({ upstream: component.upstream, ...one }));
  return pinComponent({ component, releases: known, refs: refs.map((ref) => ({ ...ref, seenAt: NOW })) });
}

describe("pinning", () => {
  it("gives every place of an image's tag the digest that the tag has now", () => {
    const pins = [image({ text: "3.12-slim" }), image({ text: "3.12-slim", path: "b/Dockerfile" })];
    const [draft, ...more] = pinned(pins, [{ version: "3.12-slim", digests: { index: DIGEST } }]);
    expect(more).toEqual([]);
    expect(draft).toMatchObject({ step: "pin", from: ["3.12-slim"], to: { digests: { index: DIGEST } }, between: [] });
    expect(draft?.component.pins.map((pin) => pin.edits)).toEqual([[edit], [edit]]);
  });

  it("takes where the tag points now, not what was seen of the release before", () => {
    const [draft] = pinned(
      [image({ text: "3.12" })],
      [{ version: "3.12", digests: { index: "sha256:old" } }],
      [{ name: "3.12", target: DIGEST }],
    );
    expect(draft?.to.digests.index).toBe(DIGEST);
  });

  it("gives each tag a candidate of its own, and one that is not known none", () => {
    const pins = [image({ text: "3.12" }), image({ text: "3.13" }), image({ text: "3.14" })];
    const drafts = pinned(pins, [{ version: "3.12" }, { version: "3.13" }]);
    expect(drafts.map((one) => one.from)).toEqual([["3.12"], ["3.13"]]);
    expect(new Set(drafts.map((one) => one.id)).size).toBe(2);
    expect(new Set(drafts.map((one) => one.component.key)).size).toBe(2);
  });

  it("means latest where nothing is written", () => {
    const bare = image({ text: "", version: "", precision: "floating", edits: [edit] });
    expect(pinned([bare], [{ version: "latest" }])).toMatchObject([{ from: ["latest"], to: { tag: "latest" } }]);
  });

  it("names the most exact release of the commit that an action's tag stands for", () => {
    const releases = ["v4", "v4.2", "v4.2.2", "v4.2.1"].map((tag) => ({
      tag,
      version: tag.slice(1),
      commit: tag === "v4.2.1" ? "9".repeat(40) : COMMIT,
    }));
    expect(pinned([action({ text: "v4", version: "4" })], releases)).toMatchObject([
      { from: ["v4"], to: { tag: "v4.2.2", version: "4.2.2", commit: COMMIT } },
    ]);
  });

  it("names the tag itself where no other release was made of its commit, and a branch by its own name", () => {
    const tag = [{ tag: "v4", version: "4", commit: COMMIT }];
    expect(pinned([action({ text: "v4", version: "4" })], tag)).toMatchObject([{ to: { tag: "v4", version: "4" } }]);
    const branch = action({ text: "main", version: "", precision: "branch" });
    const { tagTemplate: _, ...free } = branch;
    expect(pinned([free], [], [{ name: "main", target: COMMIT }])).toMatchObject([
      { from: ["main"], to: { tag: "main", version: "main", commit: COMMIT } },
    ]);
  });

  it.each([
    ["has a digest already", image({ text: "3.12", digest: DIGEST })],
    ["is governed by a lock file", image({ text: "3.12", lockedBy: "lock" })],
    ["cannot hold a digest", aPin({ upstream: "pkg:docker/library/python", text: "3.12" })],
  ])("leaves a place alone that %s", (_, pin) => {
    expect(pinned([pin], [{ version: "3.12", digests: { index: DIGEST } }])).toEqual([]);
  });

  it("keeps a candidate's id while the tag moves, and has another one where the tag stands in a further file", () => {
    const id = (pins: Pin[], digest: string) => pinned(pins, [{ version: "3.12", digests: { index: digest } }])[0]?.id;
    const one = image({ text: "3.12" });
    expect(id([one], DIGEST)).toBe(id([one], "sha256:other"));
    expect(id([one, image({ text: "3.12", path: "b/Dockerfile" })], DIGEST)).not.toBe(id([one], DIGEST));
  });
});
