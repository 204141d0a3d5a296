import { expect, it } from "vitest";
import { retractionsOf } from "../../../src/lib/packages/go-retractions.ts";

const one = (from: string, to = from, reason?: string) => ({ from, to, reason });

it.each([
  ["retract v1.0.0", [one("v1.0.0")]],
  ["retract v1.0.0 // published by mistake", [one("v1.0.0", "v1.0.0", "published by mistake")]],
  ["// too\n// early\nretract v1.0.0", [one("v1.0.0", "v1.0.0", "too early")]],
  ["retract [v1.0.0, v1.9.9]\r\n", [one("v1.0.0", "v1.9.9")]],
  [
    "retract (\n\tv1.0.0 // one\n\t// two\n\t[v1.1.0,v1.2.0]\n\tv1.3.0\n)\n",
    [one("v1.0.0", "v1.0.0", "one"), one("v1.1.0", "v1.2.0", "two"), one("v1.3.0")],
  ],
  [
    "// no tests ran\nretract (\n\tv1.0.0\n\tv1.1.0 // at all\n)\nretract v1.2.0",
    [one("v1.0.0", "v1.0.0", "no tests ran"), one("v1.1.0", "v1.1.0", "at all"), one("v1.2.0")],
  ],
  ["module example.org/x // about\n\nretract v1.0.0", [one("v1.0.0")]],
  ["// about the module\nmodule example.org/x\n\nretract v1.0.0", [one("v1.0.0")]],
  ["require (\n\texample.org/y v1.0.0\n)\nrequire example.org/z v1.0.0\nexclude example.org/y v1.1.0", []],
  ["retract\nretract (\nretract [v1.0.0\n", []],
  ["", []],
])("in %j finds what is retracted, and why", (mod, expected) => {
  expect(retractionsOf(mod)).toEqual(expected);
});
