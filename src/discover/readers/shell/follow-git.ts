import type { Value } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";
import type { GitStep } from "./read-clone.ts";

/** What git has been told so far. */
export type GitState = {
  readonly references: Reference[];
  /** Scope → the repositories cloned in it: place in the list of references, folder, what was fetched of them since. */
  readonly clones: Map<string, { at: number; folder: string; fetched?: Value | undefined }[]>;
  /** Repositories that are added as a remote, until something is fetched from them. */
  readonly remotes: Map<string, Reference>;
};

/** How many of a scope's clones a checkout is looked for in, the latest. */
const MOST_CLONES = 200;

/** A ref that is checked out belongs to the clone of that folder, else to the latest clone of the scope. */
export function followGit(state: GitState, step: GitStep, scope: string): void {
  const known = state.clones.get(scope) ?? [];
  if (step.kind === "checkout") addCheckout(state, step, scope);
  else if (step.kind === "compare") addCompared(state, step, scope);
  else if (step.kind === "remote") state.remotes.set(scope, step.reference);
  else {
    state.clones.set(scope, known);
    known.push({ at: state.references.length, folder: step.folder });
    state.references.push({ ...step.reference, scope });
  }
}

function addCheckout(state: GitState, step: GitStep & { kind: "checkout" }, scope: string): void {
  const { folder, by } = step;
  const remote = state.remotes.get(scope);
  state.remotes.delete(scope);
  if (remote !== undefined) followGit(state, { kind: "clone", reference: remote, folder: "" }, scope);
  const clones = (state.clones.get(scope) ?? []).slice(-MOST_CLONES);
  const clone = clones.findLast((one) => one.folder === folder) ?? clones.at(-1);
  const reference = clone === undefined ? undefined : state.references[clone.at];
  if (clone === undefined || reference === undefined) return;
  const ref = by === "FETCH_HEAD" ? clone.fetched : step.ref;
  if (by === "fetch") clone.fetched = ref;
  if (ref === undefined || (by === "fetch" && reference.ref !== undefined)) return;
  const { clone: _, ...rest } = reference; // what is compared is what this command chooses
  state.references[clone.at] = { ...rest, ref };
}

function addCompared(state: GitState, { commit, folder }: GitStep & { kind: "compare" }, scope: string): void {
  const clone = (state.clones.get(scope) ?? [])
    .slice(-MOST_CLONES)
    .findLast((one) => folder === "" || one.folder === folder);
  const reference = clone === undefined ? undefined : state.references[clone.at];
  if (clone !== undefined && reference !== undefined) state.references[clone.at] = { ...reference, digest: commit };
}
