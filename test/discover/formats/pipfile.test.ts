import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const web = [fixture("pipfile", "Pipfile")];

it("tells what a Pipfile takes, in all of its categories", () => {
  expect(summary(web)).toEqual([
    "7 pypi/flask 3.1.0",
    "8 pypi/requests ~=2.32.3",
    "9 pypi/gunicorn * floating",
    "10 github/example/plugin v0.4.2",
    "14 pypi/pytest >=8.3",
    "17 pypi/mkdocs 1.6.1",
    "20 github/python/cpython 3.12",
  ]);
  expect(covered(web, pinNamed(web, "flask"))).toEqual(["version 3.1.0 → {version}"]);
});

it("is governed by the lock file beside it", () => {
  expect(pinNamed([...web, ...tree({ "Pipfile.lock": "" })], "flask").lockedBy).toBe("Pipfile.lock");
  expect(pinNamed([...web, ...tree({ "a/Pipfile.lock": "" })], "flask").lockedBy).toBeUndefined();
});
