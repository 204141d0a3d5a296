import type { discoverer } from "../discover/discover.ts";
import type { FileChange, Proposal } from "../domain/bump.ts";
import { asPinning, type Component, type Pin, toComponents } from "../domain/pin.ts";
import { blobId } from "../lib/blob-id.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import type { Planned } from "./planned.ts";
import type { SourceFile } from "./read-pins.ts";

/** Builds one candidate's change from files as they are given. */
export type BuildOne = (planned: Planned, files: readonly SourceFile[]) => Promise<Proposal | Failure>;

/**
 * Builds the change of a group: each member on top of the ones before it, whose edits may have moved its places. Members
 * that cannot be built stay out. Every proposal that comes back holds the changes of the whole group.
 */
export async function buildGroup(
  members: readonly Planned[],
  files: readonly SourceFile[],
  discover: ReturnType<typeof discoverer>,
  build: BuildOne,
): Promise<Proposal[]> {
  let current = files;
  const built: { readonly planned: Planned; readonly proposal: Proposal }[] = [];
  for (const planned of members) {
    const now = built.length === 0 ? planned : placedAnew(planned, current, discover);
    const proposal = isFailure(now) ? now : await build(now, current);
    if (isFailure(proposal)) continue;
    built.push({ planned, proposal });
    current = withChanges(current, proposal.changes);
  }
  const changes = changesBetween(files, current);
  return built.map(({ planned, proposal }) => ({ ...proposal, candidate: planned.candidate, changes }));
}

/** The same candidate with its pins where they are in the changed files. */
function placedAnew(
  planned: Planned,
  files: readonly SourceFile[],
  discover: ReturnType<typeof discoverer>,
): Planned | Failure {
  const { component } = planned.candidate;
  const found = toComponents(component.project, discover(files).pins).filter(
    (one) => one.upstream === component.upstream,
  );
  const now = found.flatMap((one) => one.pins);
  const pins = samePins(component, planned.candidate.step === "pin" ? now.flatMap((pin) => asPinning(pin) ?? []) : now);
  if (pins === undefined)
    return new Failure("conflict", "Another change of the group took away a place of this one: it is planned again.");
  return { ...planned, candidate: { ...planned.candidate, component: { ...component, pins } } };
}

/** The n-th pin of a name and text in a file is still the n-th one: members of a group change no places of each other. */
function samePins(component: Component, found: readonly Pin[]): Pin[] | undefined {
  const keyOf = (pin: Pin) => JSON.stringify([pin.path, pin.name, pin.text, pin.digest]);
  const left = new Map([...Map.groupBy(found, keyOf)].map(([key, pins]) => [key, [...pins]]));
  const pins = component.pins.map((pin) => left.get(keyOf(pin))?.shift());
  return pins.some((pin) => pin === undefined) ? undefined : pins.flatMap((pin) => pin ?? []);
}

function withChanges(files: readonly SourceFile[], changes: readonly FileChange[]): SourceFile[] {
  const texts = new Map(changes.map((change) => [change.path, change.text]));
  return files.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text }));
}

function changesBetween(before: readonly SourceFile[], after: readonly SourceFile[]): FileChange[] {
  return before.flatMap(({ path, text, entry }, index) => {
    const now = after[index]?.text ?? text;
    return now === text ? [] : [{ path, text: now, mode: entry.mode, before: blobId(text) }];
  });
}
