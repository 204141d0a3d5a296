import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, headgate } from "../../support/command.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

const sample = join(import.meta.dirname, "../../demo/sample");
let suite: Suite;
let checkout: string;
const ids = { pilot: "", jinja2: "", tide: "" };

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), "headgate-checkout-"));
  cpSync(sample, checkout, { recursive: true });
  suite = await startSuite(`path: ${checkout}`);
  ids.pilot = suite.candidateTo("1.5.0").id;
  ids.jinja2 = suite.candidateTo("3.1.6").id;
  ids.tide = suite.candidateTo("0.2.31").id;
  await suite.closeStore();
});
afterAll(async () => {
  await suite.close();
  rmSync(checkout, { recursive: true, force: true });
});

function run(...args: string[]): Promise<Finished> {
  return headgate(["apply", ...args, "--config", suite.config], { env: { GITHUB_TOKEN: suite.world.token } });
}

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), `${statSync(path).mode & 0o777} ${readFileSync(path, "utf8")}`]),
  );
}

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), "headgate-checkout-"));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("headgate apply", () => {
  it("prints a patch that git applies, which is what it writes itself", async () => {
    const [patched, written] = [copyOf(checkout), copyOf(checkout)];
    try {
      const { code, out, err } = await run(ids.pilot, "--patch");
      expect(err).toBe("");
      expect(code).toBe(0);
      const env = { PATH: process.env.PATH, HOME: patched, GIT_CEILING_DIRECTORIES: tmpdir() };
      execFileSync("git", ["apply"], { cwd: patched, env, input: out, stdio: "pipe" });
      const wrote = await run(ids.pilot.slice(0, 8), "--to", written);
      expect(wrote.code).toBe(0);
      expect(wrote.out).toContain("harbourlights/pilot 1.5.0 is written into 9 files");
      expect(contents(written)).toEqual(contents(patched));
      expect(contents(written)).not.toEqual(contents(checkout));
      const again = await run(ids.pilot, "--to", written);
      expect(again.code).toBe(0);
      expect(again.out.replace(/\s+/g, " ")).toContain("holds harbourlights/pilot 1.5.0 already: nothing was written");
    } finally {
      for (const folder of [patched, written]) rmSync(folder, { recursive: true, force: true });
    }
  });

  it("commits it on request, as its pull request would say", async () => {
    const clone = copyOf(checkout);
    const env = { PATH: process.env.PATH, HOME: clone, GIT_CEILING_DIRECTORIES: tmpdir() };
    const git = (...args: string[]) => execFileSync("git", args, { cwd: clone, env, stdio: "pipe" }).toString();
    try {
      git("init", "-q");
      git("config", "user.name", "Ann");
      git("config", "user.email", "ann@example.org");
      git("add", "-A");
      git("commit", "-q", "-m", "As it is");
      const { code, out, err } = await run(ids.pilot, "--to", clone, "--commit");
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^Committed as [0-9a-f]{12}: Bump harbourlights\/pilot from 1\.4\.0 to 1\.5\.0$/m);
      expect(git("log", "-1", "--format=%an: %B")).toMatch(/^Ann: Bump .*\n\n[^\n]*1\.4\.0 -> 1\.5\.0/);
      expect(git("show", "--name-only", "--format=").trim().split("\n")).toHaveLength(9);
      expect(git("status", "--porcelain")).toBe("");
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  it("refuses a checkout that is not what was planned from, and changes nothing there", async () => {
    const other = copyOf(checkout);
    try {
      writeFileSync(join(other, "Dockerfiles/web.Dockerfile"), "FROM scratch\n");
      const before = contents(other);
      const { code, out, err } = await run(ids.pilot, "--to", other);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err).toContain("Dockerfiles/web.Dockerfile is not what the change was planned from");
      expect(err).toContain(`headgate apply ${ids.pilot} --patch`);
      expect(contents(other)).toEqual(before);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it.each([
    [() => [ids.tide], /is waiting\. .*--force/s],
    [() => [ids.tide, "--patch"], /is waiting\. .*--force/s],
    [() => ["0123456789ab"], /There is no candidate 0123456789ab/],
    [() => [ids.jinja2, "--to", "/nonexistent/checkout"], /\/nonexistent\/checkout is not a folder/],
    [() => [ids.jinja2, "--to", ".", "--patch"], /give one of them/],
    [() => [ids.jinja2, "--commit", "--patch"], /give one of them/],
  ])("refuses with a sentence and exit code 2 (%#)", async (args, message) => {
    const { code, out, err } = await run(...args());
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe("");
  });

  it("writes into the watched folder itself, once", async () => {
    const { code, out } = await run(ids.jinja2);
    expect(code).toBe(0);
    expect(out).toContain("  requirements.txt");
    expect(readFileSync(join(checkout, "requirements.txt"), "utf8")).toContain("3.1.6");
    const again = await run(ids.jinja2);
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/Every place is at 3\.1\.6 already/);
  });
});
