#!/usr/bin/env node
// The command as it is installed. Runs on the Node it was started with, or, where that is too old to run TypeScript's
// output of today, on the one that the project brings along.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../dist/cli/headgate.js", import.meta.url));
const source = fileURLToPath(new URL("../src/cli/headgate.ts", import.meta.url));
const entry = existsSync(built) ? built : source;
/** Beside the code and nowhere else: who may write there may change what runs anyway. Where nobody may, nothing is kept. */
const compiled = fileURLToPath(new URL("../node_modules/.cache/headgate", import.meta.url));
/**
 * The embedded store is WebAssembly: compiling it again, optimised, takes half a gigabyte and gains nothing. The heap's
 * limits decide how much garbage may pile up: with Node's own, polling takes twice the memory for the same work.
 */
const FLAGS = ["--liftoff-only", "--max-old-space-size=1024", "--max-semi-space-size=6"];

function runtime() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    console.error(
      `Headgate needs Node 24.15 or newer; this is ${process.versions.node}. Install it, or run \`npm ci\` in a clone: it brings its own.`,
    );
    process.exit(2);
  }
}

const child = spawn(runtime(), [...FLAGS, entry, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { NODE_COMPILE_CACHE: compiled, ...process.env },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal]; // as shells say it
});
