import { describe, expect, it } from "vitest";
import { isLockFile, locksOf } from "../../src/discover/locks.ts";

describe("a lock file", () => {
  it.each([
    ["poetry.lock", true],
    ["app/web/package-lock.json", true],
    ["go.sum", true],
    ["package/tool/tool.hash", true],
    ["package/tool/other.hash", false],
    ["package.json", false],
    ["my-poetry.lock", false],
  ])("is recognised by its name: %s", (path, expected) => expect(isLockFile(path)).toBe(expected));

  it("lies beside the manifest that it governs", () => {
    expect(locksOf("go.mod")).toEqual(["go.sum"]);
    expect(locksOf("app/api/Pipfile")).toEqual(["app/api/Pipfile.lock"]);
    expect(locksOf("Dockerfile")).toEqual([]);
  });

  it("lies above it where the tool has workspaces, the nearest first", () => {
    expect(locksOf("a/b/Cargo.toml")).toEqual(["a/b/Cargo.lock", "a/Cargo.lock", "Cargo.lock"]);
    const locks = locksOf("a/pyproject.toml");
    expect(locks).toContain("uv.lock");
    expect(locks).not.toContain("poetry.lock");
    expect(locks.indexOf("a/poetry.lock")).toBeLessThan(locks.indexOf("uv.lock"));
  });
});
