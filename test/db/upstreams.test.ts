import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pinsOf, replacePins, watchedUpstreams } from "../../src/db/pins.ts";
import {
  claimDueProjects,
  ensureProjects,
  projectState,
  projectStates,
  recordProjectFailure,
  renewProject,
  retireProjectsExcept,
  returnProject,
  setProjectsDue,
} from "../../src/db/projects.ts";
import {
  anyUrgentUpstream,
  claimDueUpstreams,
  ensureUpstreams,
  failingUpstreams,
  type PollSuccess,
  recordPollFailure,
  recordPollSuccesses,
  renewUpstreams,
  returnUpstreams,
  setUpstreamsDue,
  upstreamState,
  upstreamStates,
  wakeUpstreams,
} from "../../src/db/upstreams.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import type { Pin } from "../../src/domain/pin.ts";
import type { Project } from "../../src/domain/project.ts";
import { Failure } from "../../src/lib/failure.ts";
import { aPin, NOW } from "../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../support/database.ts";

const TOOL = "pkg:github/example/tool";
const LATER = plus(NOW, HOUR);

function aProject(id = "example"): Project {
  return { id, name: id, source: { kind: "path", path: `/srv/${id}` }, ignorePaths: [] };
}

function purls(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pkg:github/example/tool-${String(index).padStart(3, "0")}`);
}

describe.each(STORES)("what is watched, on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    await emptyTables(store.db);
    await ensureProjects(store.db, [aProject()], NOW);
  });
  afterAll(() => store?.close());

  const claim = (most: number, now: string, ofOneHost?: number) =>
    claimDueUpstreams(store.db, now, { limit: most, leaseMs: MINUTE, ofOneHost });
  const pin = (pins: readonly Partial<Pin>[], project = "example") =>
    replacePins(store.db, project, { commit: "c0ffee", pins: pins.map(aPin), problems: [] }, NOW);

  const claimed = async (now = NOW) => (await claimDueProjects(store.db, now, 10, MINUTE)).map(({ id }) => id);

  describe("projects", () => {
    it("are due at once when they are new, and keep what is known of them when they are named again", async () => {
      await setProjectsDue(store.db, ["example"], LATER);
      await ensureProjects(store.db, [{ ...aProject(), branch: "next" }, aProject("other")], NOW);
      const known = (await projectStates(store.db)).map(({ id, branch, dueAt }) => [id, branch, dueAt]);
      expect(known).toEqual([
        ["example", "next", LATER],
        ["other", undefined, NOW],
      ]);
      expect(await claimed()).toEqual(["other"]);
    });

    it("belong to one process at a time, which alone can renew or give back its lease", async () => {
      const [mine] = await claimDueProjects(store.db, NOW, 10, MINUTE);
      if (mine === undefined) throw new Error("nothing was due");
      expect(await claimed()).toEqual([]);
      const renewed = await renewProject(store.db, mine, plus(NOW, 2 * MINUTE));
      expect(renewed).toEqual({ id: "example", lease: plus(NOW, 2 * MINUTE) });
      expect(await renewProject(store.db, mine, LATER)).toBeUndefined();
      await returnProject(store.db, mine, { dueAt: LATER, takenAt: NOW });
      expect(await projectState(store.db, "example")).toMatchObject({ dueAt: NOW, leasedUntil: plus(NOW, 2 * MINUTE) });
      if (renewed !== undefined) await returnProject(store.db, renewed, { dueAt: LATER, takenAt: NOW });
      expect(await projectState(store.db, "example")).toMatchObject({ dueAt: LATER });
      expect(await projectState(store.db, "example")).not.toHaveProperty("leasedUntil");
    });

    it("that somebody wishes for while they are read are read once more, and not at the same time", async () => {
      const [mine] = await claimDueProjects(store.db, NOW, 10, MINUTE);
      if (mine === undefined) throw new Error("nothing was due");
      const wish = plus(NOW, 1_000);
      await setProjectsDue(store.db, ["example"], wish);
      expect(await claimed(plus(NOW, 2_000))).toEqual([]);
      await returnProject(store.db, mine, { dueAt: LATER, takenAt: NOW });
      expect(await claimed(plus(NOW, 2_000))).toEqual(["example"]);
    });

    it("are not lost to a clock that was wrong for a while", async () => {
      const wrong = plus(NOW, 400 * DAY);
      const [taken] = await claimDueProjects(store.db, wrong, 10, MINUTE);
      expect(await claimed()).toEqual(["example"]); // the lease lies too far in the future to be one
      if (taken !== undefined) await setProjectsDue(store.db, ["example"], plus(wrong, HOUR));
      expect(await claimed(plus(NOW, 2 * MINUTE))).toEqual(["example"]);
    });

    it("remember how often they failed and since when, until they are read again", async () => {
      await recordProjectFailure(store.db, "example", new Failure("timeout", "no answer", { retryAt: LATER }), NOW);
      await recordProjectFailure(store.db, "example", new Failure("unavailable", "still none"), LATER);
      const failure = { code: "unavailable", message: "still none", at: LATER, since: NOW, count: 2 };
      expect(await projectState(store.db, "example")).toMatchObject({ failure });
      await pin([{}]);
      expect(await projectState(store.db, "example")).toMatchObject({ commit: "c0ffee", discoveredAt: NOW });
      expect(await projectState(store.db, "example")).not.toHaveProperty("failure");
    });

    it("are not read any more when the configuration names them no longer, and watch nothing", async () => {
      await ensureProjects(store.db, [aProject("other")], NOW);
      await pin([{}], "other");
      await retireProjectsExcept(store.db, ["example"]);
      expect((await projectStates(store.db)).map(({ id }) => id)).toEqual(["example"]);
      expect(await watchedUpstreams(store.db)).toEqual([]);
      await ensureProjects(store.db, [aProject("other")], LATER);
      expect(await projectState(store.db, "other")).toMatchObject({ dueAt: LATER });
    });
  });

  describe("pins", () => {
    it("are replaced as a whole, and come back exactly as they were read", async () => {
      await pin([{ line: 1 }, { line: 2 }]);
      const read = [aPin({ line: 9, variant: "slim", word: { kind: "hold", reason: "breaks" } }), aPin({ line: 3 })];
      await pin(read);
      expect(await pinsOf(store.db, "example")).toEqual(read);
    });

    it("say which names of an upstream are pinned, and under which templates", async () => {
      await ensureProjects(store.db, [aProject("other")], NOW);
      await pin([
        { text: "1.0.0", tagTemplate: "v{version}" },
        { text: "v2.0.0", version: "2.0.0", tagTemplate: "v{version}" },
        { text: ">=1.0", precision: "range", tagTemplate: "v{version}" },
        { text: "a".repeat(40), version: "", tagTemplate: "v{version}" },
        { upstream: "pkg:docker/library/debian", text: "13-slim", version: "13", variant: "slim" },
        { upstream: "pkg:docker/own/image", own: true },
        { upstream: "pkg:docker/ignored/image", word: { kind: "ignore" } },
      ]);
      await pin([{ text: "1.0.0", tagTemplate: "v{version}" }], "other");
      const debian = { purl: "pkg:docker/library/debian", pinnedRefs: ["13-slim"], tagTemplates: [] };
      const tool = { purl: TOOL, pinnedRefs: ["v1.0.0", "v2.0.0"], tagTemplates: ["v{version}"] };
      expect(await watchedUpstreams(store.db)).toEqual([debian, tool]);
      expect(await watchedUpstreams(store.db, [TOOL])).toEqual([tool]);
    });
  });

  describe("upstreams", () => {
    async function watch(...names: string[]) {
      await pin(names.map((upstream) => ({ upstream })));
      await ensureUpstreams(
        store.db,
        names.map((purl) => ({ purl, source: "github" })),
        NOW,
      );
    }

    it("are taken longest due first, once, and only where something is pinned", async () => {
      await watch(...purls(3));
      await ensureUpstreams(store.db, [{ purl: "pkg:github/nobody/pins" }], NOW);
      const [first = "", second = "", third = ""] = purls(3);
      await setUpstreamsDue(store.db, [third], plus(NOW, -HOUR));
      await setUpstreamsDue(store.db, [second], plus(NOW, MINUTE));
      expect(await claim(1, NOW)).toEqual([third]);
      expect(await claim(10, NOW)).toEqual([first]);
      expect(await claim(10, NOW)).toEqual([]);
    });

    it("that were taken and not given back are due again when the lease is over", async () => {
      await watch(TOOL);
      await claim(1, NOW);
      expect(await claim(1, plus(NOW, MINUTE - 1))).toEqual([]);
      expect(await claim(1, plus(NOW, MINUTE))).toEqual([TOOL]);
    });

    it("are taken from every project in turn, however many one of them has", async () => {
      await ensureProjects(store.db, [aProject("small")], NOW);
      const many = purls(5_000);
      await pin(many.map((upstream) => ({ upstream })));
      const few = ["pkg:pypi/one", "pkg:pypi/two", "pkg:pypi/three"];
      await pin(
        few.map((upstream) => ({ upstream })),
        "small",
      );
      await ensureUpstreams(
        store.db,
        many.map((purl) => ({ purl })),
        plus(NOW, -HOUR),
      );
      await ensureUpstreams(
        store.db,
        few.map((purl) => ({ purl })),
        NOW,
      );
      const taken = await claimDueUpstreams(store.db, NOW, { limit: 10, leaseMs: MINUTE });
      expect(few.filter((one) => !taken.includes(one))).toEqual([]);
      expect(taken).toHaveLength(10);
    });

    it("are urgent while they never answered, and when whoever took them was lost", async () => {
      const [known = "", lost = "", fresh = ""] = purls(3);
      const urgent = (now: string) =>
        claimDueUpstreams(store.db, now, { limit: 10, leaseMs: MINUTE, urgency: "urgent" });
      await ensureUpstreams(
        store.db,
        [known, lost, fresh].map((purl) => ({ purl })),
        NOW,
      );
      expect(await anyUrgentUpstream(store.db, NOW, MINUTE)).toBe(false); // nobody pins them
      await pin([known, lost, fresh].map((upstream) => ({ upstream })));
      await recordPollSuccesses(
        store.db,
        [known, lost].map((purl) => ({ purl, dueAt: NOW })),
        NOW,
      );
      expect(await anyUrgentUpstream(store.db, NOW, MINUTE)).toBe(true);
      expect(await urgent(NOW)).toEqual([fresh]);
      await recordPollFailure(store.db, fresh, new Failure("timeout", "silence"), { dueAt: LATER, now: NOW });
      expect(await anyUrgentUpstream(store.db, NOW, MINUTE)).toBe(false);
      await setUpstreamsDue(store.db, [known], LATER);
      expect(await claimDueUpstreams(store.db, NOW, { limit: 10, leaseMs: MINUTE })).toEqual([lost]);
      expect(await anyUrgentUpstream(store.db, plus(NOW, MINUTE - 1), MINUTE)).toBe(false);
      expect(await urgent(plus(NOW, MINUTE))).toEqual([lost]);
    });

    it("are counted when they are new, and only then", async () => {
      const [one = "", other = ""] = purls(2);
      expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: one }], NOW)).toBe(1);
      expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: other }], NOW)).toBe(1);
      expect(await ensureUpstreams(store.db, [{ purl: one }, { purl: other }], NOW)).toBe(0);
    });

    it("are not lost to a clock that was wrong for a while", async () => {
      await pin([{ upstream: TOOL }]);
      await ensureUpstreams(store.db, [{ purl: TOOL }], NOW);
      const wrong = plus(NOW, 400 * DAY);
      expect(await claimDueUpstreams(store.db, wrong, { limit: 1, leaseMs: MINUTE })).toEqual([TOOL]);
      expect(await claimDueUpstreams(store.db, NOW, { limit: 1, leaseMs: MINUTE })).toEqual([TOOL]);
      await setUpstreamsDue(store.db, [TOOL], plus(wrong, HOUR));
      expect(await claimDueUpstreams(store.db, plus(NOW, MINUTE), { limit: 1, leaseMs: MINUTE })).toEqual([TOOL]);
    });

    it("are asked by whoever holds their lease, and once it is exchanged an older hint takes nothing", async () => {
      await pin([{ upstream: TOOL }]);
      await ensureUpstreams(store.db, [{ purl: TOOL }], NOW);
      const lease = plus(NOW, MINUTE);
      const mine = plus(NOW, MINUTE + 1);
      expect(await claimDueUpstreams(store.db, NOW, { limit: 1, leaseMs: MINUTE })).toEqual([TOOL]);
      expect(await renewUpstreams(store.db, [TOOL], { from: lease, to: mine, now: NOW })).toEqual([TOOL]);
      expect(await renewUpstreams(store.db, [TOOL], { from: lease, to: mine, now: NOW })).toEqual([]);
      expect(await renewUpstreams(store.db, [TOOL], { from: mine, to: LATER })).toEqual([TOOL]);
      await returnUpstreams(store.db, [TOOL], mine);
      expect(await upstreamState(store.db, TOOL)).toHaveProperty("leasedUntil"); // somebody else's by now
      await returnUpstreams(store.db, [TOOL], LATER);
      expect(await renewUpstreams(store.db, [TOOL], { from: lease, to: mine, now: NOW })).toEqual([TOOL]);
      await setUpstreamsDue(store.db, [TOOL], LATER);
      expect(await renewUpstreams(store.db, [TOOL], { from: lease, to: mine, now: NOW })).toEqual([]);
    });

    it("are never taken twice, however many take at once, and none is left", async () => {
      const all = purls(200);
      await watch(...all);
      const takes = await Promise.all(Array.from({ length: 30 }, () => claim(7, NOW)));
      expect(takes.every((taken) => taken.length <= 7)).toBe(true);
      const taken = takes.flat();
      expect(new Set(taken).size).toBe(taken.length);
      const rest = await claim(1000, NOW);
      expect([...taken, ...rest].sort()).toEqual(all);
    });

    it("are taken of every host, however many are due of one", async () => {
      const many = purls(30).map((purl) => purl.replace("pkg:github", "pkg:pypi"));
      const elsewhere = ["pkg:docker/a/b?repository_url=one.example", "pkg:docker/a/b?repository_url=other.example"];
      await watch(...many, ...elsewhere, TOOL);
      await setUpstreamsDue(store.db, many, plus(NOW, -HOUR));
      expect((await claim(100, NOW, 20)).sort()).toEqual([...many.slice(0, 20), ...elsewhere, TOOL].sort());
      expect(await claim(100, NOW, 20)).toEqual([]);
      await setUpstreamsDue(store.db, many.slice(0, 5), LATER);
      expect(await claim(100, NOW, 20)).toEqual(many.slice(20, 25));
    });

    it("are due before all others once a feed names them, unless they answered since", async () => {
      const [named = "", other = "", asked = ""] = purls(3);
      await watch(named, other, asked);
      const answer = { complete: true, notChecked: [] };
      await recordPollSuccesses(
        store.db,
        [named, asked].map((purl) => ({ purl, ...answer, dueAt: LATER })),
        NOW,
      );
      const published = new Map([
        [named, plus(NOW, MINUTE)],
        [asked, plus(NOW, -MINUTE)],
        ["pkg:pypi/of-somebody-else", LATER],
      ]);
      expect(await wakeUpstreams(store.db, published)).toBe(1);
      expect(await wakeUpstreams(store.db, published)).toBe(0);
      expect(await claim(10, plus(NOW, MINUTE))).toEqual([named, other]);
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
});
