import type { Pin } from "../../domain/pin.ts";
import { isFailure } from "../failure.ts";
import type { RepositoryName } from "./branch.ts";
import type { Forge } from "./forge.ts";
import type { OpenPullRequest } from "./pull-request.ts";

/** Somebody else's open pull request, and the place that it changes as ours would. */
export type CoveringPull = { readonly pull: OpenPullRequest; readonly pin: Pin };

/** What every branch of ours begins with. */
const OUR_BRANCHES = "headgate/";

/**
 * An open pull request that takes away a line which writes one of the pins: by its text, not by its title, which
 * anybody can choose. One whose changes cannot be had covers nothing, and neither does one from a branch of ours: whoever
 * copies such a name gets a second pull request beside it, no more.
 */
export async function findCoveringPull(
  forge: Forge,
  repository: RepositoryName,
  open: readonly OpenPullRequest[],
  pins: readonly Pin[],
): Promise<CoveringPull | undefined> {
  const paths = new Set(pins.map((pin) => pin.path));
  for (const pull of open) {
    if (pull.headBranch.startsWith(OUR_BRANCHES) || !pull.paths.some((path) => paths.has(path))) continue;
    const removed = await forge.readRemovedLines(repository, pull.number);
    if (isFailure(removed)) continue;
    const pin = pins.find(({ path, text, name }) =>
      removed.get(path)?.some((line) => text !== "" && line.includes(text) && line.includes(name)),
    );
    if (pin !== undefined) return { pull, pin };
  }
  return undefined;
}
