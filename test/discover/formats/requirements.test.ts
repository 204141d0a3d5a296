import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { rewrite } from "../../../src/lib/rewrite.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const service = [fixture("requirements", "requirements.txt")];

describe("a requirements file", () => {
  it("tells what is required, and what is not pinned", () => {
    expect(summary(service)).toEqual([
      "4 pypi/requests 2.32.5",
      "5 pypi/flask-cors 6.0.1",
      "6 pypi/attrs >=23,<26",
      "7 pypi/click ~=8.1",
      "8 pypi/urllib3 floating",
      "9 github/example/plugin v1.4.0",
      "10 github/example/floating floating",
      "11 github/example/helper v2.1.0",
      "12 pypi/cryptography 46.0.3",
      "15 pypi/numpy 2.3.4",
    ]);
  });

  it("moves hashes together with the version", () => {
    expect(covered(service, pinNamed(service, "cryptography"))).toEqual([
      "version 46.0.3 → {version}",
      `checksum ${"a".repeat(64)} → {hex}`,
      `checksum ${"b".repeat(64)} → {hex}`,
    ]);
  });

  it.each([
    ["attrs", "range", []],
    ["click", "range", ["version 8.1 → {major}.{minor}"]],
    ["urllib3", "floating", []],
  ])("does not pretend that %s is pinned exactly", (name, precision, edits) => {
    const pin = pinNamed(service, name);
    expect([pin.precision, covered(service, pin)]).toEqual([precision, edits]);
  });

  it.each([
    ["click == 8.1.*", "click == 9.4.*"],
    ["click==8.*", "click==9.*"],
    ["click==8.1.7.*", "click==9.4.2.*"],
    ["click ~= 8.1", "click ~= 9.4"],
    ["click>=8.1.0,<8.2.0", "click>=9.4.0,<9.5.0"],
    ["click>=8.1.3, <9", "click>=9.4.2, <10"],
  ])("keeps as many numbers as are written: %s", (before, after) => {
    const files = tree({ "requirements.txt": `${before}  # why\n` });
    const pin = pinNamed(files, "click");
    const target = { version: "9.4.2", tag: "9.4.2" };
    expect(rewrite({ files, pins: [pin], target, discover })).toEqual({
      changes: [{ path: "requirements.txt", text: `${after}  # why\n` }],
      skipped: [],
    });
  });

  it("hears an inline word at the end of a line", () => {
    expect(pinNamed(service, "numpy").word).toEqual({ kind: "ignore", reason: "tied to the compiler" });
  });

  it("takes a variable from the Dockerfile that copies it in, and is edited there", () => {
    const files = tree({
      "docker/plugins.Dockerfile": 'FROM a:1\nENV TOPOLOGY_VERSION="4.4.0"\nADD plugins/requirements.txt /tmp/\n',
      "plugins/requirements.txt": `git+https://github.com/example/topology@v\${TOPOLOGY_VERSION}\n`,
    });
    const pin = pinNamed(files, "TOPOLOGY_VERSION");
    expect(pin).toMatchObject({ path: "docker/plugins.Dockerfile", line: 2, text: "4.4.0", tagTemplate: "v{version}" });
    expect(pin.linked).toEqual([{ path: "plugins/requirements.txt", line: 1 }]);
  });

  it("does not take a variable of the same name from a file that has nothing to do with it", () => {
    const files = tree({
      Dockerfile: "FROM a:1\nENV TOPOLOGY_VERSION=4.4.0\n",
      "plugins/requirements.txt": `git+https://github.com/example/topology@v\${TOPOLOGY_VERSION}\n`,
    });
    expect(summary(files)).toEqual(["1 docker/library/a 1"]);
    expect(discover(files).problems).toHaveLength(1);
  });

  it.each([
    ["the context whole", "COPY . /app\nRUN PLUGIN=4.4.0 pip install -r /app/lists/requirements.txt\n"],
    [
      "the list alone",
      "ARG PLUGIN=4.4.0\nCOPY lists/requirements.txt .\nRUN pip3 install --requirement=requirements.txt\n",
    ],
    [
      "the list for one step",
      "ARG PLUGIN=4.4.0\nRUN --mount=type=bind,source=lists/requirements.txt,target=/r.txt pip install -r /r.txt\n",
    ],
  ])("takes a variable from the step that installs it, where the image has %s", (_how, steps) => {
    const files = tree({
      Dockerfile: `FROM a:1\n${steps}`,
      "lists/requirements.txt": `git+https://github.com/example/plugin@v\${PLUGIN}\n`,
    });
    expect(summary(files)).toContain(`${steps.includes("COPY . ") ? 3 : 2} github/example/plugin 4.4.0`);
  });

  it("takes a variable through the list that includes it", () => {
    const files = tree({
      "install.sh": 'PLUGIN=4.4.0\npip install -r "$HERE/requirements.txt"\n',
      "requirements.txt": "-r requirements-base.txt\n",
      "requirements-base.txt": `git+https://github.com/example/plugin@v\${PLUGIN}\n`,
    });
    expect(summary(files)).toEqual(["1 github/example/plugin 4.4.0"]);
  });

  it.each([
    ["a line of the list", { "requirements.txt": "-c constraints.txt\nidna\nflask\n" }],
    [
      "the command that installs both",
      { "requirements.txt": "idna\nflask\n", "setup.sh": "pip install -c constraints.txt -r requirements.txt\n" },
    ],
    [
      "the build step that installs both",
      {
        "requirements.txt": "idna\nflask\n",
        Dockerfile:
          "FROM a:1\nCOPY *.txt /r/\nCOPY requirements.txt constraints.txt /r/\nRUN pip install -r /r/requirements.txt -c /r/constraints.txt\n",
      },
    ],
  ])("is governed by a file of constraints that %s names, for what it lists", (_where, files) => {
    const { pins } = discover(tree({ ...files, "constraints.txt": "idna==3.11\n" }));
    const open = pins.filter(({ path }) => path === "requirements.txt").map(({ name, lockedBy }) => [name, lockedBy]);
    expect(open).toEqual([
      ["idna", "constraints.txt"],
      ["flask", undefined],
    ]);
  });

  it("takes constraints from an address", () => {
    const files = tree({
      "requirements.txt": "-c https://raw.githubusercontent.com/example/app/3.1.0/constraints-3.12.txt\nidna\n",
    });
    expect(summary(files)).toEqual(["1 github/example/app 3.1.0", "2 pypi/idna floating"]);
  });

  it("says which file governs pins that a tool has generated", () => {
    const text = "#\n# This file is autogenerated by pip-compile with Python 3.13\n#\nidna==3.11\n    # via requests\n";
    expect(pinNamed(tree({ "requirements.txt": text }), "idna").lockedBy).toBe("requirements.txt");
  });

  it("says which compiled file must be made again when its source changes", () => {
    const files = tree({ "requirements.in": "idna>=3\n", "requirements.txt": "idna==3.11\n" });
    const governed = discover(files).pins.map(({ path, lockedBy }) => [path, lockedBy]);
    expect(governed).toEqual([
      ["requirements.in", "requirements.txt"],
      ["requirements.txt", undefined],
    ]);
  });

  it.each([
    "requirements.txt",
    "a/dev-requirements.txt",
    "requirements/prod.txt",
    "constraints.txt",
    "docker/pip-tools.txt",
    "dev-reqs.txt",
    "constraint.txt",
    "requirements.in",
  ])("is called %s", (path) => expect(summary(tree({ [path]: "idna==3.11" }))).toEqual(["1 pypi/idna 3.11"]));
});
