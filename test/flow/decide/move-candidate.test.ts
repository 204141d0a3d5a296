import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Database } from "../../../src/db/database.ts";
import { eventsSince } from "../../../src/db/deliveries/events.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import type { Candidate, Delivery, Verdict } from "../../../src/domain/bump.ts";
import { type CandidateState, moveOf } from "../../../src/domain/candidate-state.ts";
import type { Project } from "../../../src/domain/project.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { storedCandidate } from "../../../src/flow/decide/find-candidate.ts";
import { moveCandidate } from "../../../src/flow/decide/move-candidate.ts";
import { recordWord } from "../../../src/flow/decide/record-word.ts";
import { keepDelivery } from "../../../src/flow/deliver/keep-delivery.ts";
import { recordDecided, supersedeOthers } from "../../../src/flow/plan/record-decided.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog } from "../../../src/lib/log.ts";
import { aCandidate, aDecision, aProject, NOW } from "../../support/build.ts";
import { useStore } from "../../support/store.ts";

const project = aProject();

/** What the functions here use of a flow, and what they complain of. */
function aFlow(db: Database) {
  const complaints: string[] = [];
  const log = createLog({ json: true, level: "warn", write: (line) => void complaints.push(line) });
  return { flow: { db, log, clock: () => NOW } as FlowContext, complaints };
}

const VERDICTS: readonly Verdict[] = ["block", "hold", "wait", "propose", "skip"];

/** Everything that the flow does to one candidate, each by the function that does it. */
const HAPPENINGS: Readonly<Record<string, (flow: FlowContext, candidate: Candidate) => Promise<unknown>>> = {
  ...Object.fromEntries(VERDICTS.map((verdict) => [`planned: ${verdict}`, planned(verdict)])),
  "not planned any more": (flow) => supersedeOthers(flow, { project: project.id }, []),
  "a pull request carries it": (flow, { id }) => keepDelivery(flow, project, aDelivery(id)),
  "its pull request is merged": moved("merged", { by: "maintainer" }),
  "its pull request is closed": moved("closed", { by: "maintainer" }),
  "its version turns bad": moved("withdrawn", { reason: "It was yanked." }),
  "a person reopens it": said("reopen"),
  "a person approves it": said("approve"),
  "a person skips it": said("skip"),
  "a person holds it": said("hold"),
};

function planned(verdict: Verdict) {
  return (flow: FlowContext, candidate: Candidate) => {
    const { upstream } = candidate.component;
    const card = { upstream, score: undefined, checks: [] };
    return recordDecided(flow, [{ project: project as Project, candidate, decision: aDecision({ verdict }), card }]);
  };
}

function moved(after: CandidateState, why: Parameters<typeof moveCandidate>[3]) {
  return (flow: FlowContext, { id, component }: Candidate) =>
    moveCandidate(flow, { id, project: project.id, upstream: component.upstream }, after, why);
}

function said(action: "reopen" | "approve" | "skip" | "hold") {
  return async (flow: FlowContext, { id }: Candidate) => {
    const stored = await storedCandidate(flow, id);
    if (isFailure(stored)) throw stored;
    await recordWord(flow, stored, { action, by: "maintainer", reason: "we looked at it" });
  };
}

function aDelivery(id: string): Delivery {
  const made = { channel: "pull-request", key: `pull-request/${id}/1`, state: "sent", at: NOW } as const;
  return { ...made, subject: { kind: "candidate", id }, externalId: "PR_1", url: "https://example.org/pull/1" };
}

describe("a candidate", () => {
  const store = useStore("embedded", (db) => ensureProjects(db, [project], NOW));
  let number = 0;

  it("goes any way that events can take it without a complaint, and by known moves only", async () => {
    const { flow, complaints } = aFlow(store.db);
    const happening = fc.constantFrom(...Object.keys(HAPPENINGS));
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (way) => {
        const candidate = aCandidate({ id: `candidate-${number++}` });
        await planned("propose")(flow, candidate);
        for (const name of way) await HAPPENINGS[name]?.(flow, candidate);
        expect(complaints).toEqual([]);
        const events = await eventsSince(store.db, { after: 0 }, { kinds: ["candidate-moved"], limit: 100_000 });
        const moves = events.filter((event) => event.candidate === candidate.id).map((event) => event.data);
        for (const move of moves as { before: CandidateState; after: CandidateState; when: string }[])
          expect(moveOf(move.before, move.after)?.when).toBe(move.when);
      }),
      { numRuns: 25 },
    );
  });

  it("that a person skipped is withdrawn when its version turns bad, and that is told", async () => {
    const { flow, complaints } = aFlow(store.db);
    const candidate = aCandidate();
    await planned("skip")(flow, candidate);
    await HAPPENINGS["its version turns bad"]?.(flow, candidate);
    expect(complaints.filter((line) => line.includes('"error"'))).toEqual([]);
    const [event] = await eventsSince(store.db, { after: 0 }, { kinds: ["candidate-moved"] });
    expect(event?.data).toMatchObject({ before: "skipped", after: "withdrawn", reason: "It was yanked." });
  });

  it("that is in the base stays merged, whatever becomes of another pull request that carried it", async () => {
    const { flow, complaints } = aFlow(store.db);
    const candidate = aCandidate();
    await planned("propose")(flow, candidate);
    for (const name of ["its pull request is merged", "its pull request is closed", "its version turns bad"])
      await HAPPENINGS[name]?.(flow, candidate);
    expect(complaints).toEqual([]);
    expect(await storedCandidate(flow, candidate.id)).toMatchObject({ state: "merged" });
  });
});
