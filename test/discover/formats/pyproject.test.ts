import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const service = [fixture("pyproject", "pyproject.toml")];
const worker = [fixture("pyproject", "worker/pyproject.toml", "pyproject.toml")];

describe("a pyproject.toml", () => {
  it("tells what the standard lists require, and where uv takes it from", () => {
    expect(summary(service)).toEqual([
      "2 pypi/hatchling >=1.27",
      "2 pypi/hatch-vcs floating",
      "10 pypi/fastapi 0.115.6",
      "11 pypi/uvicorn >=0.32,<1",
      "12 pypi/httpx ~= 0.28",
      "13 pypi/structlog floating",
      "15 github/example/toolbox v2.3.1",
      "21 pypi/sample-service floating own",
      "22 pypi/prometheus-client 0.21.1",
      "25 pypi/ruff 0.8.4",
      "26 pypi/pytest >=8.3",
      "30 pypi/idna 3.10",
      "34 github/example/patched-client 0123456789abcdef0123456789abcdef01234567",
      "35 github/example/tagged v0.9.0",
      "36 github/example/nightly main floating",
      "40 pypi/mkdocs 1.6.1",
    ]);
  });

  it("tells what Poetry requires, without what is at home", () => {
    expect(summary(worker)).toEqual([
      "8 pypi/django 4.2.17",
      "9 pypi/psycopg ^3.2.3",
      "10 pypi/requests ^2.32",
      "11 pypi/azure-core >=1.30,<2",
      "12 pypi/celery * floating",
      "14 pypi/numpy ~1.26",
      "15 pypi/numpy ^2.1",
      "18 github/example/forked v1.2.0",
      "19 github/example/wheels v3.1.4",
      "22 pypi/mypy 1.13.0",
      "25 pypi/sphinx 8.1.3",
      "29 pypi/poetry-core floating",
    ]);
  });

  it.each([
    ["django", "exact", ["version 4.2.17 → {version}"]],
    ["psycopg", "range", ["version 3.2.3 → {version}"]],
    ["azure-core", "range", ["version 1.30,<2 → {major}.{minor},<{nextMajor}"]],
    ["celery", "floating", []],
    ["forked", "exact", ["version v1.2.0 → v{version}"]],
    ["wheel-only", "exact", ["version v3.1.4 → v{version}", "version 3.1.4 → {version}"]],
  ])("edits of %s (%s) the version and nothing else", (name, precision, edits) => {
    const pin = pinNamed(worker, name);
    expect([pin.precision, covered(worker, pin)]).toEqual([precision, edits]);
  });

  it.each([
    ["<9", "range", []],
    ["!=2.0", "range", []],
    [">=2.0", "range", ["version 2.0 → {version}"]],
    ["=2.0", "exact", ["version 2.0 → {version}"]],
    ["2.*", "range", ["version 2 → {major}"]],
    ["^1 || ^2", "range", []],
  ])("reads Poetry's %j as %s", (constraint, precision, edits) => {
    const files = tree({ "pyproject.toml": `[tool.poetry.dependencies]\nthing = "${constraint}"\n` });
    const pin = pinNamed(files, "thing");
    expect([pin.text.replace(/^=/, ""), pin.precision]).toEqual([constraint.replace(/^=/, ""), precision]);
    expect(covered(files, pin)).toEqual(edits);
  });

  it("reads the development lists of PDM, Rye, Hatch and tox", () => {
    const text = [
      "[tool.pdm.dev-dependencies]",
      'lint = ["ruff==0.8.4", "-e file:///${PROJECT_ROOT}/sub#egg=sub"]',
      "[tool.rye]",
      'dev-dependencies = ["black==24.10.0"]',
      "[tool.hatch.build.targets.wheel.hooks.mypyc]",
      'dependencies = ["hatch-mypyc==0.16.0"]',
      "[tool.tox.env.lint]",
      'deps = ["flake8==7.1.1"]',
    ].join("\n");
    expect(summary(tree({ "pyproject.toml": text }))).toEqual([
      "2 pypi/ruff 0.8.4",
      "4 pypi/black 24.10.0",
      "6 pypi/hatch-mypyc 0.16.0",
      "8 pypi/flake8 7.1.1",
    ]);
  });

  it("is governed by the lock file of its tool, build requirements not", () => {
    const files = [...service, ...tree({ "uv.lock": "" })];
    expect(pinNamed(files, "fastapi").lockedBy).toBe("uv.lock");
    expect(pinNamed(files, "tagged").lockedBy).toBe("uv.lock");
    expect(pinNamed(files, "hatchling").lockedBy).toBeUndefined();
    expect(pinNamed(service, "fastapi").lockedBy).toBeUndefined();
  });

  it("does not take the name in a fixture for a package of the project", () => {
    const files = tree({
      "pyproject.toml": '[project]\nname = "own"\ndependencies = ["requests==2.32.3", "own[x]"]\n',
      "tests/fixtures/copy/pyproject.toml": '[project]\nname = "requests"\n',
    });
    expect(summary(files)).toEqual(["3 pypi/requests 2.32.3", "3 pypi/own floating own"]);
  });

  it("reads past lines that are not TOML, and says which they are", () => {
    const text = '[project]\nname = {{ name }}\ndependencies = ["idna==3.11"]\n';
    expect(summary(tree({ "pyproject.toml": text }))).toEqual(["3 pypi/idna 3.11"]);
    expect(discover(tree({ "pyproject.toml": text })).problems).toMatchObject([{ path: "pyproject.toml", line: 2 }]);
  });
});
