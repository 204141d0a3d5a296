import type { Reason } from "../domain/bump.ts";
import { minuteOf } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import { type Release, tagOfVersion } from "../domain/release.ts";
import { type Advisory, trustBand } from "../domain/trust.ts";
import type { DecisionInput } from "./decision-input.ts";
import { dueAt } from "./policy.ts";
import { note, warn } from "./reason.ts";

/** What a person should know beside the verdict. */
export function noteReasons({ candidate, history, score, advisories }: DecisionInput, policy: Policy): Reason[] {
  const { from, to, step, fixes, introduces } = candidate;
  const spoken = new Set([...fixes, ...introduces].map((advisory) => advisory.id));
  const remaining = advisories.filter(({ id }) => !spoken.has(id) && !id.startsWith("MAL-")).map(({ id }) => id);
  const template = candidate.component.pins[0]?.tagTemplate;
  const tags = from.map((version) => tagOfVersion(version, template));
  const withdrawn = history.filter(
    ({ state, tag }) => tags.includes(tag) && (state === "yanked" || state === "deleted"),
  );
  return [
    ...fixes.map((advisory) => note("security-fix", fixSummary(advisory, to, policy))),
    ...withdrawn.map(({ tag, state }) => note("current-withdrawn", `The current version ${tag} was ${state}.`)),
    ...(remaining.length > 0
      ? [note("known-advisories", `${to.version} is still affected by ${remaining.join(", ")}.`)]
      : []),
    ...(from.length > 1
      ? [note("drift", `The places differ today: ${from.join(", ")}. All move to ${to.version}.`)]
      : []),
    ...(step === "major"
      ? [warn("major-step", `A major step from ${from.join(", ")} to ${to.version}: read the notes.`)]
      : []),
    ...(trustBand(score) === "insufficient"
      ? [warn("insufficient-data", "Too little is known of the project to score it: look at it yourself.")]
      : []),
  ];
}

function fixSummary(advisory: Advisory, to: Release, policy: Policy): string {
  const due = dueAt(policy, advisory);
  const by = due === undefined ? "" : `, due by ${minuteOf(due)}`;
  return `${to.version} fixes ${advisory.id} (${urgencyOf(advisory)})${by}: ${advisory.summary}`;
}

/** `high, exploited, 94% likely within a month`. */
function urgencyOf({ severity, exploited, exploitProbability: chance }: Advisory): string {
  const likely = chance === undefined ? [] : [`${Math.round(100 * chance)}% likely to be exploited within a month`];
  return [severity, ...(exploited === true ? ["known to be exploited"] : []), ...likely].join(", ");
}
