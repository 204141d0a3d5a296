import { describe, expect, it } from "vitest";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import {
  anyUrgentUpstream,
  claimDueUpstreams,
  renewUpstreams,
  returnUpstreams,
  setUpstreamsDue,
  wakeUpstreams,
} from "../../../src/db/upstreams/due-upstreams.ts";
import { recordPollFailure, recordPollSuccesses } from "../../../src/db/upstreams/poll-results.ts";
import { ensureUpstreams, upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { Pin } from "../../../src/domain/pin.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { aPin, aProject, NOW } from "../../support/build.ts";
import { STORES } from "../../support/database.ts";
import { useStore } from "../../support/store.ts";

const TOOL = "pkg:github/example/tool";
const LATER = plus(NOW, HOUR);

function purls(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pkg:github/example/tool-${String(index).padStart(3, "0")}`);
}

describe.each(STORES)("due upstreams, on the %s store", (kind) => {
  const store = useStore(kind, (db) => ensureProjects(db, [aProject()], NOW));

  const claim = (most: number, now: string, ofOneHost?: number) =>
    claimDueUpstreams(store.db, now, { limit: most, leaseMs: MINUTE, ofOneHost });
  const pin = (pins: readonly Partial<Pin>[], project = "example") =>
    replacePins(store.db, project, { commit: "c0ffee", pins: pins.map(aPin), problems: [] }, NOW);

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
    const urgent = (now: string) => claimDueUpstreams(store.db, now, { limit: 10, leaseMs: MINUTE, urgency: "urgent" });
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
});
