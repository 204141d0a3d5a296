import { expect, it } from "vitest";
import { toComponents } from "../../../src/domain/pin.ts";
import { updatesBetween } from "../../../src/flow/discover/updates-between.ts";
import { aPin } from "../../support/build.ts";

const of = (...versions: string[]) =>
  toComponents(
    "example",
    versions.map((text) => aPin({ text, tagTemplate: "v{version}" })),
  );

it.each([
  ["a move", of("1"), of("2"), [{ from: ["1"], to: "2", tag: "v2" }]],
  ["nothing", of("1"), of("1", "1"), []],
  ["something new", [], of("1"), [{ from: [], to: "1", tag: "v1" }]],
  ["something that is gone as nothing", of("1"), [], []],
  ["the end of drift as nothing", of("1", "2"), of("2"), []],
  ["two versions that became one", of("1", "2"), of("3"), [{ from: ["1", "2"], to: "3", tag: "v3" }]],
])("tells %s", (_, before, after, expected) => {
  expect(updatesBetween(before, after)).toEqual(
    expected.map((one) => ({ upstream: "pkg:github/example/tool", ...one })),
  );
});
