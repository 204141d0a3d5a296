import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCopy, readDockerfile } from "./dockerfile.ts";

const root = join(import.meta.dirname, "../..");
const instructions = readDockerfile(join(root, "Dockerfile"));
const copies = instructions.filter(({ word }) => word === "COPY").map(({ rest }) => readCopy(rest));
const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n").filter(Boolean);

describe("the Dockerfile", () => {
  it("has only instructions that `npm run image` can carry out without an engine", () => {
    const known = "FROM WORKDIR COPY RUN ENV USER VOLUME HEALTHCHECK ENTRYPOINT CMD".split(" ");
    expect(instructions.filter(({ word }) => !known.includes(word))).toEqual([]);
  });

  it("copies what exists, and what the builder is given", () => {
    const sources = copies.filter(({ from }) => from === undefined).flatMap((copy) => copy.sources);
    expect(sources.length).toBeGreaterThan(6);
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(sources.filter((source) => ignored.includes(source))).toEqual([]);
  });

  it("copies from stages that it has", () => {
    const stages = instructions.flatMap(({ word, rest }) =>
      word === "FROM" ? (/ AS (\w+)/.exec(rest)?.[1] ?? []) : [],
    );
    expect(copies.flatMap(({ from }) => from ?? []).filter((from) => !stages.includes(from))).toEqual([]);
  });

  it("brings everything that an installed package brings", () => {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
    const there = copies.map(({ target }) => target);
    expect(files.filter((file) => !there.includes(file))).toEqual([]);
  });

  it("starts what exists once it is built, with the flags of `npm start`", () => {
    const text = (word: string) => instructions.findLast((one) => one.word === word)?.rest ?? "";
    const [, ...start] = JSON.parse(text("ENTRYPOINT")) as string[];
    const built = start.at(-1) ?? "";
    expect(existsSync(join(root, built.replace(/^dist/, "src").replace(/\.js$/, ".ts")))).toBe(true);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { start: string } };
    expect(scripts.start).toContain(start.slice(0, -1).join(" "));
    expect(text("HEALTHCHECK")).toContain("bin/health.mjs");
    expect(existsSync(join(root, "bin/health.mjs"))).toBe(true);
  });
});
