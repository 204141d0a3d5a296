import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { rewrite } from "../../../src/lib/rewrite.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const list = [fixture("downloads", "tools.json")];

describe("a list of downloads", () => {
  it("gives addresses with their version or checksum beside them, and nothing else", () => {
    expect(summary(list)).toEqual([
      "5 github/example/probe 1.17.0",
      "18 generic/agent?repository_url=example.org 2.4.1",
    ]);
  });

  it("moves the stated version, every address and every checksum at once", () => {
    const pin = pinNamed(list, "probe");
    const edits = covered(list, pin);
    expect(edits).toContain("version 1.17.0 → {version}");
    expect(edits.filter((edit) => edit.startsWith("checksum"))).toHaveLength(2);
    const checksums = pin.edits.flatMap(({ of }) => (of === undefined ? [] : [{ ...of, hex: "6".repeat(64) }]));
    const moved = rewrite({
      files: list,
      pins: [pin],
      target: { version: "1.18.0", tag: "v1.18.0", checksums },
      discover,
    });
    const text = "changes" in moved ? (moved.changes[0]?.text ?? "") : String(moved);
    expect(text.match(/1\.18\.0/g)).toHaveLength(5);
    expect(text).not.toContain("1.17.0");
    expect(text.match(/6{64}/g)).toHaveLength(2);
  });

  it("may be a YAML file whose name says so", () => {
    const text = "- version: v1.2.3\n  src: https://github.com/o/r/releases/download/v1.2.3/r.tgz\n";
    expect(summary(tree({ "build/tools.yaml": text }))).toEqual(["1 github/o/r v1.2.3"]);
  });

  it("reads the scripts that TOML carries", () => {
    const text =
      "version = 1\n[[steps]]\n[steps.shell]\nscript = '''\nV=1.4.0\ncurl -L https://github.com/o/r/releases/download/v${V}/r.tgz\n'''\n";
    expect(summary(tree({ "steps.toml": text }))).toEqual(["5 github/o/r 1.4.0"]);
  });

  it("leaves test data alone", () => {
    expect(summary([fixture("downloads", "tools.json", "tests/tools.json")])).toEqual([]);
  });
});

it("tells images whose tags stand apart", () => {
  const text =
    '{\n  "services": [\n    { "image": "ghcr.io/o/n",\n      "image_tag": "v1" },\n    { "image": "a.png", "tag": "x" }\n  ]\n}';
  expect(summary(tree({ "services.json": text }))).toEqual(["4 docker/ghcr.io/o/n v1"]);
});
