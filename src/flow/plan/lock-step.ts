import type { Candidate } from "../../domain/bump.ts";
import type { Planned } from "./planned.ts";

/**
 * Wanted candidates in the sets that can only move together: those that lead to the same version and are written by the
 * same edits, such as two images with one variable for their tag. Most sets have one member.
 */
export function lockSteps(wanted: readonly Planned[]): Planned[][] {
  const sets: { readonly members: Planned[]; readonly spans: Set<string> }[] = [];
  for (const planned of wanted) {
    const { candidate } = planned;
    const own = spansOf(candidate);
    const sharing = sets.filter(
      ({ members, spans }) =>
        members[0]?.candidate.to.version === candidate.to.version && own.some((span) => spans.has(span)),
    );
    const [first, ...others] = sharing;
    if (first === undefined) sets.push({ members: [planned], spans: new Set(own) });
    else {
      first.members.push(planned, ...others.flatMap(({ members }) => members));
      for (const span of [...own, ...others.flatMap(({ spans }) => [...spans])]) first.spans.add(span);
      for (const other of others) sets.splice(sets.indexOf(other), 1);
    }
  }
  return sets.map(({ members }) => members);
}

/** What a set is called, as a group: after the variable, or the first place, that decides for all of them. */
export function lockStepName([first]: readonly Planned[]): string {
  const name = first?.candidate.component.pins[0]?.name ?? "";
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return slug.slice(0, 40) || "lock-step";
}

function spansOf({ component }: Candidate): string[] {
  return component.pins.flatMap((pin) => pin.edits.map(({ path, start, end }) => `${path} ${start} ${end}`));
}
