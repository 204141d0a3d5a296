import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { discover } from "../../src/discover/discover.ts";
import { findingsOf } from "../../src/discover/findings.ts";
import { aFolder } from "../support/folder.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
type Manifest = Readonly<
  Record<"dependencies" | "devDependencies" | "optionalDependencies", Readonly<Record<string, string>>>
> & {
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
type Locked = {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly cpu?: readonly string[];
};
const manifest = JSON.parse(read("package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as { readonly packages: Readonly<Record<string, Locked>> };
const own = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

describe("dependencies", () => {
  it("each have a line in docs/decisions.md that says why", () => {
    const decisions = read("docs/decisions.md");
    expect(Object.keys(own).length).toBeGreaterThan(30);
    expect(Object.keys(own).filter((name) => !decisions.includes(`\`${name}\``))).toEqual([]);
  });

  it("are one exact version each, by their content, from a registry", () => {
    expect(Object.entries(own).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
    const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && link !== true);
    expect(packages.length).toBeGreaterThan(100);
    // Binaries for machines that the registry in use does not serve have no content to name: scripts/complete-lock.mjs.
    const foreign = ({ optional, cpu, resolved }: Locked) =>
      optional === true && cpu !== undefined && resolved === undefined;
    const unknown = packages.filter(([, one]) => !/^sha512-/.test(one.integrity ?? "") && !foreign(one));
    expect(unknown.map(([path]) => path)).toEqual([]);
    expect(
      packages
        .filter(([, { resolved }]) => resolved !== undefined && !/^https:\/\//.test(resolved))
        .map(([path]) => path),
    ).toEqual([]);
  });

  it("run no code when they are installed, and those that would are known by name", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
    const wanting = Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.slice(path.lastIndexOf("node_modules/") + 13)] : [],
    );
    expect([...new Set(wanting)].sort()).toEqual(Object.keys(manifest.allowScripts).sort());
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });
});

describe("the image", () => {
  const lines = read("Dockerfile").split("\n");
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));

  it("is built in one stage and runs in another, that has no shell and runs nothing while it is made", () => {
    expect(lines.filter((line) => line.startsWith("FROM ")).length).toBe(2);
    expect(last[0]).toMatch(/distroless/);
    expect(last.filter((line) => /^RUN\b/.test(line))).toEqual([]);
    for (const instruction of ["ENTRYPOINT", "CMD", "HEALTHCHECK"]) {
      const line = last.find((one) => one.startsWith(instruction)) ?? "";
      expect(line, instruction).toMatch(/\[".*"\]$/);
    }
  });

  it("is nobody, by number, and keeps what it learns in one folder of its own", () => {
    const user = last.findLast((line) => line.startsWith("USER "));
    expect(user).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
    expect(last.filter((line) => line.startsWith("VOLUME"))).toEqual(["VOLUME /app/data"]);
  });

  it("is started by compose with a file system that cannot be written, and without rights", () => {
    const compose = parse(read("docker-compose.yml"), { merge: true }) as {
      services: Record<string, Record<string, unknown> | undefined>;
    };
    const ours = Object.entries(compose.services).filter(
      ([, service]) => service?.build !== undefined || String(service?.image ?? "").includes("headgate"),
    );
    expect(ours.length).toBeGreaterThan(0);
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
    }
  });
});

type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };
type Job = {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
};
type Workflow = { readonly on: unknown; readonly permissions?: unknown; readonly jobs: Readonly<Record<string, Job>> };

