import { describe, expect, it } from "vitest";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import { type PollSuccess, recordPollFailure, recordPollSuccesses } from "../../../src/db/upstreams/poll-results.ts";
import {
  ensureUpstreams,
  failingUpstreams,
  upstreamState,
  upstreamStates,
} from "../../../src/db/upstreams/upstreams.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { aPin, aProject, NOW } from "../../support/build.ts";
import { STORES } from "../../support/database.ts";
import { useStore } from "../../support/store.ts";

const TOOL = "pkg:github/example/tool";
const LATER = plus(NOW, HOUR);

function purls(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pkg:github/example/tool-${String(index).padStart(3, "0")}`);
}

describe.each(STORES)("upstreams, on the %s store", (kind) => {
  const store = useStore(kind, (db) => ensureProjects(db, [aProject()], NOW));

  async function watch(...names: string[]) {
    const pins = names.map((upstream) => aPin({ upstream }));
    await replacePins(store.db, "example", { pins, problems: [] }, NOW);
    await ensureUpstreams(
      store.db,
      names.map((purl) => ({ purl, source: "github" })),
      NOW,
    );
  }

  it("are counted when they are new, and only then", async () => {
    const [one = "", other = ""] = purls(2);
    expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: one }], NOW)).toBe(1);
    expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: other }], NOW)).toBe(1);
    expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: other }], NOW)).toBe(0);
  });

  it("keep what they answered, also when they cannot be asked later", async () => {
    await watch(TOOL);
    const answer = { validator: '"etag"', complete: true, notChecked: ["notes: no token"] };
    await recordPollSuccesses(store.db, [{ purl: TOOL, ...answer, dueAt: LATER }], NOW);
    await recordPollFailure(store.db, TOOL, new Failure("timeout", "no answer"), {
      dueAt: LATER,
      now: plus(NOW, MINUTE),
    });
    expect(await upstreamState(store.db, TOOL)).toEqual({
      purl: TOOL,
      source: "github",
      knownSince: NOW,
      ...answer,
      dueAt: LATER,
      firstPolledAt: NOW,
      lastSuccessAt: NOW,
      failure: { code: "timeout", message: "no answer", at: plus(NOW, MINUTE), since: plus(NOW, MINUTE), count: 1 },
    });
    expect((await failingUpstreams(store.db)).map(({ purl }) => purl)).toEqual([TOOL]);
  });

  it("keep the validator when nothing moved, and drop it when a full answer names none", async () => {
    await watch(TOOL);
    const answered = (answer: Partial<PollSuccess>, now: string) =>
      recordPollSuccesses(store.db, [{ purl: TOOL, dueAt: now, ...answer }], now);
    await answered({ validator: "one", complete: true, notChecked: [] }, NOW);
    await answered({}, LATER);
    expect(await upstreamState(store.db, TOOL)).toMatchObject({
      validator: "one",
      complete: true,
      firstPolledAt: NOW,
    });
    await answered({ complete: false, notChecked: [] }, LATER);
    expect(await upstreamState(store.db, TOOL)).not.toHaveProperty("validator");
  });

  it("in which nothing moved are recorded in one statement", async () => {
    const names = purls(3);
    await watch(...names);
    await recordPollFailure(store.db, names[0] ?? "", new Failure("timeout", "no"), { dueAt: NOW, now: NOW });
    await recordPollSuccesses(
      store.db,
      names.map((purl) => ({ purl, dueAt: LATER })),
      NOW,
    );
    const states = await upstreamStates(store.db, names);
    expect(states.map(({ dueAt, lastSuccessAt, failure }) => [dueAt, lastSuccessAt, failure])).toEqual(
      names.map(() => [LATER, NOW, undefined]),
    );
  });
});
