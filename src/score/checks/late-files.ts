import { between, DAY, type Instant } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { type Check, judged, notChecked, passed } from "../check.ts";

const LATE = 14 * DAY;

/** Whether files were added to a version long after it was published. */
export const lateFiles: Check = {
  id: "late-files",
  rule: "R20",
  title: "Files added late to an old version",
  why: "A file that is added to a version that everybody trusts is installed without a new version to look at.",
  basis: "registry",
  appliesTo: ({ upstream }) => upstream.startsWith("pkg:pypi/"),
  judge: ({ release }, now) => {
    const times = timesOf(release).toSorted(([, a], [, b]) => (a < b ? -1 : 1));
    const first = times[0];
    if (first === undefined) return notChecked("when its files were uploaded is not known.");
    const late = times.filter(([, at]) => between(first[1], at) > LATE);
    const [one] = late;
    if (one === undefined) return passed("Its files were uploaded together.");
    const days = Math.floor(between(first[1], one[1]) / DAY);
    const more = late.length > 1 ? ` and ${late.length - 1} more` : "";
    const summary = `${one[0]}${more} was added ${days} days after the first file of ${release.version}.`;
    return judged(
      release,
      [
        {
          outcome: "hold",
          summary,
          part: "fileTimes",
          observed: `${one[0]} on ${one[1].slice(0, 10)}`,
          expected: `files of ${first[1].slice(0, 10)}`,
        },
      ],
      now,
    );
  },
};

/** On PyPI a file cannot be replaced: the time of its last change is that of its upload. */
function timesOf({ assets, evidence }: Release): (readonly [string, Instant])[] {
  const uploaded = assets.flatMap(({ name, updatedAt }) =>
    updatedAt === undefined ? [] : [[name, updatedAt] as const],
  );
  return [...new Map([...uploaded, ...Object.entries(evidence?.fileTimes ?? {})])];
}
