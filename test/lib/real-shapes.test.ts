import { describe, expect, it } from "vitest";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import { toPinRow } from "../../src/discover/pin-row.ts";
import type { Pin } from "../../src/domain/pin.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { type RewriteTarget, rewrite } from "../../src/lib/rewrite.ts";
import { tree } from "../discover/support.ts";

const hex = (digit: string, length = 64) => digit.repeat(length);
const OLD = `sha256:${hex("1")}`;
const NEW = `sha256:${hex("8")}`;
const OLD_COMMIT = hex("1", 40);
const NEW_COMMIT = hex("9", 40);
const OLD_BASE64 = Buffer.from(hex("1", 96), "hex").toString("base64");
const NEW_BASE64 = Buffer.from(hex("7", 96), "hex").toString("base64");

type Shape = {
  readonly files: Readonly<Record<string, string>>;
  /** What moves, and where to. */
  readonly moves: Readonly<Record<string, Omit<RewriteTarget, "checksums">>>;
  /** New checksums by a word of the address of what they are of. */
  readonly sums?: Readonly<Record<string, string>>;
  /** `upstream current` of every pin afterwards, as `headgate pins` lists them. */
  readonly pins: readonly string[];
  /** What stands in the files afterwards. */
  readonly holds: readonly string[];
};

const dockerfiles = Array.from({ length: 9 }, (_, index) => `images/${index}/Dockerfile`);
const script = "RUN curl -fsSLO https://github.com/o/tool/releases/download/v${TOOL_VERSION}";

const SHAPES: Readonly<Record<string, Shape>> = {
  "nine files": {
    files: Object.fromEntries(dockerfiles.map((path) => [path, "FROM alpine:3.22\n"])),
    moves: { "pkg:docker/library/alpine": { version: "3.23", tag: "3.23" } },
    pins: dockerfiles.map(() => "docker/library/alpine 3.23"),
    holds: ["FROM alpine:3.23\n"],
  },
  "a digest beside a tag": {
    files: { Dockerfile: `FROM python:3.13-slim-trixie@${OLD} AS build\n` },
    moves: { "pkg:docker/library/python": { version: "3.14-slim-trixie", tag: "3.14-slim-trixie", digest: NEW } },
    pins: ["docker/library/python 3.14-slim-trixie"],
    holds: [`FROM python:3.14-slim-trixie@${NEW} AS build\n`],
  },
  "two checksums for two architectures": {
    files: {
      Dockerfile: `FROM scratch\nENV TOOL_VERSION=1.2.3\n${script}/tool-amd64 && \\\n    echo "${hex("1")}  tool-amd64" | sha256sum -c -\n${script}/tool-arm64 && \\\n    echo "${hex("2")}  tool-arm64" | sha256sum -c -\n`,
    },
    moves: { "pkg:github/o/tool": { version: "1.3.0", tag: "v1.3.0" } },
    sums: { "tool-amd64": hex("5"), "tool-arm64": hex("6") },
    pins: ["github/o/tool 1.3.0"],
    holds: ["TOOL_VERSION=1.3.0", `echo "${hex("5")}  tool-amd64"`, `echo "${hex("6")}  tool-arm64"`],
  },
  "subresource integrity": {
    files: {
      "page.html": `<script src="https://cdn.jsdelivr.net/npm/jquery@3.7.0/dist/jquery.min.js"\n  integrity="sha384-${OLD_BASE64}" crossorigin></script>\n`,
    },
    moves: { "pkg:npm/jquery": { version: "3.7.1", tag: "3.7.1" } },
    sums: { jquery: hex("7", 96) },
    pins: ["npm/jquery 3.7.1"],
    holds: ["npm/jquery@3.7.1/dist", `integrity="sha384-${NEW_BASE64}"`],
  },
  "a commit and the comment that explains it": {
    files: { "action.yml": `runs:\n  steps:\n    - uses: actions/checkout@${OLD_COMMIT} # v4.2.1\n` },
    moves: { "pkg:githubactions/actions/checkout": { version: "4.2.2", tag: "v4.2.2", commit: NEW_COMMIT } },
    pins: [`githubactions/actions/checkout ${NEW_COMMIT}`],
    holds: [`actions/checkout@${NEW_COMMIT} # v4.2.2\n`],
  },
  "one variable with two upstreams": {
    files: {
      Dockerfile:
        "FROM scratch\nENV BEATS=9.1.0\nADD https://github.com/o/shipper/archive/v$BEATS.zip https://github.com/o/watcher/archive/v$BEATS.zip /\n",
    },
    moves: {
      "pkg:github/o/shipper": { version: "9.2.0", tag: "v9.2.0" },
      "pkg:github/o/watcher": { version: "9.2.0", tag: "v9.2.0" },
    },
    pins: ["github/o/shipper 9.2.0", "github/o/watcher 9.2.0"],
    holds: ["ENV BEATS=9.2.0\n"],
  },
  "a lock-step pair": {
    files: {
      "compose.yml": `services:\n  store:\n    image: example/store:\${STACK}\n  pages:\n    image: example/pages:\${STACK}\n`,
      ".env": "STACK=2.1.0\n",
    },
    moves: {
      "pkg:docker/example/store": { version: "2.2.0", tag: "2.2.0" },
      "pkg:docker/example/pages": { version: "2.2.0", tag: "2.2.0" },
    },
    pins: ["docker/example/pages 2.2.0", "docker/example/store 2.2.0"],
    holds: ["STACK=2.2.0\n"],
  },
  "a range": {
    files: { "package.json": '{\n  "dependencies": { "left": "^1.2.0" }\n}\n' },
    moves: { "pkg:npm/left": { version: "2.0.1", tag: "2.0.1" } },
    pins: ["npm/left ^2.0.1"],
    holds: ['"left": "^2.0.1"'],
  },
};

