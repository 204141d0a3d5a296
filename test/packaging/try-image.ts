import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configFor, startStandIns } from "../demo/stand-ins.ts";
import { demoWorld } from "../demo/world.ts";
import { stageImage } from "./dockerfile.ts";

/**
 * `npm run image`: carries out the steps of the Dockerfile in a folder, and uses what came of them as the image would be:
 * its entry point, without a shell, git or npm on the path, against local stand-ins. Needs no container engine, and shows
 * nothing of its isolation: continuous integration builds the image itself.
 */
const root = join(import.meta.dirname, "../..");
const into = mkdtempSync(join(tmpdir(), "headgate-image-"));
const world = demoWorld(() => new Date().toISOString());
const standIns = await startStandIns(world);
let wrong = 0;
try {
  const { folder, entrypoint, environment } = stageImage(root, into);
  const [, ...flags] = entrypoint; // the Node of the base image; here, this one
  const run = async (name: string, args: readonly string[], wanted: (end: End) => boolean, env = {}) => {
    const end = await start([...flags, ...args], { cwd: folder, env: { PATH: "", ...environment, ...env } });
    const good = wanted(end);
    if (!good) wrong++;
    console.log(`${good ? "as it must" : "WRONG"}: ${name}: exit code ${end.code}${good ? "" : `\n${end.said}`}`);
  };
  await run("headgate --help", ["--help"], ({ code, said }) => code === 0 && said.includes("headgate"));
  const doctor = ["doctor", "--config", "config/compose.yaml"]; // without a network it finds services broken: 1
  await run(
    "the store and the configuration for compose",
    doctor,
    ({ code, said }) => code !== 2 && said.includes("store: embedded"),
  );
  const data = join(into, "data");
  mkdirSync(data);
  const file = join(into, "headgate.yaml");
  writeFileSync(file, configFor(standIns, data));
  const once = ["run", "--once", "--config", file];
  const token = { GITHUB_TOKEN: world.token };
  await run("a cycle with the embedded store", once, ({ code }) => code === 0 || code === 1, token);
  const asked = standIns.github.requests.filter(({ status }) => status === 200).length;
  if (asked === 0) wrong++;
  console.log(`${asked} requests were answered by the stand-in of GitHub`);
} finally {
  await standIns.close();
  rmSync(into, { recursive: true, force: true });
}
process.exit(wrong === 0 ? 0 : 1);

type End = { readonly code: number | null; readonly said: string };

function start(args: readonly string[], options: { cwd: string; env: Record<string, string> }): Promise<End> {
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const keep = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}
