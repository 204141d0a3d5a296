import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate } from "../support/command.ts";
import { aFolder } from "../support/folder.ts";
import { cyclonedxSchema, sarifSchema } from "../support/schemas.ts";

/** A small tree in the shapes that suites of images, single images and Python services have. */
const FILES = {
  "Dockerfiles/web.Dockerfile": [
    "FROM debian:13-slim",
    "ENV SUPERVISOR_VERSION=1.4.0",
    "ADD https://github.com/example/supervisor/releases/download/v${SUPERVISOR_VERSION}/supervisor /usr/bin/",
    "RUN pip install requests==2.32.3 'pyyaml>=6' && git clone https://github.com/example/parser /src",
    "",
  ].join("\n"),
  "docker-compose.yml": "services:\n  web:\n    image: ghcr.io/example/web:main\n",
  ".github/workflows/build.yml":
    "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n",
  "api/requirements.txt": "requests==2.31.0\n",
};
const flat = (text: string) => text.replace(/\s+/g, " ");

describe("headgate export PATH", () => {
  it.each([
    ["cyclonedx", cyclonedxSchema(), "pkg:github/example/supervisor@1.4.0"],
    ["sarif", sarifSchema(), "example/parser is not pinned: no version is written."],
  ])("writes a valid %s of a checkout, offline and without a configuration", async (format, validate, expected) => {
    const { code, out } = await headgate(["export", aFolder(FILES), "--format", format]);
    expect([code, validate(JSON.parse(out))]).toEqual([0, []]);
    expect(out).toContain(expected);
  });

  it("writes a table, and everything, into files that it names", async () => {
    const folder = aFolder(FILES);
    const file = join(aFolder(), "pins.csv");
    const { code, out, err } = await headgate(["export", folder, "--format", "csv", "-o", file]);
    expect([code, out]).toEqual([0, ""]);
    expect(flat(err)).toMatch(/Table \(CSV\): \d+ components of 1 project\. Written to .*pins\.csv\./);
    expect(readFileSync(file, "utf8").split("\r\n").length).toBeGreaterThan(7);
  });

  it("reads from history what moved between two commits", async () => {
    const folder = aFolder({ "requirements.txt": "requests==2.31.0\nattrs==25.1.0\n" });
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { stdio: "ignore" });
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    git("tag", "v1");
    writeFileSync(join(folder, "requirements.txt"), "requests==2.32.3\nattrs==25.1.0\nidna==3.10\n");
    const { code, out } = await headgate(["export", folder, "--format", "markdown", "--since", "v1"]);
    expect(code).toBe(0);
    expect(out).toContain("](<https://pypi.org/project/requests/2.32.3/>) (from 2.31.0)");
    expect(out).toContain("](<https://pypi.org/project/idna/3.10/>) (new)");
    expect(out).not.toContain("attrs");
  });

  it.each([
    [["--format", "xml"], "Allowed choices are cyclonedx"],
    [["--format", "vulnerabilities"], "Run `headgate plan` with a configuration first"],
    [["--format", "markdown"], "add --since with a tag, a commit or a date"],
    [["--format", "markdown", "--since", "no-such-tag"], 'has no commit at "no-such-tag"'],
  ])("refuses %j and says what to do", async (args, words) => {
    const { code, err } = await headgate(["export", aFolder(FILES), ...args]);
    expect(code).toBe(2);
    expect(flat(err)).toContain(words);
  });
});
