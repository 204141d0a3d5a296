import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `npm run bench:start`: how long `headgate run` takes from its start until it says that it is watching, with an empty
 * data directory and with a used one, and how long it takes to stop. Three runs each; the middle one counts.
 */
const entry = join(import.meta.dirname, "../../src/cli/headgate.ts");
const RUNS = 3;

type Timing = { readonly watching: number; readonly stopped: number; readonly code: number | null };

async function main(): Promise<void> {
  const first: Timing[] = [];
  const again: Timing[] = [];
  for (let run = 0; run < RUNS; run++) {
    const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
    try {
      writeFileSync(
        join(folder, "headgate.yaml"),
        `watch: [{ path: "${folder}" }]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: 0 }\n`,
      );
      first.push(await timeOne(folder));
      again.push(await timeOne(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  print("first start (creates the embedded store)", first);
  print("later start", again);
}

function timeOne(folder: string): Promise<Timing> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--liftoff-only", entry, "run", "--config", join(folder, "headgate.yaml")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let watching = 0;
  let asked = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    if (watching > 0 || !chunk.toString().includes("is watching")) return;
    watching = performance.now() - begun;
    setTimeout(() => {
      asked = performance.now();
      child.kill("SIGINT");
    }, 1_000);
  });
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ watching, stopped: performance.now() - asked, code })),
  );
}

function print(what: string, timings: readonly Timing[]): void {
  const middle = (pick: (timing: Timing) => number) =>
    timings.map(pick).sort((a, b) => a - b)[Math.floor(timings.length / 2)] ?? 0;
  const codes = [...new Set(timings.map((timing) => timing.code))].join(", ");
  console.log(
    `${what}: watching after ${(middle((one) => one.watching) / 1000).toFixed(1)} s, stopped after ${(middle((one) => one.stopped) / 1000).toFixed(1)} s, exit code ${codes}`,
  );
}

await main();
