import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FORGE_IDS, type ForgeId } from "../../src/domain/project.ts";
import { limited } from "../support/database.ts";
import { killAll } from "./kill-all.ts";
import { type Lab, openLab, type Stage } from "./kill-lab.ts";
import { isBetweenDataAndAnswer } from "./watch-points.ts";

const LIMIT = 900_000;

let lab: Lab;
beforeAll(async () => {
  if (!limited()) lab = await openLab();
});
afterAll(() => lab?.close());

/** Some points all over the run, and those around each 250 that says that a mail was taken. `npm run kills` takes every one. */
function sampleOf(points: readonly string[]): number[] {
  const spread = Array.from({ length: 10 }, (_, index) => 1 + Math.floor((index * points.length) / 10));
  const taken = points.flatMap((point, index) => (isBetweenDataAndAnswer(point) ? [index + 1] : []));
  return [...new Set([...spread, ...taken.flatMap((at) => [at - 1, at, at + 1]), points.length])];
}

describe.skipIf(limited())("a process that is killed while it delivers", () => {
  it(
    "leaves one pull request with one commit per component and one letter per recipient, once another has recovered",
    async () => {
      const clean = await lab.run(undefined);
      expect(clean.outcome.pulls.length).toBeGreaterThan(4);
      expect(clean.outcome.mails).toHaveLength(2);
      const sample = sampleOf(clean.points);
      expect(sample.length).toBeGreaterThan(14);
      const { wrong, notReached } = await killAll({ lab, stage: "opening" }, clean.outcome, sample, 2);
      expect(wrong).toEqual([]);
      expect(notReached.length).toBeLessThan(3);
    },
    LIMIT,
  );

  it(
    "leaves every word of people recorded, answered and told once, when it is killed while it acts on them",
    async () => {
      const stage = "answering";
      const clean = await lab.run(undefined, stage);
      expect(clean.outcome.pulls.filter((one) => one.startsWith("OPEN"))).toHaveLength(1);
      expect(clean.outcome.comments.length).toBeGreaterThan(3);
      const spread = Array.from({ length: 9 }, (_, index) => 1 + Math.floor((index * clean.points.length) / 9));
      const { wrong, notReached } = await killAll({ lab, stage }, clean.outcome, spread, 2);
      expect(wrong).toEqual([]);
      expect(notReached).toEqual([]);
    },
    LIMIT,
  );
});

const OTHERS = FORGE_IDS.filter((id) => id !== "github");

describe.skipIf(limited()).each(OTHERS)("a process that is killed while it delivers to %s", (forge) => {
  let elsewhere: Lab;
  beforeAll(async () => {
    elsewhere = await openLab(forge);
  }, LIMIT);
  afterAll(() => elsewhere?.close());

  it.each<[Stage, number]>([
    ["opening", 6],
    ["answering", 4],
  ])(
    "leaves everything once, %s",
    async (stage, most) => {
      const clean = await elsewhere.run(undefined, stage);
      expect(clean.outcome.pulls.filter((one) => one.startsWith("OPEN")).length).toBeGreaterThan(0);
      const written = clean.points.flatMap((point, index) => (isWrite(forge, point) ? [index + 1] : []));
      expect(written.length).toBeGreaterThan(most);
      const sample = Array.from(
        { length: most },
        (_, index) => written[Math.floor((index * written.length) / most)] ?? 1,
      );
      const { wrong } = await killAll({ lab: elsewhere, stage }, clean.outcome, sample, 2);
      expect(wrong).toEqual([]);
    },
    LIMIT,
  );
});

/** Something is changed at the forge by this request, or was by what is answered next. */
function isWrite(forge: ForgeId, point: string): boolean {
  return point.startsWith(`${forge}, before it was asked: `) && /: (?:POST|PATCH|PUT|DELETE) /.test(point);
}
