import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { processTerminal, wrap } from "../../src/cli/terminal.ts";
import { readConfig } from "../../src/config.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { startService } from "../../src/service.ts";
import { playDemo } from "./play.ts";
import { configFor, startStandIns } from "./stand-ins.ts";
import { demoWorld } from "./world.ts";

/**
 * `npm run demo`: a watched repository and all its upstreams on loopback, thirteen days in one minute. What was sent is
 * written to demo-output/. With `--once` it ends there; without, the daemon goes on with its dashboard until Ctrl-C.
 */
async function main(): Promise<number> {
  const { out, style, width } = processTerminal();
  const today = new Date().toISOString();
  const days = { now: today };
  const world = demoWorld(() => days.now);
  const standIns = await startStandIns(world);
  const data = mkdtempSync(join(tmpdir(), "headgate-demo-"));
  process.once("exit", () => rmSync(data, { recursive: true, force: true })); // also when nobody reads on
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
    return await lookAround(join(output, "headgate.yaml"), world.token, stopped);
  } finally {
    await standIns.close();
  }
}

/** The daemon goes on watching, with its dashboard, until it is told to stop. */
async function lookAround(file: string, token: string, stopped: Promise<void>): Promise<number> {
  const { out, style } = processTerminal();
  const config = readConfig({ file, environment: { GITHUB_TOKEN: token } });
  if (isFailure(config)) throw config;
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const service = await startService(config, "all", log);
  if (isFailure(service)) throw service;
  out(style("bold", "\nThe daemon is watching now, until Ctrl-C."));
  if (service.dashboard !== undefined) {
    out(`  Its dashboard: ${service.dashboard.url}`);
    out(`  Log in with this link (once, within ten minutes): ${service.dashboard.loginLink()}`);
  }
  out("  A new link, from another terminal:");
  out(`    npm run --silent headgate -- dashboard --config ${relative(process.cwd(), file)}`);
  await stopped;
  await service.close();
  return 0;
}

process.exit(await main()); // what is still being played when somebody stops it ends here
