import { readFileSync } from "node:fs";
import { readConfig } from "../../../src/config.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog } from "../../../src/lib/log.ts";
import { openFlow } from "../../../src/service/open-flow.ts";

/** One poll of everything. Seconds of wall and of CPU (user and system); bytes of memory at most so far. */
export type PollFigures = {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
  readonly polled: number;
  readonly changed: number;
  readonly failed: number;
};

/** Headgate in a process of its own: `node headgate.ts CONFIG`. It polls everything whenever it is told what time it is. */
async function main([file = ""]: readonly string[]): Promise<void> {
  const config = readConfig({ file });
  if (isFailure(config)) throw config;
  let now: Instant = "";
  const log = createLog({ json: false, level: "warn", write: (line) => void process.stderr.write(line) });
  const opened = await openFlow(config, log, () => now);
  if (isFailure(opened)) throw opened;
  const { flow, close } = opened;

  async function pollAll(): Promise<PollFigures> {
    const begun = performance.now();
    const before = process.cpuUsage();
    const { polled, changed, failed } = await pollUpstreams(flow, await watchedUpstreams(flow.db));
    const { user, system } = process.cpuUsage(before);
    const wall = (performance.now() - begun) / 1_000;
    const counts = { polled, changed: changed.length, failed: failed.length };
    return { wall, cpu: (user + system) / 1e6, peak: peakMemory(), ...counts };
  }

  process.on("message", (order: { readonly now: Instant } | "stop") => {
    if (order === "stop") return void close().then(() => process.disconnect?.());
    now = order.now;
    void pollAll().then((figures) => process.send?.(figures));
  });
  process.send?.("ready");
}

function peakMemory(): number {
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

await main(process.argv.slice(2));
