import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const analysis = [fixture("conda", "environment.yml")];

describe("a Conda environment", () => {
  it("tells what it takes from channels, and from PyPI", () => {
    expect(summary(analysis)).toEqual([
      "5 conda/python =3.12",
      "6 conda/numpy 1.26.4",
      "7 conda/pandas 2.2.3",
      "8 conda/scipy >=1.14,<2",
      "9 conda/pyarrow?channel=conda-forge 18.1.0",
      "10 conda/matplotlib 3.9.3",
      "11 conda/scikit-learn =1.5.*",
      "12 conda/jupyterlab floating",
      "13 conda/xarray >=2024.11",
      "14 conda/pip floating",
      "17 pypi/polars 1.17.1",
      "18 github/example/notebook-tools v0.3.0",
    ]);
  });

  it.each([
    ["numpy", "exact", ["version 1.26.4 → {version}"]],
    ["python", "range", ["version 3.12 → {version}"]],
    ["pyarrow", "exact", []],
    ["scikit-learn", "range", []],
    ["polars", "exact", ["version 1.17.1 → {version}"]],
  ])("knows how far %s is pinned: %s", (name, precision, edits) => {
    const pin = pinNamed(analysis, name);
    expect([pin.precision, covered(analysis, pin)]).toEqual([precision, edits]);
  });

  it("is not every YAML file that lists dependencies", () => {
    expect(summary(tree({ "environment.yaml": "dependencies:\n  - database\n" }))).toEqual([]);
    expect(summary(tree({ "environment.yaml": "name: a\ndependencies:\n  - name: database\n" }))).toEqual([]);
  });

  it.each([
    "environment.yml",
    "ci/environment-dev.yaml",
    "dev-environment.yml",
    "conda.yaml",
    "conda-env.yml",
    "env.yml",
  ])("is called %s", (path) => {
    const text = "channels: [defaults]\ndependencies: [numpy=1.26.4]\n";
    expect(summary(tree({ [path]: text }))).toEqual(["2 conda/numpy 1.26.4"]);
  });
});
