import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { headgate } from "../../support/command.ts";
import { aFolder } from "../../support/folder.ts";
import { cyclonedxSchema, sarifSchema } from "../../support/schemas.ts";
import { startOsv } from "../../upstreams/osv.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

/** A small tree in the shapes of a suite of many images, as Malcolm is. */
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
/** A repository of one image, as alteriom-docker-images is, and a service with its own packages, as Carrot Mapper is. */
const ONE_IMAGE = {
  "production/Dockerfile": [
    "FROM python:3.11-slim",
    "ENV PLATFORMIO_VERSION=6.1.13",
    "RUN pip install --no-cache-dir platformio==${PLATFORMIO_VERSION} requests==2.31.0",
    "",
  ].join("\n"),
  ".github/workflows/build.yml": `on: push\njobs:\n  build:\n    steps:\n      - uses: actions/checkout@${"a".repeat(40)} # v4.2.2\n`,
};
const SERVICE = {
  "app/api/pyproject.toml":
    '[project]\nname = "api"\nversion = "1"\ndependencies = ["django==4.2.1", "requests>=2", "tool @ git+https://github.com/example/tool@v1.0"]\n',
  "app/web/package.json": '{ "dependencies": { "next": "14.2.1", "react": "^18.0.0" } }\n',
  "docker-compose.yml": "services:\n  api:\n    image: ghcr.io/example/api:1.2.3\n",
};
const TREES = [
  ["a suite of images", FILES],
  ["a repository of one image", ONE_IMAGE],
  ["a service with its own packages", SERVICE],
] as const;
const VULNERABLE = {
  id: "GHSA-aaaa-bbbb-cccc",
  modified: "2026-03-14T05:47:39Z",
  summary: "Credentials leak to another host",
  affected: [
    {
      package: { ecosystem: "PyPI", name: "requests" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2.32.0" }] }],
    },
  ],
};

/** A configuration that knows nothing but where OSV is. */
function asking(url: string): string {
  const text = `upstreams: { osv: { url: "${url}" } }\nnetwork: { allow-private: ["${new URL(url).host}"] }\nwatch: [{ path: . }]\n`;
  return join(aFolder({ "headgate.yaml": text }), "headgate.yaml");
}
const flat = (text: string) => text.replace(/\s+/g, " ");

describe("headgate export PATH", () => {
  it.each(TREES)("writes a valid SBOM and SARIF of %s, offline and without a configuration", async (_, files) => {
    const folder = aFolder(files);
    const [bom, sarif] = await Promise.all(
      ["cyclonedx", "sarif"].map((format) => headgate(["export", folder, "--format", format])),
    );
    expect([bom?.code, sarif?.code]).toEqual([0, 0]);
    expect(cyclonedxSchema()(JSON.parse(bom?.out ?? ""))).toEqual([]);
    expect(sarifSchema()(JSON.parse(sarif?.out ?? ""))).toEqual([]);
    if (files !== FILES) return;
    expect(bom?.out).toContain("pkg:github/example/supervisor@1.4.0");
    expect(sarif?.out).toContain("example/parser is not pinned: no version is written.");
  });

  describe("about advisories", () => {
    let osv: StandIn;
    beforeAll(async () => {
      osv = await startOsv({ advisories: [VULNERABLE] });
    });
    afterAll(() => osv.close());

    it.each(TREES)("asks OSV about what %s pins, and writes a valid report", async (_, files) => {
      const args = ["export", aFolder(files), "--format", "vulnerabilities", "--config", asking(osv.url)];
      const { code, out, err } = await headgate(args);
      expect([code, err]).toEqual([0, ""]);
      const report = JSON.parse(out);
      expect(cyclonedxSchema()(report)).toEqual([]);
      const affected = report.vulnerabilities.map((one: { id: string; affects: { ref: string }[] }) => [
        one.id,
        one.affects.map(({ ref }) => ref.replace(/^.* /, "")),
      ]);
      expect(affected).toEqual(files === SERVICE ? [] : [[VULNERABLE.id, ["pkg:pypi/requests@2.31.0"]]]);
      expect(report.properties[0].value).toMatch(
        /^\d components? of the kind docker: no list of advisories knows what is/,
      );
    });

    it("puts them into other reports where that is asked for", async () => {
      const folder = aFolder(FILES);
      const args = ["export", folder, "--format", "sarif", "--advisories", "--config", asking(osv.url)];
      const { code, out } = await headgate(args);
      expect([code, sarifSchema()(JSON.parse(out))]).toEqual([0, []]);
      expect(out).toContain(VULNERABLE.id);
    });

    it("says what it could not ask, and still writes a valid report", async () => {
      const gone = asking("http://127.0.0.1:9");
      const { code, out, err } = await headgate([
        ...["export", aFolder(ONE_IMAGE), "--format", "vulnerabilities", "--config", gone],
      ]);
      const report = JSON.parse(out);
      expect([code, cyclonedxSchema()(report), report.vulnerabilities]).toEqual([1, [], []]);
      expect(flat(err)).toMatch(/Not checked: .*requests.*: advisories: .*127\.0\.0\.1:9/);
      const named = report.metadata.properties.filter(({ name }: { name: string }) => name === "headgate:not-checked");
      expect(named).toHaveLength(1);
    });

    it("asks nobody when it is told so, and says that", async () => {
      const args = ["export", aFolder(ONE_IMAGE), "--format", "vulnerabilities", "--no-advisories"];
      const { code, out, err } = await headgate(args);
      expect([code, cyclonedxSchema()(JSON.parse(out))]).toEqual([1, []]);
      expect(flat(err)).toBe("Not checked: known vulnerabilities: OSV was not asked, as --no-advisories says ");
    });
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
    [["--format", "vulnerabilities", "--config", "no-such.yaml"], "no-such.yaml"],
    [["--format", "markdown"], "add --since with a tag, a commit or a date"],
    [["--format", "markdown", "--since", "no-such-tag"], 'has no commit at "no-such-tag"'],
  ])("refuses %j and says what to do", async (args, words) => {
    const { code, err } = await headgate(["export", aFolder(FILES), ...args]);
    expect(code).toBe(2);
    expect(flat(err)).toContain(words);
  });
});
