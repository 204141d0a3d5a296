import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const tool = [fixture("setup-cfg", "setup.cfg")];

it("tells what setup.cfg requires, and knows the project's own name", () => {
  expect(summary(tool)).toEqual([
    "9 pypi/requests 2.32.3",
    "11 pypi/attrs >=23,<26",
    "12 pypi/importlib-metadata floating",
    "13 github/example/helper v1.0.4",
    "14 pypi/setuptools-scm 8.1.0",
    "18 pypi/pytest 8.3.4",
    "19 pypi/sample-tool floating own",
    "20 pypi/sphinx ~=8.1",
  ]);
  expect(covered(tool, pinNamed(tool, "sphinx"))).toEqual(["version 8.1 → {major}.{minor}"]);
});

it("takes nothing from files that setup.cfg names, nor from other sections", () => {
  const text = "[options]\ninstall_requires = file: requirements.txt\n[flake8]\nrequires = thing==1.0\n";
  expect(summary(tree({ "setup.cfg": text }))).toEqual([]);
});
