import { describe, expect, it } from "vitest";
import { composeNotes } from "../../../src/deliver/notes/compose.ts";
import { aRelease } from "../../support/build.ts";

const release = (version: string, notes?: string) =>
  aRelease({
    version,
    tag: `v${version}`,
    notesUrl: `https://github.com/example/tool/releases/tag/v${version}`,
    ...(notes !== undefined && { notes }),
  });

describe("the notes of several releases", () => {
  it("stand under their versions, newest first, and name those without notes", () => {
    const text = composeNotes(
      [release("1.2.0", "- faster"), release("1.1.1"), release("1.1.0", "- [new](docs/x.md)")],
      10_000,
    );
    expect(text).toBe(
      [
        "#### [v1.2.0](https://github.com/example/tool/releases/tag/v1.2.0), 1 Sep 2026",
        "- faster",
        "#### [v1.1.0](https://github.com/example/tool/releases/tag/v1.1.0), 1 Sep 2026",
        "- [new](https://github.com/example/tool/blob/HEAD/docs/x.md)",
        "*No notes are known for 1.1.1.*",
      ].join("\n\n"),
    );
  });

  it("are cut at whole releases, saying how many are left out and where to read on", () => {
    const text = composeNotes(
      [release("3.0.0", "a".repeat(600)), release("2.0.0", "b".repeat(600)), release("1.0.0", "c")],
      1_500,
    );
    expect(text).toContain("a".repeat(600));
    expect(text).not.toMatch(/bbb/);
    expect(text).toMatch(
      /\*The notes of 2 older releases are left out for length: \[continue with the next\]\(\S+v2\.0\.0\)\.\*$/,
    );
    expect(text.length).toBeLessThanOrEqual(1_500);
  });

  it("are cut between blocks when not even the newest fits", () => {
    const text = composeNotes([release("3.0.0", `first\n\n\`\`\`\n${"x\n".repeat(2_000)}\`\`\``)], 2_000);
    expect(text).toMatch(/first\n\n\*These notes go on: \[read the rest\]\(\S+\)\.\*$/);
  });

  it("are nothing when nobody wrote any", () => {
    expect(composeNotes([release("1.0.0"), release("0.9.0", "  ")], 1_000)).toBe("");
  });
});
