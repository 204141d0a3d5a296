import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { candidatesOf, setCandidateState } from "../../../src/db/decisions/candidates.ts";
import type { StoredCandidate } from "../../../src/db/decisions/stored-candidate.ts";
import { setUpstreamsDue } from "../../../src/db/upstreams/due-upstreams.ts";
import { between, DAY, HOUR, type Instant, plus } from "../../../src/domain/instant.ts";
import { decideByHand } from "../../../src/flow/decide/record-human-decision.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { pushImage } from "../../upstreams/oci/world.ts";

const NAME = "search/base";
/** Twice as long, since nothing is known of the image's project. */
const WAIT = 3 * DAY;

let folder: string;
let suite: Suite;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "headgate-rebuilt-"));
  const rule = `rules: [{ match: { upstream: "pkg:docker/${NAME}*" }, wait: 3d }]\n`;
  pin(digestOf({ content: "first" }));
  suite = await startSuite(`{ path: "${folder}", name: example }`, rule);
  push("first");
  await lookAfter(HOUR);
});
afterEach(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true });
});

function pin(digest: string): void {
  writeFileSync(join(folder, "Dockerfile"), `FROM registry.example/${NAME}:3-slim@${digest}\n`);
}

/** Builds the image again; what was there stays under its digest. */
function push(content: string): string {
  const image = { content };
  const repository = suite.world.other.repositories[NAME];
  const before = repository?.tags["3-slim"];
  if (repository !== undefined && before !== undefined)
    repository.untagged = [...(repository.untagged ?? []), { ...before }];
  pushImage(suite.world.other, NAME, "3-slim", image);
  return digestOf(image);
}

async function lookAfter(pause: number): Promise<void> {
  suite.days.now = plus(suite.days.now, pause);
  await setUpstreamsDue(suite.flow.db, [`pkg:docker/${NAME}?repository_url=registry.example`], suite.days.now);
  await suite.plan();
}

/** Builds it again, and sees that an hour later. */
async function pushSeen(content: string): Promise<string> {
  const digest = push(content);
  await lookAfter(HOUR);
  const waiting = await candidatesOf(suite.flow.db, suite.flow.projects[0]?.id ?? "", ["waiting"]);
  expect(waiting.map(({ snapshot: { candidate } }) => candidate.to.digests.index)).toContain(digest);
  return digest;
}

/** What would have a pull request now. */
async function proposed(): Promise<StoredCandidate[]> {
  return candidatesOf(suite.flow.db, suite.flow.projects[0]?.id ?? "", ["seen", "proposed"]);
}

async function proposedDigests(): Promise<(string | undefined)[]> {
  return (await proposed()).map(({ snapshot: { candidate } }) => candidate.to.digests.index);
}

/** What is planned for the image, whatever became of it before. */
async function verdicts(): Promise<string[]> {
  return (await suite.plan()).candidates.map(({ decision }) => decision.verdict);
}

/** Looks every day for so long and takes what is proposed: on which days, and for how long it had been seen then. */
async function liveFor(days: number, dayOf: (day: number) => string | undefined) {
  const taken: { readonly day: number; readonly age: number }[] = [];
  let last: Instant | undefined;
  for (let day = 1; day <= days; day++) {
    const content = dayOf(day);
    if (content !== undefined) push(content);
    await lookAfter(DAY);
    const [one, ...others] = await proposed();
    expect(others).toEqual([]);
    if (one === undefined) continue;
    const { contentFirstSeenAt, digests } = one.snapshot.candidate.to;
    expect(last === undefined || contentFirstSeenAt > last).toBe(true); // never back to something older
    last = contentFirstSeenAt;
    taken.push({ day, age: between(contentFirstSeenAt, suite.days.now) });
    pin(digests.index ?? "");
  }
  return taken;
}

