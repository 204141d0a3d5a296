import type { Pin } from "../domain/pin.ts";
import { isFailure } from "./failure.ts";
import type { Forge, OpenPullRequest, RepositoryName } from "./forge.ts";

/** Somebody else's open pull request, and the place that it changes as ours would. */
export type CoveringPull = { readonly pull: OpenPullRequest; readonly pin: Pin };

/**
 * An open pull request that takes away a line which writes one of the pins: by its text, not by its title, which
 * anybody can choose. `ours`: the branch that is not looked at. One whose changes cannot be had covers nothing.
 */
export async function findCoveringPull(
  forge: Forge,
  repository: RepositoryName,
  open: readonly OpenPullRequest[],
  pins: readonly Pin[],
  ours: string,
): Promise<CoveringPull | undefined> {
  const paths = new Set(pins.map((pin) => pin.path));
  for (const pull of open) {
    if (pull.headBranch === ours || !pull.paths.some((path) => paths.has(path))) continue;
    const removed = await forge.readRemovedLines(repository, pull.number);
    if (isFailure(removed)) continue;
    const pin = pins.find(({ path, text, name }) =>
      removed.get(path)?.some((line) => text !== "" && line.includes(text) && line.includes(name)),
    );
    if (pin !== undefined) return { pull, pin };
  }
  return undefined;
}
