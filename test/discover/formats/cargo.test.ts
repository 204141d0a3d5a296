import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const manifest = [fixture("cargo", "Cargo.toml")];

describe("a Cargo manifest", () => {
  it("tells its crates, and nothing that is at home", () => {
    expect(summary(manifest)).toEqual([
      "7 cargo/serde 1.0.210",
      "8 cargo/anyhow 1",
      "9 cargo/exactly =2.0.1",
      "10 cargo/original ~0.4.2",
      "13 github/example/forked v0.9.1",
      "14 cargo/any * floating",
      "17 cargo/nix >=0.27, <0.30",
      "20 cargo/criterion 0.5.1",
    ]);
  });

  it("takes a version alone for what Cargo takes it: a range", () => {
    expect(pinNamed(manifest, "serde").precision).toBe("range");
    expect(pinNamed(manifest, "exactly").precision).toBe("exact");
    expect(covered(manifest, pinNamed(manifest, "original"))).toEqual(["version 0.4.2 → {version}"]);
    expect(pinNamed(manifest, "nix").edits).toEqual([]);
  });

  it.each([
    ["rust-toolchain.toml", '[toolchain]\nchannel = "1.82.0"\n', ["2 github/rust-lang/rust 1.82.0"]],
    ["rust-toolchain", "1.82.0\n", ["1 github/rust-lang/rust 1.82.0"]],
    ["rust-toolchain", "stable\n", ["1 github/rust-lang/rust stable floating"]],
  ])("reads the toolchain of %s", (path, text, pins) => {
    expect(summary(tree({ [path]: text }))).toEqual(pins);
  });
});
