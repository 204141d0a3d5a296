import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS } from "../../src/discover/formats.ts";
import { readPinsAt } from "../../src/flow/discover/read-pins.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { fixturesOf } from "../discover/support.ts";

/**
 * How long discovery takes, and how much memory, as trees grow: `npm run bench`, or `npm run bench -- PATH` for a
 * checkout. Each tree is read in a process of its own, so that one does not warm up the next.
 */

/** What one process measured. `bytes` are those of the files that formats read, `peak` is of the whole process. */
type Measure = { seconds: number; files: number; bytes: number; pins: number; problems: number; peak: number };

const MEGABYTE = 1024 * 1024;
/** Copies of all fixtures in the smallest tree. */
const SAMPLE = 20;
const SMALL_FILES = 100_000;

async function measure(path: string): Promise<Measure> {
  const started = performance.now();
  const found = await readPinsAt(path);
  if (isFailure(found)) throw found;
  return {
    seconds: (performance.now() - started) / 1_000,
    files: found.files.length,
    bytes: found.files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    pins: found.pins.length,
    problems: found.problems.length,
    peak: process.resourceUsage().maxRSS * 1_024,
  };
}

function measureApart(path: string): Measure {
  const out = execFileSync(process.execPath, [import.meta.filename, "--measure", path], {
    encoding: "utf8",
    maxBuffer: MEGABYTE,
  });
  return JSON.parse(out) as Measure;
}

/** Folders with one of every file that is read, each with its own numbers, and with a source file that is not read. */
function growTree(root: string, copies: number): void {
  const fixtures = FORMATS.flatMap((format) => fixturesOf(format).map((file) => ({ ...file, id: format.id })));
  for (let copy = 0; copy < copies; copy += 1) {
    for (const { path, text, id } of fixtures) {
      const file = join(root, `part-${copy}`, id, path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, text.replaceAll("example", `example${copy % 50}`));
    }
    writeFileSync(join(root, `part-${copy}`, "main.c"), "int main(void) { return 0; }\n".repeat(200));
  }
}

/** Mostly files that nobody reads; every tenth is YAML of no known kind, every hundredth a Dockerfile. */
function growManyFiles(root: string): void {
  for (let index = 0; index < SMALL_FILES; index += 1) {
    const folder = join(root, `d${Math.floor(index / 1_000)}`);
    if (index % 1_000 === 0) mkdirSync(folder);
    const [name, text] =
      index % 100 === 0
        ? [`f${index}.Dockerfile`, `FROM example/base:1.${index % 7}.0\n`]
        : index % 10 === 0
          ? [`f${index}.yml`, `name: thing ${index}\nimage: 1\n`]
          : [`f${index}.txt`, `line ${index}\n`];
    writeFileSync(join(folder, name), text);
  }
}

function print(name: string, result: Measure, first: Measure | undefined): void {
  const perByte = (one: Measure) => one.seconds / one.bytes;
  const cells = [
    name.padEnd(16),
    `${result.seconds.toFixed(2)} s`.padStart(9),
    `${result.files}`.padStart(8),
    `${(result.bytes / MEGABYTE).toFixed(2)} MB`.padStart(10),
    `${result.pins}`.padStart(8),
    `${(result.peak / MEGABYTE).toFixed(0)} MB`.padStart(9),
    (first === undefined ? "" : `${(perByte(result) / perByte(first)).toFixed(2)}×`).padStart(9),
  ];
  process.stdout.write(`${cells.join(" ")}\n`);
}

function header(): void {
  const names = ["wall", "files", "read", "pins", "peak RSS", "per byte"];
  const [wall = "", files = "", read = "", pins = "", peak = "", ratio = ""] = names;
  process.stdout.write(
    `${"tree".padEnd(16)} ${wall.padStart(9)} ${files.padStart(8)} ${read.padStart(10)} ${pins.padStart(8)} ${peak.padStart(9)} ${ratio.padStart(9)}\n`,
  );
}

function compareGrowth(): void {
  const root = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    header();
    let first: Measure | undefined;
    for (const times of [1, 4, 16]) {
      const folder = join(root, `x${times}`);
      growTree(folder, SAMPLE * times);
      const result = measureApart(folder);
      print(`${times}×`, result, first);
      first ??= result;
      rmSync(folder, { recursive: true });
    }
    const many = join(root, "many");
    mkdirSync(many);
    growManyFiles(many);
    print("100,000 files", measureApart(many), undefined);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const [first, second] = process.argv.slice(2);
if (first === "--measure" && second !== undefined) process.stdout.write(JSON.stringify(await measure(second)));
else if (first === undefined) compareGrowth();
else {
  header();
  print("checkout", measureApart(first), undefined);
}
