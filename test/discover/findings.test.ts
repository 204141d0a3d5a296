import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { findingsOf } from "../../src/discover/findings.ts";
import { tree } from "./support.ts";

/** Findings as `kind upstream places`: short enough to read as a table. */
function found(files: Readonly<Record<string, string>>): string[] {
  const texts = tree(files);
  return findingsOf(discover(texts).pins, texts).map(({ kind, upstream, versions = [], places }) =>
    [kind, upstream, versions.join("|"), ...places.map(({ path, line }) => `${path}:${line}`)]
      .filter((word) => word !== undefined && word !== "")
      .join(" "),
  );
}

const DIGEST = `sha256:${"1".repeat(64)}`;

describe("findings about pins", () => {
  it("names what is not pinned, with all its places", () => {
    expect(found({ "requirements.txt": "flask\nidna==3.11\n", "b/requirements.txt": "flask\n" })).toEqual([
      "unpinned pkg:pypi/flask b/requirements.txt:1 requirements.txt:1",
    ]);
  });

  it("names tags that can be moved, but not digests, commits or packages", () => {
    const workflow = `jobs:\n  a:\n    steps:\n      - uses: o/r@v1.0.0\n      - uses: o/s@${"1".repeat(40)} # v1.0.0\n`;
    expect(
      found({ Dockerfile: `FROM a:1\nFROM b:1@${DIGEST}\nFROM c@${DIGEST}\n`, ".github/workflows/a.yml": workflow }),
    ).toEqual(["mutable pkg:githubactions/o/r .github/workflows/a.yml:4", "mutable pkg:docker/library/a Dockerfile:1"]);
  });

  it("names one upstream in several versions", () => {
    const files = { "a/requirements.txt": "idna==3.11\n", "b/requirements.txt": "idna==3.10\n" };
    expect(found(files)).toEqual(["drift pkg:pypi/idna 3.11|3.10 a/requirements.txt:1 b/requirements.txt:1"]);
  });

  it("is silent about the project's own images and about what is to be ignored", () => {
    expect(found({ "compose.yml": "services:\n  a:\n    build: .\n    image: o/a:latest\n" })).toEqual([]);
    expect(found({ Dockerfile: "# headgate: ignore\nFROM a\n" })).toEqual([]);
  });
});

describe("a list of requirements that repeats another one in other versions", () => {
  const files = {
    "app/requirements.txt": "idna==3.11\nflask==3.1.2\nredis==6.4.0\nwheel==0.46.2\n",
    "app/Dockerfile": `FROM a@${DIGEST}\nCOPY requirements.txt /\n`,
    Makefile: "all:\n\tdocker build app\n",
  };
  const copy = "idna==3.10\nflask==3.1.2\nredis==6.4.0\n";
  const unused = (more: Readonly<Record<string, string>>) =>
    found({ ...files, ...more }).filter((line) => line.startsWith("unused"));

  it.each([
    ["app/requirements-frozen.txt", copy],
    ["archive/requirements.txt", copy],
  ])("is a finding where nothing names it: %s", (path, text) => {
    expect(unused({ [path]: text })).toEqual([`unused ${path}:1`]);
  });

  it.each([
    ["is named", { "app/requirements-frozen.txt": copy, "b.sh": "pip install -r app/requirements-frozen.txt\n" }],
    ["its folder is named", { "archive/requirements.txt": copy, "b.sh": "cd archive && make\n" }],
    ["takes something that the other does not", { "archive/requirements.txt": `${copy}stix2==3.0.1\n` }],
    ["agrees with the other", { "archive/requirements.txt": copy.replace("3.10", "3.11") }],
    ["lies in the root", { "requirements.txt": copy }],
  ])("is none where it %s", (_why, more: Readonly<Record<string, string>>) => {
    expect(unused(more)).toEqual([]);
  });

  it("is a finding as a Compose file, too", () => {
    const compose = (tag: string) => ["a", "b", "c"].map((name) => `  ${name}:\n    image: ${name}:${tag}\n`).join("");
    expect(
      unused({
        "compose.yml": `services:\n${compose("2")}`,
        "deploy/compose-2021.yml": `services:\n${compose("1")}`,
      }),
    ).toEqual(["unused deploy/compose-2021.yml:1"]);
  });
});

describe("a Dockerfile that nothing names", () => {
  const from = `FROM a:1@${DIGEST}\n`;

  it.each([
    ["by its name", "images/old.Dockerfile", "run: echo images/old.Dockerfile"],
    ["by its folder", "images/old/Dockerfile", "run: docker build images/old"],
    ["by a pattern", "images/old.Dockerfile", "run: ls images/*.Dockerfile"],
  ])("is a finding, unless a file names it %s", (_, path, line) => {
    const workflow = (run: string) => `jobs:\n  a:\n    steps:\n      - ${run}\n`;
    expect(found({ [path]: from, ".github/workflows/a.yml": workflow("run: make") })).toEqual([`unused ${path}:1`]);
    expect(found({ [path]: from, ".github/workflows/a.yml": workflow(line) })).toEqual([]);
  });

  it("is none in the root, where it is what is built", () => {
    expect(found({ Dockerfile: from })).toEqual([]);
  });
});
