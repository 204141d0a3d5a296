import { describe, expect, it } from "vitest";
import { chooseNotes } from "../../../src/flow/notes/choose-notes.ts";
import type { NewsFile } from "../../../src/lib/github/upstream/news.ts";
import { aRelease, NOW } from "../../support/build.ts";

const page = "https://github.com/example/tool";
const release = aRelease({ version: "1.1.0", tag: "v1.1.0" });
const detail = { tag: "v1.1.0", notes: "the release", url: `${page}/releases/tag/v1.1.0`, assets: [] };
const file = (kind: NewsFile["kind"], path: string, text = `## 1.1.0\n${kind}`): NewsFile => ({
  kind,
  tag: "v1.1.0",
  path,
  text,
});
const changelog = file("changelog", "CHANGELOG.md");
const news = file("news", "NEWS.md");
const chosen = (given: typeof detail | undefined, files: readonly NewsFile[]) =>
  chooseNotes(release, given, files, { page, now: NOW });

describe("the notes of a release", () => {
  it.each([
    ["the changelog's section before everything", detail, [news, changelog], "changelog", "CHANGELOG.md"],
    ["the release's own words before a news file", detail, [news], "the release", "release"],
    ["a news file where the release says nothing", { ...detail, notes: " " }, [news], "news", "NEWS.md"],
    ["a changelog where there is no release", undefined, [changelog], "changelog", "CHANGELOG.md"],
    [
      "the release, where the changelog does not name it",
      detail,
      [file("changelog", "CHANGELOG.md", "## 9\nx")],
      "the release",
      "release",
    ],
  ] as const)("are %s", (_, given, files, notes, kind) => {
    expect(chosen(given, files)).toMatchObject({ detail: { tag: "v1.1.0", notes }, source: { kind } });
  });

  it("name the file at the tag", () => {
    expect(chosen(undefined, [changelog])?.source?.locator).toBe(`${page}/blob/v1.1.0/CHANGELOG.md`);
  });

  it("are none where nobody wrote any", () => {
    expect(chosen(undefined, [])).toBeUndefined();
    expect(chosen({ ...detail, notes: "" }, [])).toMatchObject({ detail: { notes: "" }, source: undefined });
  });
});
