import type { Lab, Stage } from "./kill-lab.ts";
import { differences, type Outcome } from "./outcome.ts";

/** A point after which not everything was as without a kill. */
export type Wrong = { readonly point: number; readonly at: string; readonly problems: readonly string[] };

/** What came of killing at some points. */
export type Kills = {
  readonly wrong: readonly Wrong[];
  /** Points before which their run ended, also when it was aimed at its last one: how many a run passes differs a little, since requests are under way at once. */
  readonly notReached: readonly number[];
};

const TRIES = 3;

/** Kills at each of these points, some at once: a run mostly waits for processes to start. `tell` hears of every run. */
export async function killAll(
  { lab, stage }: { readonly lab: Lab; readonly stage: Stage },
  clean: Outcome,
  wanted: readonly number[],
  atOnce: number,
  tell: (wrong: Wrong | undefined) => void = () => undefined,
): Promise<Kills> {
  const points = wanted.values();
  const found: Wrong[] = [];
  const notReached: number[] = [];
  const work = async () => {
    for (const point of points) {
      let aimed = point;
      let { outcome, points: passed } = await lab.run(aimed, stage);
      for (let tries = 1; passed.length < aimed && tries < TRIES; tries++) {
        aimed = passed.length; // its last one, then
        ({ outcome, points: passed } = await lab.run(aimed, stage));
      }
      const at = passed.at(-1) ?? "";
      const problems = differences(clean, outcome, at);
      const wrong = problems.length === 0 ? undefined : { point: aimed, at, problems };
      if (wrong !== undefined) found.push(wrong);
      if (passed.length < aimed) notReached.push(point);
      tell(wrong);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { wrong: found, notReached };
}
