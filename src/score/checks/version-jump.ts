import type { Release } from "../../domain/release.ts";
import { compareNumbers, isDate } from "../../lib/versions/dotted-version.ts";
import { looseNumbers } from "../../lib/versions/loose-version.ts";
import { type Check, judged, notChecked, passed } from "../check.ts";

const CALENDAR = 1990;
/** `0.3.9` to `0.3.91`: a digit more, and further than anybody counts. */
const FAR = 20;

/** Whether the number of a version is far from those before it. */
export const versionJump: Check = {
  id: "version-jump",
  rule: "R15",
  title: "A jump in the version numbers",
  why: "A number that is far ahead wins over every range and stays the newest; one that looks like the last slips by.",
  basis: "dates",
  baseRate: "0.1% of releases",
  appliesTo: () => true,
  judge: ({ release, earlier }, now) => {
    const own = numbersOf(release);
    if (own === undefined) return notChecked("its version is not made of counted numbers.");
    const known = earlier.flatMap((one) => {
      const numbers = numbersOf(one);
      return numbers === undefined ? [] : [{ version: one.version, value: numbers }];
    });
    const below = known.filter(({ value }) => compareNumbers(value, own) < 0);
    const [first, ...others] = below;
    const nearest = others.reduce(
      (best, one) => (compareNumbers(one.value, best?.value ?? []) > 0 ? one : best),
      first,
    );
    if (nearest === undefined) return notChecked("no older version is known to compare its number with.");
    const skipped = (own[0] ?? 0) - (nearest.value[0] ?? 0) - 1;
    const jumps = skipped > 1 || isDigitMore(nearest.value, own);
    if (!jumps) return passed(`It follows ${nearest.version}.`);
    const what = skipped > 1 ? `skips ${skipped} major versions` : "has a digit more than follows";
    const summary = `${release.version} ${what} after ${nearest.version}.`;
    return judged(
      release,
      [
        {
          outcome: "warn",
          summary,
          part: "version",
          observed: release.version,
          expected: `what follows ${nearest.version}`,
          compared: [nearest],
        },
      ],
      now,
    );
  },
};

function numbersOf({ version }: Pick<Release, "version">): readonly number[] | undefined {
  const numbers = looseNumbers(version);
  if (numbers === undefined || isDate(numbers) || (numbers[0] ?? 0) >= CALENDAR) return undefined;
  return numbers;
}

function isDigitMore(before: readonly number[], after: readonly number[]): boolean {
  const place = after.findIndex((number, index) => number !== (before[index] ?? 0));
  const [old, now] = [before[place], after[place]];
  if (place < 1 || old === undefined || now === undefined || old === 0) return false;
  return now - old >= FAR && String(now).startsWith(String(old)) && String(now).length === String(old).length + 1;
}
