import { describe, expect, it } from "vitest";
import type { ProposalToDeliver } from "../../../src/deliver/channel.ts";
import { ANYWHERE } from "../../../src/deliver/render/body-style.ts";
import { toParcels } from "../../../src/deliver/render/parcel.ts";
import { branchName, readMarker } from "../../../src/deliver/render/pull-request.ts";
import type { DeliveryWish } from "../../../src/domain/policy.ts";
import { aCandidate, aComponent, aDecision, aPin, aRelease, aScore } from "../../support/build.ts";

/** An image that was built again, in the group of all of them unless another is given. */
function anImage(name: string, wish: DeliveryWish = {}, group = "rebuilt-images"): ProposalToDeliver {
  const upstream = `pkg:docker/library/${name}`;
  const to = aRelease({ upstream, version: "12", tag: "12", contentFirstSeenAt: "2026-11-10T08:00:00.000Z" });
  const component = aComponent({ pins: [aPin({ upstream, name, text: "12", path: `${name}/Dockerfile` })] });
  const candidate = aCandidate({ id: `id-of-${name}`, component, to, between: [to], step: "digest" });
  const changes = [{ path: `${name}/Dockerfile`, mode: "100644", before: "0".repeat(40), text: "12\n" }];
  const proposal = { project: "example", candidate, decision: aDecision(), changes, byHand: [] };
  return { proposal, card: { upstream, score: aScore(), checks: [] }, earlier: [], wish, group };
}

const parcelOf = (...items: ProposalToDeliver[]) => {
  const [parcel, ...others] = toParcels(items, ANYWHERE);
  if (parcel === undefined || others.length > 0) throw new Error("these are one pull request");
  return parcel;
};

describe("rebuilt images that share a pull request", () => {
  it("say what they are, since when, and why they come together", () => {
    const { text } = parcelOf(anImage("debian"), anImage("tool"));
    expect(text.title).toBe("Refresh 2 rebuilt images: same versions, new content");
    expect(text.body).toContain(
      "### Why together\n\nThe tags are the same; these images were first seen with new content on 10 Nov 2026.",
    );
    expect(text.body).toContain("`group: false`");
  });

  it("look like one of its own where there is only one, on the branch that all share", () => {
    const alone = parcelOf(anImage("debian"));
    const both = parcelOf(anImage("debian"), anImage("tool"));
    expect(alone.text.title).toBe("Refresh debian 12: same version, new content");
    expect(alone.text.body).not.toContain("Why together");
    expect(readMarker(alone.text.body)?.candidate).toBe(alone.id);
    expect(alone.text.branch).toBe(both.text.branch);
  });

  it("keep the name that a rule gives them", () => {
    const { text } = parcelOf(anImage("debian", {}, "bases"), anImage("tool", {}, "bases"));
    expect(text.title).toBe("Update bases: 2 upstreams");
    expect(text.body).toContain("### Why together");
  });
});

it("new content has another branch than a newer version, which may be proposed beside it", () => {
  const { candidate } = anImage("debian").proposal;
  expect(branchName(candidate)).not.toBe(branchName({ ...candidate, step: "major" }));
});

describe("what rules say of the members of a group", () => {
  it.each([
    ["lets nothing merge by itself where one of them may not", [{ autoMerge: "squash" }, {}], { autoMerge: "off" }],
    ["lets it merge where all may", [{ autoMerge: "squash" }, { autoMerge: "squash" }], { autoMerge: "squash" }],
    ["adds labels up", [{ labels: ["a"] }, { labels: ["a", "b"] }], { labels: ["a", "b"] }],
    ["makes a draft of what is one for any", [{}, { draft: true }], { draft: true }],
  ] as const)("%s", (_, [first, second], expected) => {
    expect(parcelOf(anImage("debian", first), anImage("tool", second)).wish).toEqual(expected);
  });
});
