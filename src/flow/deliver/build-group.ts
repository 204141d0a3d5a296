import type { discoverer } from "../../discover/discover.ts";
import type { FileChange, Proposal } from "../../domain/bump.ts";
import { asPinning, type Component, type Pin, toComponents } from "../../domain/pin.ts";
import { Failure, isFailure, succeeded } from "../../lib/failure.ts";
import { blobId } from "../../lib/trees/blob-id.ts";
import type { SourceFile } from "../discover/read-pins.ts";
import { lockSteps } from "../plan/lock-step.ts";
import type { Planned } from "../plan/planned.ts";

/** Builds one candidate's change from files as they are given, with what can only move together with it. */
export type BuildOne = (
  planned: Planned,
  files: readonly SourceFile[],
  together?: readonly Planned[],
) => Promise<Proposal | Failure>;

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
  for (const set of lockSteps(members)) {
    const placed = set.map((one) => (built.length === 0 ? one : placedAnew(one, current, discover)));
    const [now, ...together] = succeeded(placed);
    if (now === undefined || together.length + 1 < set.length) continue;
    const proposal = await build(now, current, together);
    if (isFailure(proposal)) continue;
    built.push(...set.map((planned) => ({ planned, proposal })));
    current = withChanges(current, proposal.changes);
  }
  const changes = changesBetween(files, current);
  return built.map(({ planned, proposal }) => {
    const { candidate, decision } = planned;
    const byHand = proposal.byHand.filter((pin) => pin.upstream === candidate.component.upstream);
    return { ...proposal, candidate, decision, byHand, changes };
  });
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
