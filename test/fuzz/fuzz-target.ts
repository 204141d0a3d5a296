import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Coverage } from "./coverage.ts";
import { mutate, randomFrom } from "./mutate.ts";
import type { Target } from "./target.ts";

const CORPUS = join(import.meta.dirname, "corpus");
const CRASHES = join(import.meta.dirname, "crashes");

/** Seconds of processor time that no input of at most 16 KiB may take. */
const SLOW = 2;
/** A look at the coverage costs as much as many runs: a batch takes as long as the look after it, within these bounds. */
const BATCH = { least: 20, most: 2_000 };

/** What a run came to. `crash`: the file that holds the input, and what it did. */
export type FuzzResult = {
  readonly runs: number;
  readonly corpus: number;
  readonly blocks: number;
  readonly crash?: { readonly file: string; readonly reason: string };
};

/** Why an input is a finding; undefined: it was read, or refused, as it should be. */
export async function tryInput(target: Target, input: Uint8Array, slow = SLOW): Promise<string | undefined> {
  const before = process.threadCpuUsage();
  try {
    await target.run(input);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
  }
  const seconds = process.threadCpuUsage(before).user / 1e6;
  if (seconds > slow) return `took ${seconds.toFixed(1)} s for ${input.length} bytes`;
  return "polluted" in {} ? "changed what every object inherits" : undefined;
}

/** The committed inputs of a target, by name. */
export function corpusOf(target: Target): { readonly file: string; readonly input: Buffer }[] {
  const folder = join(CORPUS, target.id);
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}

/** Feeds a target for a while; what reaches code that nothing reached before is kept, and joins the corpus when `keep`. */
export async function fuzzTarget(
  target: Target,
  coverage: Coverage,
  options: { readonly seconds: number; readonly seed: number; readonly keep: boolean },
): Promise<FuzzResult> {
  const random = randomFrom(options.seed);
  const seen = new Set<string>();
  const inputs: Buffer[] = [...target.seeds(), ...corpusOf(target).map(({ input }) => input)].map((one) =>
    Buffer.from(one),
  );
  const learn = () => coverage.take().filter((key) => !seen.has(key) && seen.add(key)).length;
  const result = (crash?: FuzzResult["crash"]) => ({
    ...{ runs, corpus: inputs.length, blocks: seen.size },
    ...(crash !== undefined && { crash }),
  });
  let runs = 0;
  const findingIn = async (batch: readonly Buffer[]) => {
    for (const input of batch) {
      runs += 1;
      const reason = await tryInput(target, input);
      if (reason !== undefined) return save(target, input, reason);
    }
    return undefined;
  };
  /** Which of them it was that reached something new: by halves, since most reach nothing. */
  const newest = async (batch: readonly Buffer[]): Promise<Buffer[]> => {
    for (const input of batch) await tryInput(target, input);
    const keys = coverage.take().filter((key) => !seen.has(key));
    if (keys.length === 0) return [];
    if (batch.length === 1) for (const key of keys) seen.add(key);
    if (batch.length === 1) return [...batch];
    const middle = batch.length >> 1;
    return [...(await newest(batch.slice(0, middle))), ...(await newest(batch.slice(middle)))];
  };
  const keep = (input: Buffer) => {
    inputs.push(input);
    if (options.keep) writeFileSync(join(CORPUS, target.id, nameOf(input)), input);
  };
  let length = BATCH.least;
  const first = await findingIn(inputs);
  if (first !== undefined) return result(first);
  learn();
  const words = wordsOf(inputs);
  for (const end = Date.now() + options.seconds * 1_000; Date.now() < end; ) {
    const pick = () => inputs[random(inputs.length)] ?? Buffer.alloc(0);
    const batch = Array.from({ length }, () => mutate(pick(), inputs, words, random));
    const start = performance.now();
    const crash = await findingIn(batch);
    if (crash !== undefined) return result(crash);
    const looked = performance.now();
    const isNew = coverage.take().some((key) => !seen.has(key));
    const ratio = (performance.now() - looked) / Math.max(looked - start, 1);
    length = Math.min(Math.max(Math.round(length * Math.min(ratio, 4)), BATCH.least), BATCH.most);
    if (isNew) for (const input of await newest(batch)) keep(input);
  }
  return result();
}

/** What a corpus keeps at most: the inputs that together reach most. */
const MOST_KEPT = 8;

/** Keeps the few inputs of the corpus that reach most beyond the seeds, and leaves out all others. Gives back how many stay. */
export async function minimise(target: Target, coverage: Coverage): Promise<number> {
  const reach = async (input: Uint8Array) => {
    coverage.take();
    await tryInput(target, input);
    return new Set(coverage.take());
  };
  const seen = new Set<string>();
  for (const seed of target.seeds()) for (const key of await reach(seed)) seen.add(key);
  let rest: { readonly file: string; readonly size: number; readonly keys: ReadonlySet<string> }[] = [];
  for (const { file, input } of corpusOf(target)) rest.push({ file, size: input.length, keys: await reach(input) });
  const kept: string[] = [];
  while (kept.length < MOST_KEPT) {
    const gains = rest.map((one) => ({ ...one, gain: [...one.keys].filter((key) => !seen.has(key)).length }));
    const [best] = gains.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain || a.size - b.size);
    if (best === undefined) break;
    kept.push(best.file);
    for (const key of best.keys) seen.add(key);
    rest = rest.filter(({ file }) => file !== best.file);
  }
  for (const { file } of corpusOf(target)) if (!kept.includes(file)) rmSync(join(CORPUS, target.id, file));
  return kept.length;
}

function wordsOf(inputs: readonly Buffer[]): Buffer[] {
  const words = inputs.flatMap(
    (input) =>
      input
        .subarray(0, 4_096)
        .toString("latin1")
        .match(/[\w.:@/-]{2,40}/g) ?? [],
  );
  return [...new Set(words)].slice(0, 2_000).map((word) => Buffer.from(word, "latin1"));
}

function save(target: Target, input: Uint8Array, reason: string): { file: string; reason: string } {
  mkdirSync(CRASHES, { recursive: true });
  const file = join(CRASHES, `${target.id}-${nameOf(input)}`);
  writeFileSync(file, input);
  return { file, reason };
}

function nameOf(input: Uint8Array): string {
  return createHash("sha256").update(input).digest("hex").slice(0, 16);
}
