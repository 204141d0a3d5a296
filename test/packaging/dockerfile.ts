import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One instruction of a Dockerfile: its word, and what follows it on one line. */
export type Instruction = { readonly word: string; readonly rest: string };

/** A COPY: what, from where, to where. `from`: the name of an earlier stage; absent: the build's own folder. */
export type Copy = { readonly from?: string; readonly sources: readonly string[]; readonly target: string };

/** Reads a Dockerfile without continued lines or here-documents, as ours is. */
export function readDockerfile(path: string): Instruction[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, word = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { word, rest };
    });
}

/** What a COPY instruction copies. */
export function readCopy(rest: string): Copy {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  const paths = words.filter((word) => !word.startsWith("--"));
  return { ...(from !== undefined && { from }), sources: paths.slice(0, -1), target: paths.at(-1) ?? "" };
}

/** A staged image: the folder of its last stage, and the program that it starts with its arguments. */
export type Staged = {
  readonly folder: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * Does what a builder does with our Dockerfile, in folders instead of file systems: each stage is a folder, COPY copies,
 * RUN runs. What a base image brings is not there, and neither is its isolation.
 */
export function stageImage(root: string, into: string): Staged {
  const stages = new Map<string, string>();
  let stage = "";
  let workdir = "";
  let entrypoint: readonly string[] = [];
  let environment: Record<string, string> = {};
  const inStage = (folder: string, path: string) => join(folder, path);
  for (const { word, rest } of readDockerfile(join(root, "Dockerfile"))) {
    if (word === "FROM") {
      const name = / AS (\w+)/.exec(rest)?.[1] ?? `stage-${stages.size}`;
      stage = join(into, name);
      stages.set(name, stage);
      environment = {};
    } else if (word === "WORKDIR") {
      workdir = inStage(stage, rest);
      mkdirSync(workdir, { recursive: true });
    } else if (word === "ENV") {
      const [name = "", value = ""] = rest.split("=");
      environment[name] = value;
    } else if (word === "COPY") copy(readCopy(rest), { root, workdir, stages });
    else if (word === "RUN") execFileSync("sh", ["-ec", rest], { cwd: workdir, stdio: "inherit" });
    else if (word === "ENTRYPOINT") entrypoint = JSON.parse(rest) as string[];
  }
  return { folder: workdir, entrypoint, environment };
}

function copy(
  { from, sources, target }: Copy,
  { root, workdir, stages }: { root: string; workdir: string; stages: ReadonlyMap<string, string> },
): void {
  for (const source of sources) {
    const path = from === undefined ? join(root, source) : join(stages.get(from) ?? "", source);
    const into = target.endsWith("/") ? join(workdir, target, basename(source)) : join(workdir, target);
    cpSync(path, into, { recursive: true, verbatimSymlinks: true });
  }
}
