import { parseArgs } from "node:util";
import { replacePins } from "../../src/db/projects/pins.ts";
import { ensureProjects } from "../../src/db/projects/projects.ts";
import { setUpstreamsDue } from "../../src/db/upstreams/due-upstreams.ts";
import { ensureUpstreams } from "../../src/db/upstreams/upstreams.ts";
import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { type Enqueue, tickUpstreams } from "../../src/flow/ticks.ts";
import { openTestDatabase } from "../support/database.ts";
import { makeUp } from "./poll/made-up.ts";

/**
 * `npm run bench:claim -- [--components N]`: N repositories, N Python packages and N images are due at the same moment, as
 * after a stop of a day. Claims as the scheduler does, a thousand at a time and again while the queue is not deep, until
 * nothing is due; what was claimed is taken as asked at once. Prints how many claims that takes, and how long each.
 */
const NOW: Instant = "2026-11-20T12:00:00.000Z";
const PROJECT = { id: "bench", name: "bench", source: { kind: "path", path: "/bench" }, ignorePaths: [] } as const;

async function main(components: number): Promise<void> {
  const store = await openTestDatabase("server");
  try {
    const upstreams = makeUp(components);
    const { db } = store;
    await ensureProjects(db, [PROJECT], NOW);
    await replacePins(db, PROJECT.id, { pins: upstreams.map(({ pin }) => pin), problems: [] }, NOW);
    await ensureUpstreams(db, upstreams, NOW);
    const flow = { db, clock: () => NOW } as unknown as FlowContext; // claiming uses nothing else
    const times: number[] = [];
    for (let claimed = 1; claimed > 0; ) {
      const taken: string[] = [];
      const take: Enqueue = async (_name, payload) => taken.push(...(payload as { purls: string[] }).purls) > 0;
      const begun = performance.now();
      claimed = await tickUpstreams(flow, take);
      times.push(performance.now() - begun);
      await setUpstreamsDue(db, taken, plus(NOW, DAY));
    }
    const sum = times.reduce((total, one) => total + one, 0);
    const most = Math.max(...times).toFixed(0);
    console.log(
      `${upstreams.length} upstreams: ${times.length} claims, ${most} ms at the most, ${(sum / 1_000).toFixed(1)} s in all`,
    );
  } finally {
    await store.close();
  }
}

const { values } = parseArgs({ options: { components: { type: "string", default: "10000" } } });
await main(Number(values.components));
