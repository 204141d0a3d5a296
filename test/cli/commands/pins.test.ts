import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate, headgateEntry } from "../../support/command.ts";
import { aFolder } from "../../support/folder.ts";

const dockerfile = [
  "FROM debian:13-slim",
  'ENV SUPERVISOR_VERSION="1.4.0"',
  'ENV SUPERVISOR_URL="https://github.com/example/supervisor/releases/download/v${SUPERVISOR_VERSION}/supervisor-linux-amd64"',
  "ADD ${SUPERVISOR_URL} /usr/local/bin/supervisor",
  "",
].join("\n");

describe("headgate pins", () => {
  it("prints one row per pin with the line to edit", async () => {
    const folder = aFolder({ "images/web.Dockerfile": dockerfile, "requirements.txt": "# ours\nrequests==2.32.3\n" });
    const { code, out } = await headgate(["pins", folder, "--json"]);
    expect(code).toBe(0);
    expect(
      (JSON.parse(out) as { file: string; line: number; upstream: string; current: string }[]).map(
        ({ file, line, upstream, current }) => ({ file, line, upstream, current }),
      ),
    ).toEqual([
      { file: "images/web.Dockerfile", line: 1, upstream: "pkg:docker/library/debian", current: "13-slim" },
      { file: "images/web.Dockerfile", line: 2, upstream: "pkg:github/example/supervisor", current: "1.4.0" },
      { file: "requirements.txt", line: 2, upstream: "pkg:pypi/requests", current: "2.32.3" },
    ]);
  });

  it("groups them for people, within 80 columns, and sums up", async () => {
    const folder = aFolder({
      Dockerfile: dockerfile,
      "requirements.txt": "requests==2.32.3\nflask\n",
      "tools/requirements.txt": "requests==2.31.0\n",
    });
    const { code, out } = await headgate(["pins", folder]);
    expect(code).toBe(0);
    expect(out).toContain("requests  2.32.3, 2.31.0  drift");
    expect(out).toMatch(/requirements\.txt:2 +\(no version\) +not pinned/);
    expect(out).toContain("5 pins of 4 upstreams, 1 not pinned, 1 drifting, 0 not understood");
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("notes tags that can be moved, and Dockerfiles that nothing names", async () => {
    const folder = aFolder({ Dockerfile: dockerfile, "images/old/Dockerfile": "FROM debian:12\n" });
    const { out } = await headgate(["pins", folder]);
    const notes = out.slice(out.indexOf("Notes")).replace(/\s+/g, " ");
    expect(notes).toContain("2 places on a tag that its owner can move");
    expect(notes).toContain("images/old/Dockerfile: nothing that Headgate reads here names it");
  });

  it.each([
    ["Dockerfile:2", ["Dockerfile:2  SUPERVISOR_VERSION", "pkg:github/example/supervisor", "replaces the version"]],
    ["./Dockerfile:3", ["from       the address https://github.com/example/supervisor/releases/download/v$"]],
    ["Dockerfile:5", ["Dockerfile is read as: Dockerfile.", "Line 5 names nothing that has versions upstream."]],
    ["notes.xyz:1", ["notes.xyz is not read: no format knows files of this name."]],
    ["broken/compose.yml:1", ["Not understood: Not valid YAML"]],
  ])("explains %s", async (place, expected) => {
    const folder = aFolder({ Dockerfile: dockerfile, "notes.xyz": "x\n", "broken/compose.yml": "services: [\n" });
    const { code, out } = await headgate(["pins", folder, "--explain", place]);
    expect(code).toBe(0);
    for (const sentence of expected) expect(out).toContain(sentence);
  });

  it("keeps long paths and long lists of versions within 80 columns, and tells upstreams of one name apart", async () => {
    const long = "a-folder-with-a-long-name/".repeat(4);
    const versions = Array.from({ length: 30 }, (_, index) => `1.${index}.0`);
    const folder = aFolder({
      [`${long}requirements.txt`]: "redis\n",
      ...Object.fromEntries(versions.map((version) => [`v${version}/requirements.txt`, `redis==${version}\n`])),
      Dockerfile: `FROM redis:7.4.1@sha256:${"a".repeat(64)}\n`,
    });
    const { out } = await headgate(["pins", folder]);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("redis (docker)  7.4.1");
    expect(out).toMatch(/^redis \(pypi\) {2}.*…/m);
  });

  it("counts versions that a matrix tries side by side apart, and calls none of them drift", async () => {
    const workflow = [
      "jobs:",
      "  a:",
      "    strategy:",
      "      matrix:",
      "        py: ['3.12', '3.13']",
      "    steps:",
      "      - uses: actions/setup-python@v5",
      "        with:",
      "          python-version: ${{ matrix.py }}",
    ];
    const folder = aFolder({ ".github/workflows/a.yml": workflow.join("\n") });
    const { out } = await headgate(["pins", folder]);
    expect(out).toContain("1 pin of 1 upstream, 0 not pinned, 0 drifting, 2 tried side by side");
  });

  it("counts what a comment says to ignore apart", async () => {
    const folder = aFolder({ Dockerfile: "FROM debian:13-slim\n# headgate: ignore\nFROM alpine:3.22\n" });
    expect((await headgate(["pins", folder])).out).toContain(
      "1 pin of 1 upstream, 0 not pinned, 0 drifting, 1 ignored",
    );
  });

  it("says of what only a commit or a digest names that its content is pinned", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const folder = aFolder({
      ".github/workflows/ci.yml": `jobs:\n  a:\n    steps:\n      - uses: acme/tool@${commit}\n`,
    });
    const { out } = await headgate(["pins", folder]);
    expect(out).toContain("acme/tool  pinned by content");
  });

  it("reports what cannot be read, and goes on with the rest", async () => {
    const folder = aFolder({
      "requirements.txt": "requests==2.32.3\n",
      "binary/Dockerfile": Uint8Array.from([0x46, 0x52, 0x4f, 0x4d, 0x20, 0x00, 0x01]),
      "latin/requirements.txt": Uint8Array.from([0x66, 0x6f, 0x6f, 0xe9, 0x0a]),
      "huge/requirements.txt": Buffer.alloc(50 * 1024 * 1024, "a"),
      "broken/compose.yml": "services: [\n",
    });
    symlinkSync(folder, join(folder, "loop"));
    const { code, out } = await headgate(["pins", folder]);
    expect(code).toBe(1);
    expect(out).toContain("requests  2.32.3");
    for (const path of ["binary/Dockerfile", "latin/requirements.txt", "huge/requirements.txt", "broken/compose.yml"]) {
      expect(out.slice(out.indexOf("Not understood"))).toContain(path);
    }
    expect(out).not.toContain("loop/");
  });

  it("ends without a word when who reads its output stops early", () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `package-number-${index}==1.0.${index}`).join("\n");
    const folder = aFolder({ "requirements.txt": `${many}\n` });
    const command = `"${process.execPath}" "${headgateEntry}" pins "${folder}" | head -1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "package-number-0  1.0.0\n", stderr: "" });
  });

  it("keeps its exit code when nobody reads what it says is wrong", async () => {
    const child = spawn(process.execPath, [headgateEntry, "pinz"], { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.destroy();
    const [code] = await once(child, "close");
    expect(code).toBe(2);
  });

  it.each([
    [["pins", "no/such/folder"], /no\/such\/folder/],
    [["pinz"], /unknown command.*\n.*pins/s],
    [["pins", "--jason"], /unknown option/],
    [["pins", "--explain", "Dockerfile"], /--explain FILE:LINE/],
    [["pins", "--explain", "no/such/file:3"], /no\/such\/file is not a file of/],
  ])("refuses %j with a sentence and exit code 2", async (args, message) => {
    const { code, err } = await headgate(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe("colours", () => {
  it.each([
    ["not in a file", {}, false],
    ["where FORCE_COLOR asks for them", { FORCE_COLOR: "1" }, true],
    ["not where NO_COLOR forbids them", { NO_COLOR: "1" }, false],
  ])("are there %s", async (_, env, expected) => {
    const folder = aFolder({ Dockerfile: dockerfile });
    const child = spawnSync(process.execPath, [headgateEntry, "pins", folder], {
      env: { PATH: process.env.PATH, ...env },
      encoding: "utf8",
    });
    expect(child.stdout.includes("\u001b[")).toBe(expected);
  });
});
