import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { dependencyAdded } from "../../../src/score/checks/dependency-added.ts";
import { aRelease, LONG_AGO, NOW } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const usual = { dependencies: ["left"] };
const more = (since?: string) => ({
  dependencies: ["left", "right"],
  ...(since !== undefined && { dependencySince: { right: since } }),
});

describe("a new dependency", () => {
  it.each([
    ["of yesterday", more(plus(NOW, -DAY)), times(3, usual), "hold", "exists for 1 day only"],
    ["of thirty days", more(plus(NOW, -30 * DAY)), times(3, usual), "pass", "it exists since 2026-10-21"],
    ["of unknown age", more(), times(3, usual), "pass", "how old that package is, is not known"],
    ["that is none", usual, times(3, usual), "pass", "nothing that earlier releases did not"],
    ["after releases nobody knows", more(LONG_AGO), times(3, {}), "not-checked", "earlier releases"],
    ["nobody looked for", {}, times(3, usual), "not-checked", "is not known"],
  ])("%s", (_, facts, history, outcome, words) => {
    const judgement = judgedAfter(dependencyAdded, facts, aHistory(history, "pkg:pypi/tool"));
    expect(judgement.outcome).toBe(outcome);
    expect(judgement.summary).toContain(words);
  });
});

describe("what a package requires", () => {
  const [now, before] = ["1.1.0", "1.0.0"].map((version) => aRelease({ upstream: "pkg:pypi/tool", version }));
  const answers = (url: string) => {
    const body = {
      "https://pypi.org/pypi/tool/1.1.0/json": {
        info: { requires_dist: ["Left>=1", "right ; python_version>'3'", "x; extra == 'dev'"] },
      },
      "https://pypi.org/pypi/tool/1.0.0/json": { info: { requires_dist: ["left"] } },
      "https://pypi.org/pypi/right/json": { releases: { "0.1": [{ upload_time_iso_8601: "2026-11-19T00:00:00Z" }] } },
    }[url];
    return body === undefined ? { status: 404 } : { body };
  };

  it("is asked for, and for the age of what is new only", async () => {
    if (now === undefined || before === undefined) throw new Error("two releases are made");
    const facts = await dependencyAdded.collect?.ask(
      { release: now, earlier: [before], open: [now, before] },
      aCheckContext({ answers }),
    );
    expect(facts).toEqual(
      new Map([
        [
          "1.1.0",
          expect.objectContaining({
            dependencies: ["left", "right"],
            dependencySince: { right: "2026-11-19T00:00:00.000Z" },
          }),
        ],
        ["1.0.0", expect.objectContaining({ dependencies: ["left"] })],
      ]),
    );
  });

  it.each([
    [
      "gem",
      (url: string) =>
        url.includes("/api/v2/")
          ? {
              dependencies: {
                runtime: [{ name: url.includes("/1.1.0") ? "fresh" : "old" }],
                development: [{ name: "x" }],
              },
            }
          : [{ created_at: "2026-11-19T00:00:00.000Z" }, { created_at: "2026-11-18T00:00:00.000Z" }],
    ],
    [
      "cargo",
      (url: string) =>
        url.endsWith("/fr/es/fresh")
          ? '{"vers":"0.1.0","pubtime":"2026-11-18T00:00:00Z"}'
          : [
              '{"vers":"1.0.0","deps":[{"name":"old","kind":"normal"},{"name":"test","kind":"dev"}]}',
              '{"vers":"1.1.0","deps":[{"name":"f","package":"fresh","kind":"normal"},{"name":"o","optional":true}]}',
            ].join("\n"),
    ],
  ])("of a %s is asked of its registry", async (type, answer) => {
    const [release, before] = ["1.1.0", "1.0.0"].map((version) =>
      aRelease({ upstream: `pkg:${type}/tool`, version, tag: version }),
    );
    if (release === undefined || before === undefined) throw new Error("no release");
    const context = aCheckContext({ answers: (url) => ({ body: answer(url) }) });
    const asked = { release, earlier: [before], open: [release, before] };
    const facts = await dependencyAdded.collect?.ask(asked, context);
    expect(facts instanceof Map && facts.get("1.1.0")).toMatchObject({
      dependencies: ["fresh"],
      dependencySince: { fresh: "2026-11-18T00:00:00.000Z" },
    });
    expect(facts instanceof Map && facts.get("1.0.0")).toMatchObject({ dependencies: ["old"] });
  });

  it("is not known of a private index, nor when nobody answers", async () => {
    const own = aRelease({ upstream: "pkg:pypi/tool?repository_url=https://packages.example", version: "1" });
    const gone = aRelease({ upstream: "pkg:pypi/gone", version: "1" });
    const codes = await Promise.all(
      [own, gone].map((release) =>
        dependencyAdded.collect?.ask({ release, earlier: [], open: [release] }, aCheckContext({ answers })),
      ),
    );
    expect(codes).toMatchObject([{ code: "not-checked" }, { code: "not-found" }]);
  });
});
