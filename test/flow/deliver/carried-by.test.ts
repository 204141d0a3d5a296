import { describe, expect, it } from "vitest";
import type { Candidate, Delivery, Step } from "../../../src/domain/bump.ts";
import { carriedBy, plannedFor } from "../../../src/flow/deliver/carried-by.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";
import { aCandidate, aDecision, aProject, NOW } from "../../support/build.ts";

function planned(id: string, step: Step = "minor", given: Partial<Candidate> = {}): Planned {
  const candidate = aCandidate({ id, step, ...given });
  const { upstream } = candidate.component;
  return { project: aProject(), candidate, decision: aDecision(), card: { upstream, score: undefined, checks: [] } };
}

const member = (id: string, step: Step = "minor") => ({ id, step, componentKey: aCandidate().component.key });

const OWN = { life: { id: "PR_1" } };

/** It came in this pull request just now. */
function delivered(id: string, pull: string, error?: string): Delivery {
  const made = {
    subject: { kind: "candidate", id },
    channel: "pull-request",
    key: id,
    at: NOW,
    state: "sent",
  } as const;
  return { ...made, externalId: pull, url: `https://example.org/${pull}`, ...(error !== undefined && { error }) };
}

function carrierOf(members: ReturnType<typeof member>[], all: readonly Planned[], made: readonly Delivery[]) {
  return carriedBy({ ...OWN, stored: { candidates: members } }, all, made)?.externalId;
}

describe("a pull request is carried by another one", () => {
  it.each([
    ["that has its candidate now", [member("a")], [planned("a")], [delivered("a", "PR_2")]],
    ["that has what superseded it", [member("a")], [planned("b")], [delivered("b", "PR_2")]],
    ["that has newer content", [member("a", "digest")], [planned("b", "digest")], [delivered("b", "PR_2")]],
    ["whose smaller step brings content along", [member("a", "digest")], [planned("b")], [delivered("b", "PR_2")]],
  ])("%s", (_, members, all, made) => {
    expect(carrierOf(members, all, made)).toBe("PR_2");
  });

  it.each([
    ["that has one of its two candidates", [member("a"), member("b")], [planned("a"), planned("b")], ["a"]],
    [
      "that refreshes the version which it leaves, while a newer one than its own waits",
      [member("a")],
      [planned("b", "minor"), planned("c", "digest")],
      ["c"],
    ],
    [
      "that is about a new major version, while its own is about content",
      [member("a", "digest")],
      [planned("b", "major")],
      ["b"],
    ],
    ["while its candidate is still planned", [member("a")], [planned("a"), planned("b")], ["b"]],
  ] as const)("but not by one %s", (_, members, all, made) => {
    const deliveries = made.map((id) => delivered(id, "PR_2"));
    expect(carrierOf([...members], all, deliveries)).toBeUndefined();
  });

  it("but not where something else was put into it just now", () => {
    const all = [planned("a", "digest"), planned("b", "major")];
    const made = [delivered("a", "PR_2"), delivered("b", "PR_1")];
    expect(carrierOf([member("a", "digest")], all, made)).toBeUndefined();
  });

  it("but not by one that refused it", () => {
    expect(carrierOf([member("a")], [planned("a")], [delivered("a", "PR_2", "merged already")])).toBeUndefined();
  });
});

describe("what is planned in the place of a candidate", () => {
  it("is itself, else another version, and new content only in the place of content", () => {
    const [content, version] = [planned("c", "digest"), planned("b")];
    expect(plannedFor(member("b"), [content, version])?.candidate.id).toBe("b");
    expect(plannedFor(member("a"), [content, version])?.candidate.id).toBe("b");
    expect(plannedFor(member("a"), [content])).toBeUndefined();
    expect(plannedFor(member("a", "digest"), [version])?.candidate.id).toBe("b");
  });
});
