import { isFailure } from "../../lib/failure.ts";
import { type CoveringPull, findCoveringPull } from "../../lib/forge/covering-pull.ts";
import type { WatchedForge } from "../../lib/forge/forge.ts";
import type { Parcel } from "../render/parcel.ts";
import type { Job, Outcome } from "./job.ts";

/** Why this can never become a pull request, with what to do instead; undefined when it can. */
export function refusalOf({ changes, candidates }: Parcel, at: WatchedForge | undefined): string | undefined {
  const apply = candidates.map((candidate) => `headgate apply ${candidate.id}`).join(" and ");
  if (at === undefined)
    return `this project is a local folder, not a repository on a forge: ${apply} writes the change into it`;
  const { forge, noCredential } = at;
  if (changes.length === 0) return "every place of it must be changed by hand";
  if (forge === undefined) return `${noCredential}; or apply it: ${apply} --patch`;
  const special = changes.find((change) => !forge.keepsModes.includes(change.mode));
  if (special === undefined) return undefined;
  const kind =
    special.mode === "100755"
      ? "is executable, and a commit with this credential would take that away"
      : `has the file mode ${special.mode}`;
  const advice = forge.modeAdvice === undefined ? "" : `${forge.modeAdvice}, or `;
  return `${special.path} ${kind}: ${advice}apply it: ${apply} --patch`;
}

/** A second pull request for the same pin would only be in the way of the first. */
export async function coveredBy({ parcel, forge, repository, others }: Job): Promise<Outcome | undefined> {
  const open = await others();
  if (isFailure(open)) return undefined; // not to be had: two pull requests are better than none
  let last: Outcome | undefined;
  for (const { component } of parcel.candidates) {
    const covering = await findCoveringPull(forge, repository, open, component.pins);
    if (covering === undefined) return undefined; // the others of a group are worth a pull request without it, too
    last = coveredWords(covering);
  }
  return last;
}

function coveredWords({ pull, pin }: CoveringPull): Outcome {
  const error = `covered by #${pull.number} of ${pull.author.login}, which changes ${pin.path}:${pin.line}`;
  return { state: "refused", url: pull.url, error };
}
