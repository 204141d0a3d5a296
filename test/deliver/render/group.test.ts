import { describe, expect, it } from "vitest";
import type { ProposalToDeliver } from "../../../src/deliver/channel.ts";
import { ANYWHERE } from "../../../src/deliver/render/body-style.ts";
import { renderGroup } from "../../../src/deliver/render/group.ts";
import { readMarker } from "../../../src/deliver/render/pull-request.ts";
import { aCandidate, aCheck, aComponent, aDecision, aPin, aRelease, aScore } from "../../support/build.ts";

function aMember(name: string, notes = ""): ProposalToDeliver {
  const upstream = `pkg:github/example/${name}`;
  const to = aRelease({ upstream, version: "1.1.0", tag: "v1.1.0", notes });
  const pins = [aPin({ upstream, name, path: `${name}/Dockerfile` })];
  const component = aComponent({ pins });
  const candidate = aCandidate({ id: `id-of-${name}`, component, to, between: [to] });
  const changes = [{ path: `${name}/Dockerfile`, mode: "100644", before: "0".repeat(40), text: "1.1.0\n" }];
  return {
    proposal: { project: "example", candidate, decision: aDecision(), changes, byHand: [] },
    card: { upstream, score: aScore(), checks: [aCheck({ summary: `${name} was looked at.` })] },
    earlier: [],
  };
}

const body = (items: readonly ProposalToDeliver[], longest = ANYWHERE.longest) =>
  renderGroup("group-1", "tools", items, { ...ANYWHERE, longest }).body;

/** The folded part of a member. */
function partOf(text: string, name: string): string {
  const [, part = ""] = text.split(`<summary>Bump example/${name} `);
  return part;
}

describe("the pull request of a group", () => {
  const text = body([aMember("saw", "- cuts faster"), aMember("plane")]);

  it("says of each member what a pull request of its own would say", () => {
    const saw = partOf(text, "saw").split("<summary>Bump ")[0];
    for (const words of ["saw/Dockerfile:", "compare", "saw was looked at", "cuts faster", "Trust in the upstream"])
      expect(saw).toContain(words);
    expect(partOf(text, "plane")).toContain("No notes are known for this version");
  });

  it("names each member's id, and how to leave one or all of them out", () => {
    expect(text).toMatch(/^\| .*example\/saw.*`id-of-saw` \|$/m);
    expect(text).toContain("/headgate skip ID REASON");
    expect(text).toContain("closing the pull request, which skips all of them");
  });

  it("is known by its last line", () => {
    expect(readMarker(text)?.candidate).toBe("group-1");
  });

  it("leaves out whole parts where it would be too long, and says so, never the table or the end", () => {
    const items = Array.from({ length: 40 }, (_, index) => aMember(`tool${index}`, "- much\n".repeat(2_000)));
    const cut = body(items, 20_000);
    expect(cut.length).toBeLessThanOrEqual(20_000);
    expect(cut).toMatch(/\d+ sections left out/);
    for (const words of ["id-of-tool39", "Not one of these?"]) expect(cut).toContain(words);
    expect(readMarker(cut)?.candidate).toBe("group-1");
  });
});
