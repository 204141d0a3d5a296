import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobId } from "../../src/lib/trees/blob-id.ts";
import { type FileDiff, unifiedDiff } from "../../src/lib/unified-diff.ts";

function aDiff(path: string, before: string, after: string, mode = "100644"): FileDiff {
  return { path, mode, before: { text: before, id: blobId(before) }, after: { text: after, id: blobId(after) } };
}

/** What the real git makes of a patch over these files; nothing but the files decides how. */
function applied(files: readonly FileDiff[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-patch-"));
  try {
    for (const { path, before, mode } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), before.text, { mode: mode === "100755" ? 0o755 : 0o644 });
    }
    const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: tmpdir() };
    execFileSync("git", ["apply", "--verbose"], { cwd: folder, env, input: unifiedDiff(files), stdio: "pipe" });
    for (const { path, mode } of files)
      expect(statSync(join(folder, path)).mode & 0o100, path).toBe(mode === "100755" ? 0o100 : 0);
    return Object.fromEntries(files.map(({ path }) => [path, readFileSync(join(folder, path), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lines = (...numbers: number[]) =>
  Array.from({ length: 20 }, (_, at) => `${numbers.includes(at) ? "new" : "old"} ${at}`);

describe("a unified diff", () => {
  it("shows each changed line with three lines around it", () => {
    const before = lines().join("\n");
    const after = lines(5, 6, 19).join("\n");
    const [head, ...rest] = unifiedDiff([aDiff("Dockerfile", before, after)]).split("\n");
    expect(head).toBe("diff --git a/Dockerfile b/Dockerfile");
    expect(rest.slice(1)).toEqual([
      "--- a/Dockerfile",
      "+++ b/Dockerfile",
      "@@ -3,8 +3,8 @@",
      ...[" old 2", " old 3", " old 4", "-old 5", "-old 6", "+new 5", "+new 6", " old 7", " old 8", " old 9"],
      "@@ -17,4 +17,4 @@",
      ...[" old 16", " old 17", " old 18", "-old 19", "\\ No newline at end of file"],
      ...["+new 19", "\\ No newline at end of file", ""],
    ]);
  });

  it("is empty where nothing differs", () => {
    expect(unifiedDiff([aDiff("a", "x\n", "x\n")])).toBe("");
  });

  it.each([
    ["executable.sh", "100755"],
    ["a folder/with blanks.yml", "100644"],
    ['quote".txt', "100644"],
    ["back\\slash", "100644"],
    ["Grüße/日本.txt", "100644"],
    ["tab\there", "100644"],
  ])("names %j so that git finds it", (path, mode) => {
    const diff = aDiff(path, "a\nb\n", "a\nc\n", mode);
    expect(applied([diff])).toEqual({ [path]: "a\nc\n" });
  });

  it("is what git apply needs for any two texts", () => {
    const line = fc.tuple(
      fc.oneof(
        fc.constantFrom("", " ", "-", "+x", "@@ -1 +1 @@", "\\ No newline at end of file", "\ufeffx"),
        fc.string({ maxLength: 6 }),
      ),
      fc.constantFrom("\n", "\r\n", "\n"),
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([parts, ends]) => {
        const whole = parts.map(([words, end]) => `${words.replaceAll("\0", "")}${end}`).join("");
        return ends ? whole : whole.replace(/\r?\n$/, "");
      })
      .filter((one) => one !== "");
    const edited = text.chain((before) =>
      fc.array(fc.tuple(fc.nat(29), fc.constantFrom("X", "1.5.0\r", "\ttab", "")), { maxLength: 6 }).map((edits) => {
        const changed = before.split("\n");
        for (const [at, words] of edits) if (at < changed.length - 1) changed[at] = words;
        return [before, changed.join("\n")] as const;
      }),
    );
    const pair = fc.oneof(edited, fc.tuple(text, text)).filter(([before, after]) => before !== after && after !== "");
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
        const files = pairs.map(([before, after], index) => aDiff(`file-${index}`, before, after));
        expect(applied(files)).toEqual(Object.fromEntries(pairs.map(([, after], index) => [`file-${index}`, after])));
      }),
      { numRuns: 20 }, // each of them starts git
    );
  });
});
