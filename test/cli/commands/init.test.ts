import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { headgate } from "../../support/command.ts";
import { aFolder } from "../../support/folder.ts";

const FILES = {
  Dockerfile: "FROM redis:7.4\n",
  "requirements.txt": "requests==2.32.3\n",
  "renovate.json": '{ "extends": ["config:recommended"], "ignoreDeps": ["redis"] }',
  ".github/dependabot.yml":
    "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    cooldown: { default-days: 9 }\n",
};
const flat = (text: string) => text.replace(/\s+/g, " ");

it("writes a configuration that its own loader reads, with other tools' rules, and says what to do next", async () => {
  const folder = aFolder(FILES);
  const { code, out } = await headgate(["init", "--yes"], { cwd: folder });
  expect(code).toBe(0);
  expect(flat(out)).toContain("renovate.json: 1 rule carried over (1 that skip).");
  expect(flat(out)).toContain("extends config:recommended: presets are not read");
  expect(flat(out)).toContain("Written to config/headgate.yaml. Next: headgate plan:");
  expect(flat(out)).toContain("it sends nothing as long as deliver names nothing");
  const read = readConfig({ file: join(folder, "config/headgate.yaml"), environment: {} });
  if (isFailure(read)) throw read;
  expect(read.policy.rules.map(({ match }) => match)).toEqual([
    { upstream: "pkg:docker/library/redis" },
    { kind: "pypi" },
  ]);
});

it("says how commands find a file that is not where they look, and that nothing has to be carried over", async () => {
  const { ".github/dependabot.yml": _, "renovate.json": __, ...rest } = FILES;
  const folder = aFolder({ ...rest, ".github/dependabot.yml": "version: 2\nupdates: []\n" });
  const { code, out } = await headgate(["init", "--yes", "-o", "own/headgate.yaml"], { cwd: folder });
  expect(code).toBe(0);
  expect(flat(out)).toContain(".github/dependabot.yml: it holds no rule that has to be carried over.");
  expect(flat(out)).toContain("headgate plan --config own/headgate.yaml: what would be done");
  expect(flat(out)).toContain("headgate doctor --config own/headgate.yaml: what is missing");
});

it("replaces nothing that is there, and writes nothing that nobody agreed to", async () => {
  const folder = aFolder({ ...FILES, "config/headgate.yaml": "watch: [{ path: . }]\n" });
  const kept = await headgate(["init", "--yes", "--no-from-renovate"], { cwd: folder });
  expect([kept.code, flat(kept.err)]).toEqual([2, expect.stringContaining("exists and was left as it is. --force")]);
  expect(readFileSync(join(folder, "config/headgate.yaml"), "utf8")).toBe("watch: [{ path: . }]\n");
  const looked = await headgate(["init"], { cwd: folder });
  expect([looked.code, flat(looked.out)]).toEqual([0, expect.stringContaining("config/headgate.yaml exists. --force")]);
  const shown = await headgate(["init", "-o", "other.yaml", "--no-from-renovate"], { cwd: folder });
  expect([shown.code, existsSync(join(folder, "other.yaml"))]).toEqual([0, false]);
  expect(flat(shown.out)).toContain(
    "Nothing was written. headgate init --no-from-renovate --yes -o other.yaml writes it to other.yaml",
  );
});

it("takes the place of the configuration that ships, in which nobody has written anything", async () => {
  const shipped = readFileSync(join(import.meta.dirname, "../../../config/headgate.yaml"), "utf8");
  const folder = aFolder({ "suite/Dockerfile": "FROM redis:7.4\n", "config/headgate.yaml": shipped });
  const shown = await headgate(["init", "suite"], { cwd: folder });
  expect(flat(shown.out)).toContain("headgate init suite --yes writes it to config/headgate.yaml.");
  expect((await headgate(["init", "suite", "--yes"], { cwd: folder })).code).toBe(0);
  expect(readFileSync(join(folder, "config/headgate.yaml"), "utf8")).toContain("- path: suite");
});

it("says so when the other tool's file is not there", async () => {
  const { code, err } = await headgate(["init", "--from-renovate", "renovat.json"], { cwd: aFolder() });
  expect([code, err.trim()]).toEqual([2, "headgate: renovat.json does not exist."]);
});

it("proposes a repository of one's own Forgejo where somebody says that it is one, and how to write that", async () => {
  const folder = aFolder(FILES);
  for (const args of [
    ["init", "-q"],
    ["remote", "add", "origin", "git@git.example.org:acme/suite.git"],
  ])
    execFileSync("git", ["-C", folder, ...args]);
  const unsaid = await headgate(["init"], { cwd: folder });
  expect(flat(unsaid.out)).toContain("If git.example.org is a Forgejo or Gitea, headgate init --forge forgejo");
  const shown = await headgate(["init", "--forge", "forgejo"], { cwd: folder, env: { FORGEJO_TOKEN: "sesame" } });
  expect(flat(shown.out)).toContain("headgate init --forge forgejo --yes writes it");
  expect(flat(shown.out)).toContain("- repository: acme/suite forge: forgejo");
  expect(flat(shown.out)).toContain("upstreams: forgejo: url: https://git.example.org");
  expect(shown.out).not.toContain("sesame");
});
