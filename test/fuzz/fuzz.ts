import { parseArgs } from "node:util";
import { startCoverage } from "./coverage.ts";
import { fuzzTarget, minimise } from "./fuzz-target.ts";
import { TARGETS } from "./targets.ts";

/** `npm run fuzz -- [--seconds N] [--target ID] [--seed N] [--keep] [--minimise]`: see test/fuzz/README.md. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "60" },
      target: { type: "string" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      keep: { type: "boolean", default: false },
      minimise: { type: "boolean", default: false },
    },
  });
  const targets = TARGETS.filter(({ id }) => values.target === undefined || id === values.target);
  if (targets.length === 0) {
    process.stderr.write(`There is no target ${values.target}; there are ${TARGETS.map(({ id }) => id).join(", ")}.\n`);
    return 2;
  }
  const coverage = startCoverage("/src/");
  const seconds = Number(values.seconds) / targets.length;
  let failed = 0;
  for (const target of targets) {
    if (values.minimise) {
      process.stdout.write(`${target.id}: ${await minimise(target, coverage)} inputs stay\n`);
      continue;
    }
    const result = await fuzzTarget(target, coverage, { seconds, seed: Number(values.seed), keep: values.keep });
    process.stdout.write(
      `${target.id}: ${result.runs} runs, ${result.corpus} inputs, ${result.blocks} blocks reached\n`,
    );
    if (result.crash === undefined) continue;
    failed += 1;
    process.stdout.write(`  FOUND (seed ${values.seed}): ${result.crash.reason}\n  input: ${result.crash.file}\n`);
  }
  coverage.close();
  return failed === 0 ? 0 : 1;
}

// targets leave servers behind that would keep the process alive
process.exit(await main());
