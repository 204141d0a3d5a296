import { describe, expect, it } from "vitest";
import { explainPlace } from "../../src/discover/explain-place.ts";
import { tree } from "./support.ts";

const files = tree({
  Dockerfile: [
    "FROM debian:13",
    "ENV TOOL_VERSION=1.2.3",
    "ADD https://github.com/o/tool/releases/download/v${TOOL_VERSION}/tool /usr/bin/",
    "ADD https://example.org/index.html /",
    "RUN true",
    "# renovate: datasource=github-releases depName=o/other",
    "ENV OTHER=2.0.0",
    "FROM o/r:${MISSING}",
    "",
  ].join("\n"),
});
const at = (line: number, path = "Dockerfile") => explainPlace(files, { path, line });

describe("explaining a place", () => {
  it.each([2, 3])("finds the same pin from line %i, with the address it came from", (line) => {
    const [found, ...others] = at(line).pins;
    expect(others).toEqual([]);
    expect(found?.pin).toMatchObject({ name: "TOOL_VERSION", line: 2, tagTemplate: "v{version}" });
    expect(found?.origins).toEqual([
      {
        kind: "url",
        text: "https://github.com/o/tool/releases/download/v${TOOL_VERSION}/tool",
        at: { path: "Dockerfile", line: 3 },
      },
    ]);
  });

  it("tells a pin that only a comment explains from one with an address", () => {
    expect(at(7).pins.map(({ pin, origins }) => [pin.upstream, origins])).toEqual([["pkg:github/o/other", []]]);
  });

  it("says what was read where no pin came of it, and what was not understood", () => {
    expect(at(4)).toMatchObject({
      pins: [],
      problems: [],
      unused: [{ kind: "url", text: "https://example.org/index.html" }],
    });
    expect(at(5)).toMatchObject({ format: "Dockerfile", pins: [], problems: [], unused: [] });
    expect(
      at(8)
        .problems.map(({ message }) => message)
        .join(),
    ).toContain("MISSING");
  });

  it("says when no format reads the file", () => {
    expect(at(1, "main.c")).toEqual({ pins: [], problems: [], unused: [] });
  });
});
