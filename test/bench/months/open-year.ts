import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/config.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog } from "../../../src/lib/log.ts";
import { openFlow } from "../../../src/service/open-flow.ts";
import { configFor, type StandIns, startStandIns } from "../../demo/stand-ins.ts";
import { startPostgres } from "../../support/services.ts";
import { SUITE, type YearWorld, yearWorld } from "./world.ts";

/** A project whose upstreams release, on a PostgreSQL server, on a clock that whoever plays with it sets. */
export type Year = {
  readonly world: YearWorld;
  readonly standIns: StandIns;
  readonly flow: FlowContext;
  readonly days: { now: Instant };
  readonly folder: string;
  /** What stand-ins remember of requests is the bench's own memory. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
};

/** `count`: upstreams. `write`: hears every line of the log, from info on. */
export async function openYear(start: Instant, count: number, write: (line: string) => void): Promise<Year> {
  const days = { now: start };
  const world = yearWorld(() => days.now, count);
  const standIns = await startStandIns(world);
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const file = join(folder, "headgate.yaml");
  writeFileSync(file, configFor(standIns, folder, `repository: ${SUITE}`));
  const read = readConfig({ file, environment: { GITHUB_TOKEN: world.token, DATABASE_URL: server.url } });
  if (isFailure(read)) throw read;
  const config = { ...read, network: { ...read.network, retries: 0 } }; // nobody waits here as long as a daemon does
  const opened = await openFlow(config, createLog({ json: true, level: "info", write }), () => days.now);
  if (isFailure(opened)) throw opened;
  return {
    ...{ world, standIns, flow: opened.flow, days, folder },
    forget: () => {
      for (const one of Object.values(standIns)) if ("requests" in one) one.requests.length = 0;
    },
    close: async () => {
      await opened.close();
      await server.stop();
      await standIns.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
