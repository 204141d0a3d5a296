import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  ensureProjects,
  projectState,
  recordProjectFailure,
  setProjectsDue,
} from "../../../src/db/projects/projects.ts";
import { factsOf, freshIn, putFacts } from "../../../src/db/upstreams/facts.ts";
import { recordPollFailure } from "../../../src/db/upstreams/poll-results.ts";
import { ensureUpstreams, upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { askRefusedAgain } from "../../../src/flow/operate/ask-refused-again.ts";
import { failedLookupsOf, LOOKUP } from "../../../src/flow/trust/collect-evidence.ts";
import { Failure, type FailureCode } from "../../../src/lib/failure.ts";
import { NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const LATER = plus(NOW, 6 * HOUR);

describe.each(STORES)("a start, or another configuration, on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());
  const start = () => askRefusedAgain({ db: store.db, clock: () => NOW });

  it.each<[FailureCode, "now" | "later"]>([
    ["unauthorized", "now"],
    ["forbidden", "now"],
    ["not-found", "now"],
    ["unavailable", "later"],
    ["misconfigured", "later"],
  ])("asks an upstream and a project that were %s %s", async (code, when) => {
    const purl = "pkg:docker/private/tool";
    const failure = new Failure(code, "It was not had.");
    await ensureUpstreams(store.db, [{ purl }], NOW);
    await recordPollFailure(store.db, purl, failure, { dueAt: LATER, now: NOW });
    const source = { kind: "path", path: "/p" } as const;
    await ensureProjects(store.db, [{ id: "p", name: "p", source, ignorePaths: [] }], NOW);
    await recordProjectFailure(store.db, "p", failure, NOW);
    await setProjectsDue(store.db, ["p"], LATER);
    await start();
    const dueAt = when === "now" ? NOW : LATER;
    expect(await upstreamState(store.db, purl)).toMatchObject({ dueAt, failure: { code } });
    expect(await projectState(store.db, "p")).toMatchObject({ dueAt, failure: { code } });
  });

  it("lets no question about a version rest, knows how often it was asked in vain, and leaves what was answered", async () => {
    const subject = "pkg:docker/private/tool 1.1.0";
    const keep = (signal: string, facts: unknown) =>
      putFacts(store.db, {
        ...{ subject, signal, expiresAt: plus(NOW, DAY) },
        collected: { facts, source: "registry", at: plus(NOW, -HOUR) },
      });
    await keep(LOOKUP, { failed: 5, inVain: 5, why: "the registry refuses us" });
    await keep("tag-missing", { failed: 5, why: "the registry refuses us" });
    await keep("stars", { stars: 7 });
    await start();
    const known = await factsOf(store.db, [subject]);
    expect(freshIn(known, subject, LOOKUP, NOW)).toBeUndefined();
    expect(freshIn(known, subject, "tag-missing", NOW)).toBeUndefined();
    expect(failedLookupsOf(known, subject)).toBe(5);
    expect(freshIn(known, subject, "stars", NOW)).toMatchObject({ facts: { stars: 7 } });
  });
});