/** A move, with the checksums that its places ask for. */
function moveOf(pins: readonly Pin[], target: Omit<RewriteTarget, "checksums">, sums: Shape["sums"] = {}) {
  const wanted = pins.flatMap((pin) => pin.edits).flatMap(({ of }) => (of === undefined ? [] : [of]));
  const checksums = wanted.map((of) => {
    const name = Object.keys(sums).find((word) => of.url.includes(word)) ?? "";
    return { ...of, hex: sums[name] ?? "" };
  });
  return { pins, target: { ...target, checksums } };
}

function after(files: readonly SourceText[], { moves, sums }: Shape): SourceText[] {
  const { pins } = discover(files);
  const [first, ...also] = Object.entries(moves).map(([upstream, target]) =>
    moveOf(
      pins.filter((pin) => pin.upstream === upstream),
      target,
      sums,
    ),
  );
  if (first === undefined) throw new Error("nothing moves");
  const outcome = rewrite({ ...first, also, files, discover });
  if (isFailure(outcome)) throw outcome;
  return files.map((file) => outcome.changes.find(({ path }) => path === file.path) ?? file);
}

describe("a bump of a real shape", () => {
  it.each(Object.entries(SHAPES))("%s: reads as exactly the target afterwards", (_, shape) => {
    const changed = after(tree(shape.files), shape);
    const rows = discover(changed).pins.map(toPinRow);
    expect(rows.map(({ upstream, current }) => `${upstream.replace("pkg:", "")} ${current}`).sort()).toEqual(
      [...shape.pins].sort(),
    );
    const text = changed.map((file) => file.text).join("\n");
    for (const part of shape.holds) expect(text).toContain(part);
    expect(discover(changed).problems).toEqual([]);
  });

  it("is refused where only one of two upstreams of a variable would move", () => {
    const found = tree(SHAPES["one variable with two upstreams"]?.files ?? {});
    const pins = discover(found).pins.filter((pin) => pin.upstream === "pkg:github/o/shipper");
    const outcome = rewrite({ files: found, pins, target: { version: "9.2.0", tag: "v9.2.0" }, discover });
    expect(isFailure(outcome) && outcome.message).toContain("it would change, too");
  });
});
