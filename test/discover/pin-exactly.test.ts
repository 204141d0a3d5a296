import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { asPinning, type Pin } from "../../src/domain/pin.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { rewrite } from "../../src/lib/rewrite.ts";
import { tree } from "./support.ts";

const COMMIT = "9".repeat(40);
const DIGEST = `sha256:${"8".repeat(64)}`;

type Files = Readonly<Record<string, string>>;
const TARGET = { digest: DIGEST, commit: COMMIT };

/** The files after every place that can be was pinned to what it stands for, and what reads from them then. */
function pinned(files: Files): { readonly texts: Files; readonly pins: readonly Pin[] } {
  let texts = files;
  for (const index of discover(tree(files)).pins.keys()) {
    const pin = asPinning(discover(tree(texts)).pins[index] as Pin);
    if (pin === undefined || pin.edits.length === 0) continue;
    const tag = (pin.tagTemplate ?? "{version}").replace("{version}", pin.version || pin.text);
    const outcome = rewrite({
      files: tree(texts),
      pins: [pin],
      target: { version: pin.version, tag, ...TARGET },
      discover,
    });
    if (isFailure(outcome)) throw outcome;
    texts = { ...texts, ...Object.fromEntries(outcome.changes.map(({ path, text }) => [path, text])) };
  }
  return { texts, pins: discover(tree(texts)).pins };
}

const CLONE = "git clone --depth 1 -b v1.2.0 https://github.com/example/tool.git";
const COMPARED = `test $(git -C tool rev-parse HEAD) = ${COMMIT}`;

describe("a place that a tag decides is pinned, and reads as the tag with its content", () => {
  it.each<[string, Files, string]>([
    [
      "an argument that is the whole tag of an image",
      { Dockerfile: "ARG PYTHON=3.13-slim\nFROM python:${PYTHON} AS build\nFROM python:${PYTHON}\n" },
      `ARG PYTHON=3.13-slim@${DIGEST}\nFROM python:\${PYTHON} AS build\nFROM python:\${PYTHON}\n`,
    ],
    [
      "a clone of a tag in a chain of commands",
      { Dockerfile: `FROM scratch\nRUN ${CLONE} && \\\n    make -C tool\n` },
      `FROM scratch\nRUN ${CLONE} && ${COMPARED} && \\\n    make -C tool\n`,
    ],
    [
      "a clone in a script that stops at errors",
      { "build.sh": `#!/bin/sh\nset -eu\n${CLONE} src/tool\ncd src/tool\n` },
      `#!/bin/sh\nset -eu\n${CLONE} src/tool && test $(git -C src/tool rev-parse HEAD) = ${COMMIT}\ncd src/tool\n`,
    ],
    [
      "a hook of pre-commit",
      {
        ".pre-commit-config.yaml":
          "repos:\n  - repo: https://github.com/psf/black\n    rev: 'v25.1.0'\n    hooks: []\n",
      },
      `repos:\n  - repo: https://github.com/psf/black\n    rev: '${COMMIT}'  # frozen: v25.1.0\n    hooks: []\n`,
    ],
  ])("%s", (_, files, expected) => {
    const before = discover(tree(files)).pins.filter((pin) => asPinning(pin) !== undefined);
    const { texts, pins } = pinned(files);
    expect(Object.values(texts)).toEqual([expected]);
    for (const pin of before) {
      const now = pins.find(({ upstream, line }) => upstream === pin.upstream && line === pin.line);
      expect(now).toMatchObject({ version: pin.version, precision: "exact" });
      expect([DIGEST, COMMIT]).toContain(now?.digest);
      expect(now === undefined || asPinning(now)).toBe(undefined);
    }
  });

  it.each<[string, Files]>([
    ["an argument that is the whole tag", { Dockerfile: "ARG PYTHON=3.13.1\nFROM python:${PYTHON}\n" }],
    ["a clone of a tag", { Dockerfile: `FROM scratch\nRUN ${CLONE}\n` }],
  ])("%s moves afterwards with its tag and its content", (_, files) => {
    const { texts, pins } = pinned(files);
    const [pin, ...more] = pins;
    if (pin === undefined || more.length > 0) throw new Error(`${pins.length} pins`);
    const target = { version: "3.14.0", tag: "v3.14.0", digest: DIGEST.replaceAll("8", "7"), commit: "6".repeat(40) };
    const outcome = rewrite({ files: tree(texts), pins: [pin], target, discover });
    if (isFailure(outcome)) throw outcome;
    const [now] = discover(outcome.changes.map(({ path, text }) => ({ path, text }))).pins;
    expect(now).toMatchObject({ version: "3.14.0" });
    expect([target.digest, target.commit]).toContain(now?.digest);
  });
});

describe("a place that cannot be pinned by an edit says what to write", () => {
  const handOf = (files: Files) => discover(tree(files)).pins.map(({ pinning, pinByHand }) => pinning ?? pinByHand);

  it.each<[string, Files, RegExp]>([
    [
      "a tag of two arguments",
      { Dockerfile: "ARG PYTHON=3.13\nARG OS=slim\nFROM python:${PYTHON}-${OS}\n" },
      /put together elsewhere: write python:3\.13-slim@\{digest\}/,
    ],
    [
      "an argument that something else uses, too",
      { Dockerfile: "ARG PYTHON=3.13\nFROM python:${PYTHON}\nARG PYTHON\nRUN echo $PYTHON\n" },
      /put together elsewhere/,
    ],
    [
      "an argument that two images share",
      { Dockerfile: "ARG V=3.13\nFROM python:${V} AS a\nFROM example/python:${V}\n" },
      /put together elsewhere/,
    ],
    [
      "an image whose name and tag stand apart",
      { "chart/values.yaml": "image:\n  repository: library/nginx\n  tag: 1.27.0\n", "chart/Chart.yaml": "name: a\n" },
      /stand apart: write the digest where the template takes one/,
    ],
    [
      "a theme of another repository",
      { "_config.yml": "remote_theme: example/theme@v1.2.0\n" },
      /write \{commit\} instead of v1\.2\.0, and v1\.2\.0 in a comment beside it/,
    ],
    [
      "a tag that is checked out after the clone",
      { Dockerfile: "FROM scratch\nRUN git clone https://github.com/example/tool && cd tool && git checkout v1.2.0\n" },
      /write \{commit\} instead of v1\.2\.0/,
    ],
    [
      "a clone in a script that goes on after errors",
      { "build.sh": `#!/bin/sh\n${CLONE}\nmake -C tool\n` },
      /git clone takes no commit: put && test \$\(git -C tool rev-parse HEAD\) = \{commit\} behind it/,
    ],
  ])("%s", (_, files, expected) => {
    const said = handOf(files);
    expect(said.length).toBeGreaterThan(0);
    for (const one of said) expect(one).toEqual(expect.stringMatching(expected));
  });

  it("unless nothing is to be pinned there", () => {
    expect(handOf({ Dockerfile: `FROM python:3.13@${DIGEST}\n` })).toEqual([undefined]);
  });
});

it("a clone that is compared with its commit reads as both", () => {
  for (const compared of [COMPARED, `[ "$(git -C tool rev-parse HEAD)" = "${COMMIT}" ]`]) {
    const { pins } = discover(tree({ Dockerfile: `FROM scratch\nRUN ${CLONE} && ${compared}\n` }));
    expect(pins).toMatchObject([{ version: "1.2.0", digest: COMMIT, precision: "exact" }]);
  }
});
