import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatConfigurationErrors, nearest, readCheckedYaml, section } from "../../../src/lib/config/checked-yaml.ts";

const schema = section({
  watch: z.array(section({ path: z.string() })),
  level: z.enum(["low", "high"]).optional(),
});

function errorsOf(text: string): string {
  const read = readCheckedYaml(text, schema);
  return "errors" in read ? formatConfigurationErrors("f.yaml", read.errors) : "none";
}

describe("a checked YAML file", () => {
  it("gives its value when it fits", () => {
    expect(readCheckedYaml("watch:\n  - path: a\n", schema)).toEqual({ value: { watch: [{ path: "a" }] } });
  });

  it("reports everything that is wrong at once, each with its line", () => {
    const errors = errorsOf("watch:\n  - path: 7\n  - pth: a\nlevel: hihg\n");
    expect(errors.split("\n")).toEqual([
      "f.yaml:2: watch.0.path: must be a string",
      "f.yaml:3: watch.1.path: is missing, and must be a string",
      "f.yaml:3: watch.1.pth: unknown option; did you mean path?",
      "f.yaml:4: level: must be one of low, high; did you mean high?",
    ]);
  });

  it.each([
    ["watch: [", /^f\.yaml:\d+: not YAML/],
    ["watch:\n  - path: a\nwatch: []\n", /^f\.yaml:3: not YAML: Map keys must be unique/],
    ["- a\n- b\n", /must be a mapping/],
    ["", /watch: is missing/],
  ])("says what is wrong with %j", (text, message) => {
    expect(errorsOf(text)).toMatch(message);
  });

  it("is not blown up by aliases", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
      .split("")
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`)
      .join("\n")}\n`;
    expect(errorsOf(bomb)).toMatch(/not YAML/);
  });
});

describe("the nearest word", () => {
  it.each([
    ["emial", "e-mail"],
    ["pull-requests", "pull-request"],
    ["zebra", undefined],
  ])("to %s is %s", (word, meant) => {
    expect(nearest(word, ["e-mail", "pull-request"])).toBe(meant);
  });
});
