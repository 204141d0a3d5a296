import { describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { decisionsOf } from "../../../src/db/decisions/decisions.ts";
import { pruneCandidates } from "../../../src/db/decisions/prune-candidates.ts";
import { deliveriesOf, recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import { replaceComponents } from "../../../src/db/projects/components.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import type { CandidateState } from "../../../src/domain/candidate-state.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { aCandidate, aCheck, aComponent, aDecision, aProject, aScore, NOW } from "../../support/build.ts";
import { STORES } from "../../support/database.ts";
import { useStore } from "../../support/store.ts";
import { recordDecision, upsertCandidate } from "../../support/stored.ts";

const CARD = { upstream: "pkg:github/example/tool", score: aScore(), checks: [aCheck()] };
const MADE = { decision: aDecision(), checks: [aCheck()], score: aScore(), content: {} };

describe.each(STORES)("old candidates, on the %s store", (kind) => {
  const store = useStore(kind);

  async function keep(id: string, state: CandidateState, at: string, channel?: string): Promise<void> {
    await upsertCandidate(store.db, aCandidate({ id }), { state, card: CARD }, at);
    await recordDecision(store.db, id, MADE, at);
    const subject = { kind: "candidate", id } as const;
    if (channel !== undefined)
      await recordDelivery(store.db, { key: `${channel}/${id}`, channel, subject, state: "sent", at });
  }

  it("go with their decisions where they were passed over, and stay where they went out, came to an end or are young", async () => {
    await keep("passed-over", "superseded", NOW);
    await keep("only-built", "superseded", NOW, "change");
    await keep("unwanted", "skipped", NOW);
    await keep("was-open", "superseded", NOW, "pull-request");
    await keep("merged", "merged", NOW);
    await keep("waiting", "waiting", NOW);
    await keep("young", "superseded", plus(NOW, 2 * DAY));
    expect(await pruneCandidates(store.db, plus(NOW, DAY))).toBe(3);
    expect((await candidatesOf(store.db, "example")).map(({ id }) => id).sort()).toEqual([
      "merged",
      "waiting",
      "was-open",
      "young",
    ]);
    expect(await decisionsOf(store.db, "passed-over")).toEqual([]);
    expect(await decisionsOf(store.db, "was-open")).toHaveLength(1);
    expect(await deliveriesOf(store.db, "candidate", ["only-built"])).toEqual([]);
    expect(await deliveriesOf(store.db, "candidate", ["was-open"])).toHaveLength(1);
  });

  it("stay while they are the next step of a component, however long nobody has wanted them", async () => {
    await keep("next", "skipped", NOW);
    await keep("before", "skipped", NOW);
    await ensureProjects(store.db, [aProject()], NOW);
    const { project, key, upstream, current } = aComponent();
    const row = { project, key, upstream, current, label: "tool", places: 1, unpinned: 0, candidate: "next" };
    await replaceComponents(store.db, project, [row], NOW);
    expect(await pruneCandidates(store.db, plus(NOW, DAY))).toBe(1);
    expect((await candidatesOf(store.db, "example")).map(({ id }) => id)).toEqual(["next"]);
  });
});
