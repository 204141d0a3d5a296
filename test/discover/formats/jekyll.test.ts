import { expect, it } from "vitest";
import { fixture, summary, tree } from "../support.ts";

it("tells the theme that a Jekyll site takes from another repository", () => {
  expect(summary([fixture("jekyll", "_config.yml")])).toEqual(["4 github/example/minimal v0.2.0"]);
});

it.each([
  ["remote_theme: example/minimal", ["1 github/example/minimal floating"]],
  ['remote_theme: "example/minimal@main"', ["1 github/example/minimal main floating"]],
  ["remote_theme: https://github.com/example/minimal@v1.0.0", ["1 github/example/minimal v1.0.0"]],
  ["# remote_theme: example/minimal@v1.0.0", []],
])("reads %s", (line, pins) => {
  expect(summary(tree({ "_config.yml": `${line}\n` }))).toEqual(pins);
});
