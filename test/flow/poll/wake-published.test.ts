import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { DAY, MINUTE, plus } from "../../../src/domain/instant.ts";
import { HANDLERS } from "../../../src/flow/jobs.ts";
import { wakePublished } from "../../../src/flow/poll/wake-published.ts";
import { type Enqueue, tickUpstreams } from "../../../src/flow/ticks.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { type PypiUpdate, publishToPypi } from "../../upstreams/pypi.ts";

const folder = mkdtempSync(join(tmpdir(), "headgate-feed-"));
const TOOL = "pkg:pypi/tool";
let suite: Suite;
let published: PypiUpdate[] = [];
beforeAll(async () => {
  writeFileSync(join(folder, "requirements.txt"), "tool==1.0\nzebra==1.0\n");
  suite = await startSuite(`{ path: "${folder}", name: example }`);
  suite.world.pypi.updates = () => published;
  for (const name of ["tool", "zebra"]) publishToPypi(suite.world.pypi, name, "1.0", plus(suite.days.now, -300 * DAY));
  suite.days.now = plus(suite.days.now, DAY);
  await suite.plan();
});
afterAll(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  suite.standIns.pypi.requests.length = 0;
});

type Batch = { readonly purls: readonly string[]; readonly lease: string };

async function tickAfter(minutes: number): Promise<Batch[]> {
  suite.days.now = plus(suite.days.now, minutes * MINUTE);
  const jobs: Batch[] = [];
  const enqueue: Enqueue = async (_name, payload) => {
    jobs.push(payload as Batch);
    return true;
  };
  await tickUpstreams(suite.flow, enqueue);
  if ((await wakePublished(suite.flow)) > 0) await tickUpstreams(suite.flow, enqueue);
  return jobs;
}

function release(name: string, version: string) {
  publishToPypi(suite.world.pypi, name, version, suite.days.now);
  published = [{ name, version, at: suite.days.now }, ...published];
}

const pagesAsked = () =>
  suite.standIns.pypi.requests.flatMap(({ path }) => /^\/simple\/([^/]+)\//.exec(path)?.[1] ?? []);

describe("a package that the feed names", () => {
  it("is asked at once, hours before its own time, and its release is known within minutes", async () => {
    expect(await tickAfter(20)).toEqual([]);
    const due = (await upstreamState(suite.flow.db, TOOL))?.dueAt ?? "";
    expect(due > plus(suite.days.now, 60 * MINUTE)).toBe(true);
    release("tool", "1.1");
    const batches = await tickAfter(2);
    expect(batches.map(({ purls }) => purls)).toEqual([[TOOL]]);
    await HANDLERS.poll(suite.flow, batches[0], async () => true);
    expect(pagesAsked()).toEqual(["tool"]);
    expect((await releasesOf(suite.flow.db, TOOL)).map(({ version }) => version)).toContain("1.1");
  });

  it("is left to its own time when the answer came well after the release", async () => {
    for (const batch of await tickAfter(11)) await HANDLERS.poll(suite.flow, batch, async () => true);
    expect(pagesAsked()).toEqual(["tool"]);
    expect(await tickAfter(2)).toEqual([]);
  });

  it("is the first to be asked of all that are due", async () => {
    suite.days.now = plus(suite.days.now, DAY);
    release("zebra", "1.1");
    suite.days.now = plus(suite.days.now, MINUTE);
    await suite.plan();
    expect(pagesAsked()).toEqual(["zebra", "tool"]);
  });
});
