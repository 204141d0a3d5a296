import { describe, expect, it } from "vitest";
import { wordsAt } from "../../../src/discover/drafts/obeyed-comments.ts";
import { lineStarts } from "../../../src/lib/syntax/line-index.ts";

const read = (text: string) => wordsAt({ text, starts: lineStarts(text) }, text.indexOf("VERSION"));

describe("words beside a place", () => {
  it.each([
    ["VERSION # headgate: ignore", { word: { kind: "ignore" } }],
    [
      '# headgate: hold <9.0 "breaks the reader"\nVERSION',
      { word: { kind: "hold", range: "<9.0", reason: "breaks the reader" } },
    ],
    ["# headgate: hold >=2,<3\nVERSION", { word: { kind: "hold", range: ">=2,<3" } }],
    ["# headgate: hold\nVERSION", { word: { kind: "hold" } }],
    [
      "# headgate: upstream=pkg:github/o/r tag=v{version}\nVERSION",
      { upstream: "pkg:github/o/r", tagTemplate: "v{version}" },
    ],
    ["# headgate: upstream=o/r tag=v\nVERSION", {}],
    [
      "# renovate: datasource=github-tags depName=o/r extractVersion=^release-(?<version>.+)$\nVERSION",
      { upstream: "pkg:github/o/r", tagTemplate: "release-{version}", scheme: "loose" },
    ],
    [
      "# renovate: datasource=docker depName=debian\nVERSION",
      { upstream: "pkg:docker/library/debian", scheme: "docker-tag" },
    ],
    [
      "# renovate: datasource=docker depName=depName=ghcr.io/o/r\nVERSION",
      { upstream: "pkg:docker/ghcr.io/o/r", scheme: "docker-tag" },
    ],
    ["# renovate: datasource=unheard-of depName=o/r\nVERSION", {}],
    ["# headgate: ignore\n\nVERSION", {}],
    ["# headgate: ignore\nother\nVERSION", {}],
    ["# headgate: ignore\n# and why\nVERSION", { word: { kind: "ignore" } }],
    ["# about headgate, nothing else\nVERSION", {}],
  ])("%j", (text, expected) => expect(read(text)).toEqual(expected));

  it("nearest ones win", () => {
    expect(read('# headgate: hold "far"\n# headgate: hold "near"\nVERSION').word).toMatchObject({ reason: "near" });
  });
});
