import { describe, expect, it } from "vitest";
import { aboutAnnouncement, aboutNews } from "../../../src/deliver/render/about.ts";
import { NOW } from "../../support/build.ts";
import { aDigest, aNotice } from "../support.ts";

const TOOL = "pkg:github/example/tool";

describe("what is shown of a letter when its text is gone", () => {
  it("is the title of a digest, which names its projects", () => {
    expect(aboutAnnouncement({ kind: "digest", digest: aDigest() }, "ann@example.org")).toEqual({
      title: "example: 0 updates",
      to: "ann@example.org",
    });
  });

  it.each([
    ["open", "tag moved: example/tool"],
    ["over", "over: tag moved: example/tool"],
  ] as const)("is what a notice that is %s says, with its project and the upstream it is about", (state, title) => {
    expect(aboutAnnouncement({ kind: "notice", notice: aNotice({ state }) }, "chat")).toEqual({
      ...{ title, to: "chat", project: "example", upstream: TOOL },
    });
  });

  it("names no upstream where a notice is of many things", () => {
    const notice = aNotice({ title: "7 things need somebody" });
    expect(aboutAnnouncement({ kind: "notice", notice }, "chat")).toEqual({
      ...{ title: "7 things need somebody", to: "chat", project: "example" },
    });
  });

  it.each([
    [["1.1.0"], "opened: example/tool 1.1.0", { upstream: TOOL }],
    [["1.1.0", "2.0.0"], "opened: example/tool 1.1.0 and 1 more", {}],
    [[], "opened: example", {}],
  ] as const)("is what became of a pull request to %j", (versions, title, more) => {
    const moves = versions.map((to) => ({ candidate: to, upstream: TOOL, from: ["1.0.0"], to }));
    const news = {
      event: 1,
      step: "opened",
      project: "example",
      url: "https://forge.example/1",
      at: NOW,
      moves,
    } as const;
    expect(aboutNews(news, "chat")).toEqual({ title, to: "chat", project: "example", ...more });
  });
});
