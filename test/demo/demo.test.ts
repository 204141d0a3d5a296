import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aFolder } from "../support/folder.ts";
import { COMPILED, NODE_FLAGS } from "../support/node.ts";

const entry = join(import.meta.dirname, "demo.ts");

/** Runs the demo in a folder of its own. `until`: what it has to print before it is told to stop, as Ctrl-C does. */
function play(
  args: readonly string[],
  until?: string,
): Promise<{ code: number | null; signal: string | null; out: string; folder: string }> {
  const folder = aFolder();
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NO_COLOR: "1", ...COMPILED },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let told = false;
  const collect = (chunk: Buffer) => {
    out += chunk.toString();
    if (until === undefined || told || !out.includes(until)) return;
    told = true; // once: a second one ends it the hard way
    child.kill("SIGINT");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, out, folder })));
}

describe("the demo", () => {
  it("ends by itself, lists what it sent, and leaves it to be opened", async () => {
    const { code, out, folder } = await play(["--once"]);
    expect(code).toBe(0);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("propose: harbourlights/pilot 1.4.0 → 1.5.0 in 9 places");
    expect(out).toContain("wait until");
    expect(out).toMatch(/hold until \S+: quayside 1\.9\.1 → 1\.9\.3/);
    expect(out).toMatch(/harbourlights\/quayside has no tag for it; 5\s+of the last 5 releases had one\./);
    expect(out).toContain("alarm: harbourlights/tide v0.2.30, which is pinned here, has other content");
    expect(out).toContain("No digest: nothing is new since the last one.");
    const files = readdirSync(join(folder, "demo-output"));
    for (const file of files.filter((name) => /^(pull-request|digest|alarm)-\d+\.(md|html)$/.test(name)))
      expect(out).toContain(file);
    expect(files).toEqual(
      expect.arrayContaining([
        "alarm-1.html",
        "digest-1.html",
        "digest-2.html",
        "pull-request-1.md",
        "pull-request-4.md",
      ]),
    );
    expect(readFileSync(join(folder, "demo-output", "pull-request-3.md"), "utf8")).toContain(
      "Dockerfiles/web.Dockerfile",
    );
  });

  it("stops when it is told to, in the middle of a cycle and while it stays up", async () => {
    const middle = await play([], "Thirteen days ago");
    expect(middle).toMatchObject({ code: 0, signal: null });
    const later = await play([], "is watching now, until Ctrl-C");
    expect(later).toMatchObject({ code: 0, signal: null });
  });
});
