import { afterAll, beforeAll, expect, it } from "vitest";
import { standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { lookAtPinned } from "../../../src/flow/poll/look-at-pinned.ts";
import { takingUpstreams } from "../../../src/flow/poll/taking-upstreams.ts";
import { standstill } from "../../support/standstill.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { addAsset } from "../../upstreams/github/builders.ts";
import { findRepository } from "../../upstreams/github/world.ts";

const PILOT = "pkg:github/harbourlights/pilot";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.close());

it("takes those that nobody else has, keeps others from them, and gives them back as they were", async () => {
  const { flow } = suite;
  const before = await upstreamState(flow.db, PILOT);
  const taken: (readonly string[])[] = [];
  await takingUpstreams(flow, [PILOT], async (_held, mine) => {
    taken.push(mine);
    expect((await upstreamState(flow.db, PILOT))?.leasedUntil).toBeDefined();
    await takingUpstreams(flow, [PILOT], async (_other, theirs) => void taken.push(theirs));
  });
  expect(taken).toEqual([[PILOT]]);
  expect(await upstreamState(flow.db, PILOT)).toEqual(before);
});

it("gives them back at once where the work throws, and where it is given up", async () => {
  const { flow } = suite;
  const before = await upstreamState(flow.db, PILOT);
  const fails = () => Promise.reject(new Error("the disk is full"));
  await expect(takingUpstreams(flow, [PILOT], fails)).rejects.toThrow("the disk is full");
  expect(await upstreamState(flow.db, PILOT)).toEqual(before);
  const givingUp = new AbortController();
  const [begun, hanging] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = takingUpstreams({ ...flow, givenUp: givingUp.signal }, [PILOT], () => {
    begun.resolve();
    return hanging.promise;
  });
  await begun.promise;
  givingUp.abort();
  await expect.poll(() => upstreamState(flow.db, PILOT)).toEqual(before);
  hanging.reject(new Error("too late"));
  await expect(work).rejects.toThrow("too late");
});

it("lets a process that stood still bring back no file that was replaced since", async () => {
  const { flow, days, world } = suite;
  const watched = (await watchedUpstreams(flow.db)).filter(({ purl }) => purl === PILOT);
  await lookAtPinned(flow, watched);
  days.now = plus(days.now, 7 * HOUR);
  const still = standstill();
  const old = lookAtPinned({ ...flow, reader: lateReader(flow.reader, still.late) }, watched);
  await still.reached;
  days.now = plus(days.now, 2 * MINUTE);
  const release = findRepository(world.github, "harbourlights", "pilot")?.releases.find(({ tag }) => tag === "v1.4.0");
  if (release === undefined) throw new Error("the release is gone");
  addAsset(world.github, release, { name: "pilot-linux-amd64", content: "something else" });
  await lookAtPinned(flow, watched);
  const known = async () => ({
    releases: await releasesOf(flow.db, PILOT),
    alerts: (await standingAlerts(flow.db)).filter(({ upstream }) => upstream === PILOT),
  });
  const before = await known();
  expect(before.alerts).toHaveLength(1);
  days.now = plus(days.now, MINUTE);
  still.goOn();
  await old;
  expect(await known()).toEqual(before);
});

/** A reader whose answers about releases come when its process goes on. */
function lateReader(reader: FlowContext["reader"], late: ReturnType<typeof standstill>["late"]): FlowContext["reader"] {
  return reader === undefined ? undefined : { ...reader, releaseDetail: late(reader.releaseDetail) };
}
