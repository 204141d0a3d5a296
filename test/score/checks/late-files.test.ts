import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { lateFiles } from "../../../src/score/checks/late-files.ts";
import { LONG_AGO } from "../../support/build.ts";
import { judgedAfter } from "../../support/checks.ts";

const uploaded = (...days: number[]) =>
  Object.fromEntries(days.map((day, index) => [`tool-${index}.whl`, plus(LONG_AGO, day * DAY)]));

describe("files of a version", () => {
  it.each([
    ["uploaded together", { fileTimes: uploaded(0, 0, 1) }, "pass"],
    ["uploaded within two weeks", { fileTimes: uploaded(0, 14) }, "pass"],
    ["uploaded later", { fileTimes: uploaded(0, 15, 40) }, "hold"],
    ["whose times are not known", {}, "not-checked"],
  ])("%s", (_, facts, outcome) => {
    expect(judgedAfter(lateFiles, facts, [], { upstream: "pkg:pypi/tool" }).outcome).toBe(outcome);
  });

  it("have the times that the index gives", () => {
    const assets = Object.entries(uploaded(0, 20)).map(([name, updatedAt]) => ({ name, updatedAt }));
    const { summary } = judgedAfter(lateFiles, {}, [], { upstream: "pkg:pypi/tool", assets });
    expect(summary).toBe("tool-1.whl was added 20 days after the first file of 1.0.0.");
  });
});
