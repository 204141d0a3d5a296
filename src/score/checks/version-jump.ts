import type { Release, ReleaseOutline } from "../../domain/release.ts";
import type { Known } from "../../domain/release-history.ts";
import { compareLeading, isDate } from "../../lib/versions/dotted-version.ts";
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
    const nearest = nearestBelow(own, earlier);
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

/** The highest of the lower numbers. In one go: most of what is known is looked at, in every plan. */
function nearestBelow(
  own: readonly number[],
  earlier: readonly ReleaseOutline[],
): Known<readonly number[]> | undefined {
  let nearest: Known<readonly number[]> | undefined;
  for (const one of earlier) {
    if (compareLeading(one.version, own) >= 0) continue;
    if (nearest !== undefined && compareLeading(one.version, nearest.value) <= 0) continue;
    const value = numbersOf(one);
    if (value !== undefined) nearest = { version: one.version, value };
  }
  return nearest;
}

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
