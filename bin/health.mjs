#!/usr/bin/env node
// What a container's health check runs: asks the daemon of this data directory whether it is alive. A process without an
// edge (`--role worker`, `--role scheduler`) writes no address; that it runs is all there is to know.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const file = join(process.argv[2] ?? "data", "daemon.json");

function address() {
  try {
    return JSON.parse(readFileSync(file, "utf8")).url;
  } catch {
    return undefined;
  }
}

const url = address();
if (url !== undefined) {
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(4_000) }).catch((error) => error);
  if (!(answer instanceof Response && answer.ok)) {
    process.stderr.write(`no answer at ${url}/healthz\n`);
    process.exitCode = 1;
  }
}
