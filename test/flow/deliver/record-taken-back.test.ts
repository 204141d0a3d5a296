import { describe, expect, it } from "vitest";
import { candidate as storedCandidate } from "../../../src/db/decisions/candidates.ts";
import { humanDecisionsFor } from "../../../src/db/decisions/human-decisions.ts";
import { recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import { CLOSING, closingKey } from "../../../src/db/deliveries/pull-requests.ts";
import type { Candidate } from "../../../src/domain/bump.ts";
import { DAY, HOUR, type Instant, plus } from "../../../src/domain/instant.ts";
import type { Project } from "../../../src/domain/project.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { mergedEarlier, recordTakenBack } from "../../../src/flow/deliver/record-taken-back.ts";
import { createLog } from "../../../src/lib/log.ts";
import { aCandidate, aDecision, aProject, aRelease, NOW } from "../../support/build.ts";
import { useStore } from "../../support/store.ts";
import { upsertCandidate } from "../../support/stored.ts";

const store = useStore("embedded");
const MERGED = plus(NOW, -3 * DAY);

function aFlow(now: Instant): FlowContext {
  const log = createLog({ json: true, level: "warn", write: () => undefined });
  return { db: store.db, log, clock: () => now } as FlowContext;
}

/** It was seen merged three days ago, and is the next step again. */
async function lookAgain(given: Partial<Candidate>, branches: readonly [Project["branch"], Project["branch"]]) {
  const candidate = aCandidate(given);
  const { upstream } = candidate.component;
  const card = { upstream, score: undefined, checks: [] };
  await upsertCandidate(store.db, candidate, { state: "merged", card }, MERGED);
  const subject = { kind: "candidate", id: candidate.id } as const;
  await recordDelivery(store.db, {
    ...{ subject, channel: CLOSING, key: closingKey("PR_1"), at: MERGED, state: "unchanged" },
    error: "merged by maintainer",
  });
  const on = (branch: Project["branch"]) => ({ ...aProject(), ...(branch !== undefined && { branch }) });
  await mergedEarlier(aFlow(plus(MERGED, -HOUR)), on(branches[0]));
  const project = on(branches[1]);
  const merged = await mergedEarlier(aFlow(NOW), project);
  const planned = [{ project, candidate, decision: aDecision(), card }];
  const plan = { project, components: [candidate.component], planned, unchecked: [], unordered: [] };
  const after = await recordTakenBack(aFlow(NOW), plan, merged);
  expect(after.planned).toEqual(planned);
  return {
    state: (await storedCandidate(store.db, candidate.id))?.state,
    words: await humanDecisionsFor(store.db, project.id, upstream),
  };
}

describe("a version that was merged, and is the next step again, was not taken back", () => {
  it("where another branch is watched since then", async () => {
    expect(await lookAgain({}, [undefined, "release"])).toEqual({ state: "merged", words: [] });
  });

  it("where its upstream went back to content that it had replaced", async () => {
    const to = aRelease({ version: "3.19", contentFirstSeenAt: plus(NOW, -DAY) });
    expect(await lookAgain({ to, step: "digest" }, [undefined, undefined])).toEqual({ state: "merged", words: [] });
  });
});
