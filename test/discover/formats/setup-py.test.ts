import { describe, expect, it } from "vitest";
import { fixture, summary, tree } from "../support.ts";

describe("a setup.py", () => {
  it("tells what its plain lists require, also by the name of a list", () => {
    expect(summary([fixture("setup-py", "setup.py")])).toEqual([
      "6 pypi/pytest 8.3.4",
      "7 pypi/hypothesis >=6.100",
      "16 pypi/requests 2.32.3",
      "17 pypi/attrs >=23,<26",
      "21 pypi/importlib-metadata ~=8.5",
      "26 pypi/sphinx 8.1.3",
      "27 github/example/plugin v0.2.0",
      "28 pypi/colorama 0.4.6",
    ]);
  });

  it.each([
    ["a call", 'setup(install_requires=read("requirements==1.0"))'],
    ["a comprehension", 'setup(install_requires=[line for line in open("a==1.0")])'],
    ["an unfinished string", 'setup(install_requires=["a==1.0'],
    ["text put together", 'setup(install_requires=["a==" "1.0", "b==" + v, "c==%s" % v, "d=={}".format(v)])'],
    ["a comparison", 'if install_requires == ["a==1.0"]: pass'],
  ])("takes nothing from %s", (_, text) => expect(summary(tree({ "setup.py": text }))).toEqual([]));

  it("reads on behind what it does not understand", () => {
    const text = 'setup(install_requires=compute(), tests_require=(\'pytest==8.3.4\', """mock==5.1.0"""))';
    expect(summary(tree({ "setup.py": text }))).toEqual(["1 pypi/pytest 8.3.4", "1 pypi/mock 5.1.0"]);
  });
});
