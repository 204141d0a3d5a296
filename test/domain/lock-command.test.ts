import { describe, expect, it } from "vitest";
import { locksOf } from "../../src/discover/locks.ts";
import { lockAdvice } from "../../src/domain/lock-command.ts";
import type { Pin } from "../../src/domain/pin.ts";
import { whyByHand } from "../../src/domain/pin.ts";
import { aPin } from "../support/build.ts";

const advice = (given: Partial<Pin>, version = "2.1.0") => whyByHand(aPin(given), version);
const named = (upstream: string, given: Partial<Pin> = {}) => ({ upstream, name: "tool", text: "2.0.0", ...given });
const ranged = { text: "^2.0.0", version: "2.0.0", precision: "range" } as const;

describe("a lock file's own tool is told the version that was judged", () => {
  it.each([
    ["uv.lock", "pkg:pypi/tool", "write 2.1.0, then run uv lock --upgrade-package tool==2.1.0 in app"],
    ["poetry.lock", "pkg:pypi/tool", "write 2.1.0, then run poetry update --lock tool in app"],
    ["pdm.lock", "pkg:pypi/tool", "write 2.1.0, then run pdm update --no-sync --update-reuse tool in app"],
    [
      "Pipfile.lock",
      "pkg:pypi/tool",
      "write 2.1.0, then run pipenv upgrade --lock-only tool==2.1.0 (with --dev for a development package) in app",
    ],
    ["conda-lock.yml", "pkg:conda/tool", "write 2.1.0, then run conda-lock lock --update tool in app"],
    ["package-lock.json", "pkg:npm/tool", "run npm install --package-lock-only --save-exact tool@2.1.0 in app"],
    ["npm-shrinkwrap.json", "pkg:npm/tool", "run npm install --package-lock-only --save-exact tool@2.1.0 in app"],
    ["yarn.lock", "pkg:npm/tool", "run yarn up tool@2.1.0 (in Yarn 1: yarn upgrade tool@2.1.0) in app"],
    ["pnpm-lock.yaml", "pkg:npm/tool", "run pnpm update --lockfile-only tool@2.1.0 in app"],
    ["bun.lock", "pkg:npm/tool", "write 2.1.0, then run bun install --lockfile-only in app"],
    ["go.sum", "pkg:golang/tool", "run go get tool@v2.1.0 && go mod tidy in app"],
    ["Cargo.lock", "pkg:cargo/tool", "write 2.1.0, then run cargo update -p tool --precise 2.1.0 in app"],
    ["Gemfile.lock", "pkg:gem/tool", "write 2.1.0, then run bundle lock --conservative --update tool in app"],
    ["Chart.lock", "pkg:helm/tool", "write 2.1.0, then run helm dependency update in app"],
    [".terraform.lock.hcl", "pkg:terraform/tool", "write 2.1.0, then run terraform init -upgrade in app"],
    ["mise.lock", "pkg:github/example/tool", "write 2.1.0, then run mise lock in app"],
    ["flake.lock", "pkg:github/example/tool", "write 2.1.0, then run nix flake lock in app"],
    ["pylock.toml", "pkg:pypi/tool", "write 2.1.0, then update the lock with its own tool"],
  ])("%s: %s", (file, upstream, expected) => {
    const given = named(upstream, { path: "app/manifest", lockedBy: `app/${file}` });
    expect(advice(given)).toBe(`app/${file} governs it: ${expected}`);
  });

  it("composer.lock, whose packages have two names", () => {
    const given = named("pkg:composer/acme/tool", { name: "acme/tool", lockedBy: "composer.lock" });
    expect(advice(given)).toBe(
      "composer.lock governs it: write 2.1.0, then run composer update --no-install --with-dependencies acme/tool:2.1.0 in the project's root",
    );
  });

  it.each(["pyproject.toml", "Pipfile", "package.json", "go.mod", "Cargo.toml", "Gemfile", "Chart.yaml", "main.tf"])(
    "and none that governs %s is without one, but for one that has no single tool",
    (manifest) => {
      const unknown = locksOf(manifest).filter((lockedBy) => advice({ lockedBy }).includes("its own tool"));
      expect(unknown.filter((lock) => lock !== "pylock.toml")).toEqual([]);
    },
  );
});

describe("what a lock file governs", () => {
  it("is written in the form it has, and the tool's choice is looked at where it takes the newest", () => {
    expect(advice(named("pkg:pypi/tool", { ...ranged, lockedBy: "poetry.lock" }))).toBe(
      "poetry.lock governs it: write ^2.1.0, then run poetry update --lock tool in the project's root, and see that it took 2.1.0",
    );
    expect(advice(named("pkg:npm/tool", { ...ranged, path: "package.json", lockedBy: "package-lock.json" }))).toBe(
      "package-lock.json governs it: run npm install --package-lock-only tool@2.1.0 in the project's root",
    );
    const tilde = { ...ranged, text: "~2.0.0", path: "package.json", lockedBy: "package-lock.json" };
    expect(advice(named("pkg:npm/tool", tilde))).toContain("--package-lock-only --save-prefix='~' tool@2.1.0");
    const bounded = { text: ">=1.4,<2.1", version: "1.4", precision: "range", lockedBy: "uv.lock" } as const;
    expect(advice(named("pkg:pypi/tool", bounded))).toContain("write >=1.4,<2.2, then");
    const counted = { text: "~=2.0", version: "2.0", precision: "range", lockedBy: "uv.lock" } as const;
    expect(advice(named("pkg:pypi/tool", counted), "3.4.1")).toContain("write ~=3.4, then");
  });

  it("above its manifest is made where the tool looks for the manifest", () => {
    const given = named("pkg:npm/tool", { path: "packages/web/package.json", lockedBy: "package-lock.json" });
    expect(advice(given)).toMatch(/--save-exact tool@2\.1\.0 in packages\/web$/);
  });

  it.each([
    ["an alias", named("pkg:npm/other")],
    ["what is forced upon others", named("pkg:npm/tool", { name: "forced tool" })],
    ["what comes from git", named("pkg:github/example/tool")],
  ])("is no package of that name where it is %s", (_, given) => {
    const said = advice({ ...given, lockedBy: "package-lock.json" });
    expect(said).toBe(
      "package-lock.json governs it: write 2.1.0, then run npm install --package-lock-only in the project's root",
    );
  });

  it("and was generated itself is generated again with that version, whoever asks for it", () => {
    const list = named("pkg:pypi/tool", { path: "hub/requirements.txt", lockedBy: "hub/requirements.txt" });
    expect(advice(list)).toBe(
      "it was generated: generate it again with --upgrade-package tool==2.1.0, once the file that it is made of admits that",
    );
    const source = named("pkg:pypi/tool", { path: "requirements.in", lockedBy: "requirements.txt" });
    expect(advice(source)).toBe(
      "requirements.txt governs it: write 2.1.0, then generate that file again with --upgrade-package tool==2.1.0",
    );
  });

  it("is said in general where no version is known", () => {
    expect(advice({ lockedBy: "package/tool/tool.hash" }, "")).toBe(
      "package/tool/tool.hash governs it: write the new version, and the hash of its archive in that file",
    );
    expect(advice({ lockedBy: "uv.lock" }, "")).toContain("write the new version, then run uv lock in");
  });

  it("hands a shell no words but names and versions", () => {
    const pin = aPin({ upstream: "pkg:npm/tool", name: "tool", lockedBy: "package-lock.json" });
    expect(lockAdvice(pin, { version: "2.1.0;id", written: "2.1.0;id" })).toContain("'tool@2.1.0;id'");
  });
});
