import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processTerminal, wrap } from "../../src/cli/terminal.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { playDemo } from "./play.ts";
import { configFor, startStandIns } from "./stand-ins.ts";
import { demoWorld } from "./world.ts";

/**
 * `npm run demo`: a watched repository and all its upstreams on loopback, thirteen days in one minute. What was sent is
 * written to demo-output/. With `--once` it ends there; without, the stand-ins stay up for a look around until Ctrl-C.
 */
async function main(): Promise<number> {
  const { out, style, width } = processTerminal();
  const today = new Date().toISOString();
  const days = { now: today };
  const world = demoWorld(() => days.now);
  const standIns = await startStandIns(world);
  const data = mkdtempSync(join(tmpdir(), "headgate-demo-"));
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  try {
    const output = join(process.cwd(), "demo-output");
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output, { recursive: true });
    const config = configFor(standIns, data);
    writeFileSync(join(output, "headgate.yaml"), config);
    const played = await Promise.race([
      playDemo({
        world,
        standIns,
        config,
        output,
        days,
        today,
        tell: (line, heading) => {
          const indent = /^\s*/.exec(line)?.[0].replace("\n", "") ?? "";
          if (line.startsWith("\n")) out();
          for (const part of wrap(line.trim(), width, indent)) out(heading === true ? style("bold", part) : part);
        },
      }),
      stopped,
    ]);
    if (isFailure(played)) {
      process.stderr.write(`${played.message}\n`);
      return 1;
    }
    if (process.argv.includes("--once") || played === undefined) return 0;
    out("\nThe stand-ins stay up until Ctrl-C. Look around from another terminal, for example:");
    out(`  GITHUB_TOKEN=${world.token} npm run --silent headgate -- plan --config demo-output/headgate.yaml`);
    await stopped;
    return 0;
  } finally {
    await standIns.close();
    rmSync(data, { recursive: true, force: true });
  }
}

process.exitCode = await main();
