import { describe, expect, it } from "vitest";
import { installedVersions, isFloating, toComponents, whyByHand } from "../../src/domain/pin.ts";
import { aPin } from "../support/build.ts";

describe("components", () => {
  it("are the pins that share upstream, scheme, variant and tag template, in the order of their first place", () => {
    const components = toComponents("example", [
      aPin({ text: "0.2.39" }),
      aPin({ text: "3.13-slim", upstream: "pkg:docker/library/python", variant: "slim" }),
      aPin({ text: "0.2.41", path: "other/Dockerfile" }),
      aPin({ text: "3.13-alpine", upstream: "pkg:docker/library/python", variant: "alpine" }),
      aPin({ text: "v1", tagTemplate: "v{version}" }),
    ]);
    expect(components.map(({ upstream, current }) => [upstream, current])).toEqual([
      ["pkg:github/example/tool", ["0.2.39", "0.2.41"]],
      ["pkg:docker/library/python", ["3.13-slim"]],
      ["pkg:docker/library/python", ["3.13-alpine"]],
      ["pkg:github/example/tool", ["v1"]],
    ]);
    expect(new Set(components.map(({ key }) => key)).size).toBe(4);
  });

  it("leave out our own artefacts and ignored places", () => {
    expect(toComponents("example", [aPin({ own: true }), aPin({ word: { kind: "ignore" } })])).toEqual([]);
  });

  it("on a branch or a floating tag have no current version", () => {
    const floating = aPin({ text: "latest", precision: "floating" });
    const [component] = toComponents("example", [floating, aPin({ text: "main", precision: "branch" })]);
    expect(component).toMatchObject({ current: [], pins: [{ text: "latest" }, { text: "main" }] });
    expect(isFloating(floating)).toBe(true);
    expect(isFloating(aPin({ precision: "range" }))).toBe(false);
  });

  it("are installed in the versions that are written exactly; what a range let in is not known", () => {
    const pins = [aPin({ text: "2.31.0", precision: "exact" }), aPin({ text: "2.0", precision: "range" })];
    const [component] = toComponents("example", pins);
    expect(component?.current).toEqual(["2.31.0", "2.0"]);
    expect(component && installedVersions(component)).toEqual(["2.31.0"]);
  });
});

describe("a place that no edit can move", () => {
  it.each([
    [
      "whose range leaves the version out",
      { precision: "range", text: "<2" },
      /^"<2" leaves it out.* write <4 instead if it is not$/,
    ],
    ["that git's tree records", { text: "c".repeat(40), digest: "c".repeat(40) }, /^git's tree records it: check out/],
    ["that nothing else is known of", { text: "1.2.3" }, /^it cannot be rewritten safely$/],
  ] as const)("says what to do where it is one %s", (_, given, advice) => {
    expect(whyByHand(aPin(given), "3.1.0")).toMatch(advice);
  });
});
