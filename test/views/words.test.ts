import { describe, expect, it } from "vitest";
import { plainLine } from "../../src/views/plain.ts";
import { wrap } from "../../src/views/text.ts";
import { day, moment, relative } from "../../src/views/time.ts";
import { comparePage, repositoryPage, upstreamPage } from "../../src/views/upstream-page.ts";
import { count, list, shortVersion, trustPhrase } from "../../src/views/words.ts";
import { aScore, NOW } from "../support/build.ts";

describe("words for people", () => {
  it.each([
    [1, "1 place"],
    [2, "2 places"],
    [0, "0 places"],
  ])("count %i as %s", (number, text) => {
    expect(count(number, "place")).toBe(text);
  });

  it.each<[string[], string]>([
    [[], ""],
    [["a"], "a"],
    [["a", "b"], "a and b"],
    [["a", "b", "c"], "a, b and c"],
    [["a", "b", "c", "d"], "a, b and 2 more"],
  ])("list %j as %s", (items, text) => {
    expect(list(items, 3)).toBe(text);
  });

  it.each([
    ["1.2.3", "1.2.3"],
    ["a".repeat(40), "aaaaaaaaaaaa"],
    [`sha256:${"b".repeat(64)}`, "sha256:bbbbbbbbbbbb"],
    [`12-slim@sha256:${"c".repeat(64)}`, "12-slim@sha256:cccccccccccc"],
  ])("shorten %s to %s", (version, text) => {
    expect(shortVersion(version)).toBe(text);
  });

  it.each([
    [aScore(), "strong, 8.2 (confidence 100%)"],
    [aScore({ value: 5, coverage: 0.5 }), "fair, 5.0 (confidence 50%)"],
    [aScore({ coverage: 0.49 }), "insufficient data"],
    [undefined, "insufficient data"],
  ])("say how far a project is trusted", (score, text) => {
    expect(trustPhrase(score)).toBe(text);
  });
});

describe("times", () => {
  it("are in UTC", () => {
    expect([day(NOW), moment(NOW)]).toEqual(["20 Nov 2026", "20 Nov 2026, 12:00 UTC"]);
  });

  it.each([
    ["2026-11-23T12:00:00.000Z", "in 3 days"],
    ["2026-11-20T11:00:00.000Z", "1 hour ago"],
    ["2026-11-20T12:05:00.000Z", "in 5 minutes"],
    [NOW, "now"],
  ])("%s is %s", (instant, text) => {
    expect(relative(instant, NOW)).toBe(text);
  });
});

describe("a line of text", () => {
  it("has one line, no invisible characters, and an end", () => {
    expect(plainLine(" a\n\tb\u202E c ", 4)).toBe("a b…");
  });

  it("is wrapped at words, with what follows indented", () => {
    const lines = wrap("word ".repeat(40), "    ", "  * ").split("\n");
    expect(lines[0]).toMatch(/^ {2}\* word/);
    expect(lines.slice(1).every((line) => line.startsWith("    word"))).toBe(true);
    expect(lines.every((line) => line.length <= 78)).toBe(true);
  });
});

describe("pages of an upstream", () => {
  it.each([
    ["pkg:github/aptible/supercronic", "https://github.com/aptible/supercronic"],
    ["pkg:githubactions/github/codeql-action/init", "https://github.com/github/codeql-action"],
    ["pkg:pypi/requests", "https://pypi.org/project/requests/"],
    ["pkg:docker/library/debian", "https://hub.docker.com/_/debian"],
    ["pkg:docker/zeek/zeek", "https://hub.docker.com/r/zeek/zeek"],
    ["pkg:docker/beats/filebeat?repository_url=docker.elastic.co", undefined],
    ["pkg:generic/x", undefined],
  ])("%s is shown at %s", (upstream, page) => {
    expect(upstreamPage(upstream)).toBe(page);
  });

  it("include comparisons, where the repository is on the forge", () => {
    expect(comparePage("pkg:github/a/b", "v1", "v2", "https://ghe.example")).toBe(
      "https://ghe.example/a/b/compare/v1...v2",
    );
    expect(comparePage("pkg:pypi/a", "1", "2")).toBeUndefined();
    expect(repositoryPage("nonsense")).toBeUndefined();
  });
});
