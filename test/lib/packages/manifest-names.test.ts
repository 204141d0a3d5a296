import { expect, it } from "vitest";
import { type MANIFESTS, packagesNamedIn } from "../../../src/lib/packages/manifest-names.ts";

it.each<[(typeof MANIFESTS)[number], unknown, readonly string[]]>([
  [
    "pyproject.toml",
    '[build-system]\nname = "no"\n[project]\nname = "Holy_Grail"\n[tool.x]\nname = "no"',
    ["pypi:holy-grail"],
  ],
  ["pyproject.toml", "[tool.poetry]\nname = 'grail'", ["pypi:grail"]],
  ["setup.cfg", "[metadata]\nname = grail\n", ["pypi:grail"]],
  ["setup.py", 'setup(\n  name="grail",\n)', ["pypi:grail"]],
  ["package.json", '{"name": "@acme/tool"}', ["npm:@acme/tool"]],
  ["package.json", "{", []],
  ["Cargo.toml", '[package]\nname = "tool"\n', ["cargo:tool"]],
  ["Cargo.toml", "[workspace]\nmembers = []\n", []],
])("%s with %j names %j", (path, text, expected) => {
  expect(packagesNamedIn(path, { text })).toEqual(expected);
  for (const none of [undefined, null, {}, { text: null }]) expect(packagesNamedIn(path, none)).toEqual([]);
});
