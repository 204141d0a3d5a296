import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import { CLOSING, closingKey, ownPullRequests } from "../../../src/db/deliveries/pull-requests.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { aCandidate, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";
import { upsertCandidate } from "../../support/stored.ts";

const PULL = "PR_1";
const SUBJECT = { kind: "candidate", id: aCandidate().id } as const;

describe.each(STORES)("a pull request of ours in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    await emptyTables(store.db);
    const card = { upstream: "pkg:github/example/tool", score: undefined, checks: [] };
    await upsertCandidate(store.db, aCandidate(), { state: "merged", card }, NOW);
    const sent = { subject: SUBJECT, state: "sent", url: "https://forge.example/1", at: plus(NOW, -90 * DAY) } as const;
    await recordDelivery(store.db, { ...sent, channel: "pull-request", key: `${SUBJECT.id}/abc`, externalId: PULL });
  });
  afterAll(() => store?.close());

  const end = (state: Delivery["state"], daysAgo: number) =>
    recordDelivery(store.db, {
      ...{ subject: SUBJECT, channel: CLOSING, key: closingKey(PULL) },
      ...{ state, at: plus(NOW, -daysAgo * DAY) },
    });
  const known = async () =>
    (await ownPullRequests(store.db, aCandidate().component.project, NOW)).map(({ id, ended, retired }) => {
      return { id, ended, retired };
    });

  it("is listed as long as it lives", async () => {
    expect(await known()).toEqual([{ id: PULL, ended: false, retired: false }]);
  });

  it.each<[Delivery["state"], number, object[]]>([
    ["unchanged", 29, [{ id: PULL, ended: true, retired: false }]],
    ["sent", 29, [{ id: PULL, ended: true, retired: true }]],
    ["unchanged", 31, []],
    ["sent", 31, []],
    ["refused", 31, [{ id: PULL, ended: false, retired: false }]],
    ["failed", 31, [{ id: PULL, ended: false, retired: false }]],
  ])(
    "whose end was %s, %d days ago, is listed for a month, unless it was opened again",
    async (state, days, listed) => {
      await end(state, days);
      expect(await known()).toEqual(listed);
    },
  );
});
