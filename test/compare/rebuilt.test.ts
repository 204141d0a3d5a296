import { describe, expect, it } from "vitest";
import { contentsBetween } from "../../src/compare/rebuilt.ts";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { NOW } from "../support/build.ts";

/** What a name held, as `content@hours`: the last one is there now. */
function between(seen: string, ...pinned: string[]) {
  const sightings = seen.split(" ").map((one) => {
    const [content = "", hours = "0"] = one.split("@");
    return { digests: { index: content, "linux/amd64": `${content}-amd64` }, seenAt: plus(NOW, Number(hours) * HOUR) };
  });
  const { digests = {}, seenAt: contentFirstSeenAt = NOW } = sightings.at(-1) ?? {};
  const found = contentsBetween({ digests, contentFirstSeenAt, earlierContent: sightings.slice(0, -1) }, pinned);
  return { contents: found.contents.map(({ digest }) => digest).join(" "), isPinnedSeen: found.isPinnedSeen };
}

describe("what a name held between the pinned content and the newest", () => {
  it.each([
    ["is given newest first", "p@0 a@72 b@144 c@216", ["p"], "b a"],
    ["begins after what is pinned, also where that is one platform's", "p@0 a@72 b@144 c@216", ["a-amd64"], "b"],
    ["begins after the newest of what several places pin", "p@0 a@72 b@144 c@216", ["p", "a"], "b"],
    ["is nothing where it was built again once", "p@0 a@72", ["p"], ""],
    ["is nothing where the newest is pinned", "p@0 a@72 b@144", ["b"], ""],
    ["counts one a day where it is built every day", "p@0 a@24 b@48 c@72", ["p"], "b a"],
    ["counts the last of what was pushed within a day", "p@0 a@72 b@73 c@75 d@144 e@216", ["p"], "d c"],
    ["does not count what the newest replaced within a day", "p@0 a@72 b@144 c@150", ["p"], "a"],
    ["counts one a day where it is built all day", "p@0 a@8 b@16 c@24 d@32 e@40 f@48 g@56", ["p"], "f c"],
    ["does not count what was taken back", "p@0 a@72 bad@144 a@150 c@216", ["p"], "a"],
    ["is nothing where the newest is an older one come back", "p@0 a@72 b@144 a@216", ["p"], ""],
    ["begins again where what is pinned came back", "p@0 bad@72 p@144 a@216 b@288", ["p"], "a"],
  ])("%s", (_, seen, pinned, contents) => {
    expect(between(seen, ...pinned)).toEqual({ contents, isPinnedSeen: true });
  });

  it("is all of it where what is pinned was never seen, which is said", () => {
    expect(between("a@0 b@72 c@144", "p")).toEqual({ contents: "b a", isPinnedSeen: false });
  });
});