describe.each(readdirSync(join(root, ".github/workflows")))("the workflow %s", (name) => {
  const text = read(`.github/workflows/${name}`);
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it("uses actions at commits, and says which version each is", () => {
    const used = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it("may do nothing but what each job names, and only a release writes", () => {
    expect(workflow.permissions).toEqual({});
    const writes = jobs.flatMap(([job, { permissions }]) => {
      expect(permissions, job).toBeDefined();
      return Object.entries(permissions ?? {}).flatMap(([scope, level]) =>
        level === "write" ? [`${job} ${scope}`] : [],
      );
    });
    const wanted = name === "release.yml" ? ["image packages", "image id-token", "image attestations"] : [];
    expect(writes).toEqual(wanted);
  });

  it("never runs for strangers with our rights, nor puts their words into a script", () => {
    expect(JSON.stringify(workflow.on)).not.toMatch(/pull_request_target|workflow_run|issue_comment/);
    expect(steps.filter(({ run }) => run?.includes("${{") === true)).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@") === true);
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  it("ends, and installs exactly what the lock file names", () => {
    expect(jobs.filter(([, job]) => job["timeout-minutes"] === undefined).map(([job]) => job)).toEqual([]);
    expect(text).not.toMatch(/npm install|npm i |npx |curl [^\n]*\|\s*(?:ba)?sh/);
  });
});

describe("a release", () => {
  const text = read(".github/workflows/release.yml");
  it("carries a list of its parts, a proof of how it was made, and a signature", () => {
    for (const words of ["sbom: true", "provenance: mode=max", "actions/attest-build-provenance@", "cosign sign"])
      expect(text).toContain(words);
    expect(text).toContain("scripts/pin-base-images.sh --check");
  });
});

describe("the check of base images", () => {
  const digest = `@sha256:${"0".repeat(64)}`;
  const check = (dockerfile: string) => {
    const script = read("scripts/pin-base-images.sh");
    const servers = read("docker-compose.yml").replace(/^( +image: [^$\s]+)/gm, `$1${digest}`);
    const folder = aFolder({
      Dockerfile: dockerfile,
      "docker-compose.yml": servers,
      "scripts/pin-base-images.sh": script,
    });
    const { status, stderr } = spawnSync("bash", [join(folder, "scripts/pin-base-images.sh"), "--check"]);
    return { status, said: stderr.toString() };
  };
  const pinned = read("Dockerfile").replace(/^(# syntax=\S+|FROM \S+)/gm, `$1${digest}`);

  it("lets a Dockerfile pass whose images have digests", () => {
    expect(check(pinned)).toEqual({ status: 0, said: "" });
  });

  it.each([
    "FROM node:24-slim",
    "from node:24-slim AS build",
    "FROM --platform=linux/amd64 node:24",
    "# syntax=docker/dockerfile:1",
    "COPY --from=gcr.io/tools/x:1 /x /x",
    "FROM node:24@sha256:0000",
    "FROM node:24 # @sha256:",
  ])("refuses %s, and says what to do", (line) => {
    const { status, said } = check(`${pinned}\n${line}\n`);
    expect(status).toBe(1);
    expect(said).toContain(line);
    expect(said).toContain("run scripts/pin-base-images.sh");
  });

  it("comes before anything is built", () => {
    const text = read(".github/workflows/release.yml");
    expect(text.indexOf("pin-base-images.sh --check")).toBeLessThan(text.indexOf("docker/build-push-action@"));
  });
});

describe("Headgate watches Headgate", () => {
  const paths = [
    "Dockerfile",
    "docker-compose.yml",
    "package.json",
    ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  ];
  const files = paths.map((path) => ({ path, text: read(path) }));
  const { pins, problems } = discover(files);

  it("by the configuration that it ships: the folder it is started in", () => {
    expect(parse(read("config/headgate.yaml"))).toMatchObject({ watch: [{ path: "." }] });
  });

  it("finds what it takes from upstream in each of its own files, and understands all of it", () => {
    expect(paths.filter((path) => !pins.some((pin) => pin.path === path))).toEqual([]);
    expect(problems).toEqual([]);
    for (const upstream of ["pkg:docker/library/node", "pkg:githubactions/actions/checkout", "pkg:npm/undici"]) {
      expect(
        pins.map((pin) => pin.upstream),
        upstream,
      ).toContain(upstream);
    }
  });

  it("finds no action that can change under its name", () => {
    const actions = pins.filter((pin) => pin.upstream.startsWith("pkg:githubactions/"));
    expect(actions.length).toBeGreaterThan(5);
    const floating = findingsOf(actions, files).filter(({ kind }) => kind === "unpinned");
    expect(floating).toEqual([]);
  });
});
