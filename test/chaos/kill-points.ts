import { FORGE_IDS, type ForgeId } from "../../src/domain/project.ts";
import { killAll } from "./kill-all.ts";
import { openLab, type Stage } from "./kill-lab.ts";
import type { Outcome } from "./outcome.ts";

/**
 * `npm run kills [-- --every N --from POINT --to POINT --at-once N --answering --forge FORGE]`: kills a process that
 * delivers to a forge (or that acts on what people did with what was delivered), before and after each request to the
 * forge and to a hook, each step of the mail session and each write to the database, one point per run; lets another
 * process recover; and counts what exists then. The points are those that a run without a kill passes.
 */
async function main({ every, from, to, atOnce, stage, forge }: Slice): Promise<void> {
  const lab = await openLab(forge);
  try {
    const clean = await lab.run(undefined, stage);
    console.log(`${clean.points.length} points in a run without a kill: ${inWords(clean.outcome)}`);
    const last = Math.min(to, clean.points.length);
    const wanted = Array.from({ length: Math.ceil((last - from + 1) / every) }, (_, index) => from + index * every);
    const tellProgress = progressOf(wanted.length);
    const { wrong, notReached } = await killAll({ lab, stage }, clean.outcome, wanted, atOnce, (one) => {
      if (one !== undefined) console.log(`killed at ${one.point} (${one.at}): ${one.problems.join("; ")}`);
      tellProgress();
    });
    const killed = wanted.length - notReached.length;
    console.log(`${killed} killed, ${wrong.length} wrong; ${notReached.length} ended before their point came`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await lab.close();
  }
}

type Slice = {
  readonly every: number;
  readonly from: number;
  readonly to: number;
  readonly atOnce: number;
  readonly stage: Stage;
  readonly forge: ForgeId;
};

function progressOf(all: number): () => void {
  const started = Date.now();
  let done = 0;
  return () => {
    if (++done % 20 !== 0) return;
    const seconds = (Date.now() - started) / 1000;
    const left = Math.round(((seconds / done) * (all - done)) / 60);
    console.log(`${done} of ${all} in ${Math.round(seconds)} s; about ${left} min left`);
  };
}

function inWords({ pulls, comments, mails, hooks, decisions }: Outcome): string {
  const opened = pulls.filter((one) => one.includes(" pull request of ")).length;
  return `${opened} pull requests, ${comments.length} comments, ${mails.length} mails, ${hooks.length} webhooks, ${decisions} decisions`;
}

function option(name: string, otherwise: number): number {
  const index = process.argv.indexOf(name);
  return index < 0 ? otherwise : Math.max(1, Number(process.argv[index + 1]));
}

function forgeOf(index: number): ForgeId {
  const wanted = index < 0 ? "github" : process.argv[index + 1];
  const found = FORGE_IDS.find((id) => id === wanted);
  if (found === undefined) throw new Error(`--forge is one of ${FORGE_IDS.join(", ")}`);
  return found;
}

await main({
  every: option("--every", 1),
  from: option("--from", 1),
  to: option("--to", Number.POSITIVE_INFINITY),
  atOnce: option("--at-once", 2),
  stage: process.argv.includes("--answering") ? "answering" : "opening",
  forge: forgeOf(process.argv.indexOf("--forge")),
});
