import { expect, it } from "vitest";
import { fixture, summary, tree } from "../support.ts";

it("tells what the environments of tox are made of, whatever factors stand before it", () => {
  expect(summary([fixture("tox", "tox.ini")])).toEqual([
    "3 pypi/tox >=4",
    "4 pypi/virtualenv 20.28.0",
    "11 pypi/pytest 8.3.4",
    "12 pypi/django 4.2.17",
    "14 pypi/coverage floating",
    "20 pypi/flake8 7.1.1",
  ]);
});

it("reads Windows line ends", () => {
  expect(summary(tree({ "tox.ini": "[testenv]\r\ndeps =\r\n  idna==3.11\r\n" }))).toEqual(["3 pypi/idna 3.11"]);
});
