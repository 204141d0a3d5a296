import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discover, discoverer, matchingPaths } from "../../src/discover/discover.ts";
import { toPinRow } from "../../src/discover/pin-row.ts";
import { fixture, summary, tree } from "./support.ts";

const files = [
  fixture("dockerfile", "sensor.Dockerfile"),
  fixture("requirements", "requirements.txt"),
  fixture("compose", "docker-compose.yml"),
  fixture("github-actions", ".github/workflows/ci.yml"),
];

describe("discovery", () => {
  it("reads only paths that a format matches", () => {
    const paths = [
      "Dockerfile",
      "src/main.c",
      "README.md",
      "a/requirements-dev.txt",
      "docker-compose.yml",
      "env.example.ts",
    ];
    expect(matchingPaths(paths)).toEqual(["Dockerfile", "a/requirements-dev.txt", "docker-compose.yml"]);
  });

  it("passes over what package managers put into the tree", () => {
    const folders = ["node_modules/a", "web/vendor/example/lib", "lib/python3/site-packages/a", "bower_components/a"];
    expect(matchingPaths(folders.map((folder) => `${folder}/Dockerfile`))).toEqual([]);
    expect(discover(tree({ "vendor/a/Dockerfile": "FROM debian:12" })).pins).toEqual([]);
    expect(matchingPaths([".github/workflows/ci.yml", "lib/other/.github/workflows/ci.yml"])).toEqual([
      ".github/workflows/ci.yml",
    ]);
  });

  it("gives the same pins in the same order, whatever the order of the files", () => {
    const expected = discover(files);
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect(discover(shuffled)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it("remembers files between readings without remembering what has changed", () => {
    const read = discoverer();
    expect(read(files)).toEqual(discover(files));
    const changed = files.map((file) => ({ ...file, text: file.text.replaceAll("7.2.0", "7.3.0") }));
    expect(read(changed)).toEqual(discover(changed));
    expect(read(files.slice(1))).toEqual(discover(files.slice(1)));
  });

  it("goes on past a file that is not text, or not what its name says", () => {
    const broken = tree({
      Dockerfile: "FROM a:1\0\u0001",
      "b.Dockerfile": "nonsense",
      "requirements.txt": "idna==3.11\n",
    });
    const { pins, problems } = discover(broken);
    expect(pins.map(({ name }) => name)).toEqual(["idna"]);
    expect(problems.map(({ path }) => path)).toEqual(["Dockerfile", "b.Dockerfile"]);
  });

  it.each([
    "${",
    "$(",
    "`",
    '"',
    "\\\n",
    "<<A ",
    "(",
    "https://github.com/a/b/archive/",
    "a-1.2_",
    " ",
    "[",
    "- ",
    "{",
  ])("reads 100 KB of %j without harm", (unit) => {
    const text = unit.repeat(Math.ceil(100_000 / unit.length));
    const trees = tree({ Dockerfile: `FROM a:1\nRUN curl ${text}`, "requirements.txt": text, "compose.yml": text });
    expect(discover(trees).pins[0]?.name).toBe("a");
  });

  it("does not let variables grow without bound", () => {
    const doubling = Array.from({ length: 60 }, (_, index) => `ENV A${index + 1}=$A${index}$A${index}`);
    const text = ["FROM a:1", "ENV A0=1", ...doubling, "ADD https://github.com/o/r/archive/$A60.zip /"].join("\n");
    expect(discover(tree({ Dockerfile: text })).pins.map(({ name }) => name)).toEqual(["a"]);
  });
});

describe("a pin's row", () => {
  it("names the place to edit, the checksum and the other places", () => {
    const row = discover(files)
      .pins.map(toPinRow)
      .find(({ name }) => name === "CRONIC_VERSION");
    expect(row).toEqual({
      file: "sensor.Dockerfile",
      line: 10,
      upstream: "pkg:github/example/cronic",
      current: "0.2.41",
      precision: "exact",
      floating: false,
      format: "dockerfile",
      scheme: "loose",
      name: "CRONIC_VERSION",
      checksum: "sensor.Dockerfile:12",
      linked: ["sensor.Dockerfile:11", "sensor.Dockerfile:28"],
    });
  });

  it("takes a variable whose name says the registry and the package for a pin, whatever a script makes of it", () => {
    const files = tree({
      "compose.yml": `services:\n  a:\n    build:\n      context: .\n      args:\n        - PYPI_VT_PY_VERSION=\${PYPI_VT_PY_VERSION:-==0.22.0}\n        - PYPI_LIEF_VERSION=\${PYPI_LIEF_VERSION}\n`,
      Dockerfile: "FROM alpine:3.22\nARG PYPI_VT_PY_VERSION\nARG PYPI_OTHER_VERSION=main\n",
    });
    expect(summary(files)).toEqual(["1 docker/library/alpine 3.22", "6 pypi/vt-py ==0.22.0"]);
  });

  it("shows an image's registry as a part of its name", () => {
    const [pin] = discover(tree({ Dockerfile: "FROM ghcr.io/o/n:1" })).pins;
    expect(pin?.upstream).toBe("pkg:docker/o/n?repository_url=ghcr.io");
    expect(pin === undefined ? "" : toPinRow(pin).upstream).toBe("pkg:docker/ghcr.io/o/n");
  });
});