describe("an image that is built again before its wait is over", () => {
  it.each([
    ["every three days", 3, 30],
    ["every night", 1, 20],
  ])("is taken at least every week when it is built %s, and never before it has waited", async (_, every, until) => {
    const taken = await liveFor(until, (day) => (day % every === 0 ? `built on day ${day}` : undefined));
    expect(Math.min(...taken.map(({ age }) => age))).toBeGreaterThanOrEqual(2 * WAIT);
    expect(Math.max(...taken.map(({ age }) => age))).toBeLessThan(2 * WAIT + 2 * DAY);
    const days = [every, ...taken.map(({ day }) => day), until];
    const pauses = days.slice(1).map((day, index) => day - (days[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(7);
  });

  it("says which newer content waits, and until when", async () => {
    await pushSeen("second");
    await lookAfter(5 * DAY);
    const third = await pushSeen("third");
    await lookAfter(DAY);
    const report = await suite.plan();
    const [one] = await proposed();
    const reasons = report.candidates.find(({ id }) => id === one?.id)?.decision.reasons ?? [];
    const [said] = reasons.filter(({ rule }) => rule === "newer-content").map(({ summary }) => summary);
    expect(said).toContain(`3-slim was built again since: ${third.slice(0, 19)}, first seen on `);
    expect(said).toMatch(/, waits until \d{4}-\d\d-\d\d\.$/);
  });
});

describe("of what was there before the newest content", () => {
  it("nothing is proposed that was replaced within a day, also in the hours when it alone has waited", async () => {
    await pushSeen("broken into");
    await lookAfter(5 * HOUR);
    const mended = await pushSeen("mended");
    await lookAfter(2 * WAIT - 12 * HOUR);
    for (let hours = 0; hours < 18; hours += 3) {
      expect([[], [mended]]).toContainEqual(await proposedDigests());
      await lookAfter(3 * HOUR);
    }
    expect(await proposedDigests()).toEqual([mended]);
  });

  it("nothing is proposed that was taken back", async () => {
    const second = await pushSeen("second");
    await lookAfter(2 * DAY);
    await pushSeen("broken into");
    await lookAfter(2 * DAY);
    push("second");
    await lookAfter(HOUR);
    await lookAfter(2 * DAY);
    await pushSeen("third");
    for (let day = 0; day < 5; day++) {
      await lookAfter(DAY);
      expect([[], [second]]).toContainEqual(await proposedDigests());
    }
    expect(await proposedDigests()).toEqual([second]);
  });

  it("what the registry has no more is passed over for what came before it", async () => {
    const second = await pushSeen("second");
    await lookAfter(2 * DAY);
    const third = await pushSeen("third");
    await lookAfter(5 * DAY);
    await pushSeen("fourth");
    expect(await proposedDigests()).toEqual([second]);
    await lookAfter(DAY);
    expect(await proposedDigests()).toEqual([third]);
    const repository = suite.world.other.repositories[NAME];
    if (repository !== undefined)
      repository.untagged = (repository.untagged ?? []).filter((one) => digestOf(one) !== third);
    await lookAfter(DAY);
    expect(await proposedDigests()).toEqual([second]);
  });

  it("nothing is proposed that was found to be bad while it was the newest", async () => {
    await pushSeen("second");
    const [waiting] = await candidatesOf(suite.flow.db, suite.flow.projects[0]?.id ?? "", ["waiting"]);
    await setCandidateState(suite.flow.db, waiting?.id ?? "", "withdrawn", suite.days.now);
    await lookAfter(2 * DAY);
    await pushSeen("third");
    await lookAfter(5 * DAY);
    expect(await verdicts()).toEqual(["wait"]);
  });

  it("nothing is proposed where somebody pinned what was never seen here: it may be newer", async () => {
    await pushSeen("second");
    await lookAfter(2 * DAY);
    await pushSeen("third");
    pin(digestOf({ content: "taken from elsewhere" }));
    await lookAfter(5 * DAY);
    expect(await verdicts()).toEqual(["wait"]);
  });

  it("nothing is proposed when a person skips what is proposed now", async () => {
    await pushSeen("second");
    await lookAfter(2 * DAY);
    await pushSeen("third");
    await lookAfter(4 * DAY);
    const [one] = await proposed();
    const said = { candidate: one?.id ?? "", action: "skip", reason: "not now", by: "ann" } as const;
    expect(await decideByHand(suite.flow, said)).toMatchObject({ id: one?.id, decision: { verdict: "skip" } });
    await lookAfter(HOUR);
    expect(await proposedDigests()).toEqual([]);
    const skipped = await candidatesOf(suite.flow.db, one?.project ?? "", ["skipped"]);
    expect(skipped.map(({ id }) => id)).toContain(one?.id);
  });
});
