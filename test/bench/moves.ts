import { basename } from "node:path";
import { type CandidateDraft, compareComponent } from "../../src/compare/compare.ts";
import { pinComponent } from "../../src/compare/pin.ts";
import { discoverer } from "../../src/discover/discover.ts";
import { isWatched, toComponents } from "../../src/domain/pin.ts";
import { buildProposal } from "../../src/flow/deliver/build-proposal.ts";
import { readPinsAt } from "../../src/flow/discover/read-pins.ts";
import { lockSteps } from "../../src/flow/plan/lock-step.ts";
import type { Planned } from "../../src/flow/plan/planned.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { aProject, NOW } from "../support/build.ts";
import { type Built, batchesOf, withAll } from "./moves/batches.ts";
import { faultsOf, leftBehind, type ReadTree } from "./moves/judge-move.ts";
import { nothingNewer, pushedAgain, refsOf, releasesAfter, releasesNow, STEPS } from "./moves/next-releases.ts";
import { createNotes, keyOf, type Notes, printNotes } from "./moves/notes.ts";
import { outside } from "./moves/outside.ts";

/**
 * `npm run bench:moves -- CHECKOUT…`: gives every pin of a checkout a next version (its last and its first number one
 * higher), the same version with new content, and the content that its name stands for now. Each change is built as
 * its pull request would be, applied, and the tree read again. Prints how many pins moved exactly, and why others did not.
 */
async function main(checkouts: readonly string[]): Promise<void> {
  for (const checkout of checkouts) {
    const found = await readPinsAt(checkout);
    if (isFailure(found)) throw found;
    printNotes(basename(checkout), found.pins, await tryTree(found));
  }
}

async function tryTree(
  tree: ReadTree,
): Promise<{ versions: Notes; pinnings: Notes; left: ReadonlySet<string>; lowered: readonly string[] }> {
  const components = toComponents("bench", tree.pins.filter(isWatched));
  const [versions, pinnings, left] = [createNotes(), createNotes(), new Set<string>()];
  const trial = { tree, left, readers: { rewriter: discoverer(), judge: discoverer() } };
  for (const releases of [...STEPS.map((step) => (one: Component) => releasesAfter(one, step)), pushedAgain]) {
    const compared = components.map((component) =>
      compareComponent({ component, releases: releases(component), allowPrereleases: false, now: NOW }),
    );
    if (releases !== pushedAgain) versions.unordered.push(...compared.flatMap((one) => one.notComparable));
    const candidates = compared.flatMap((one) => one.candidates);
    await tryAll(candidates, { ...trial, notes: versions });
  }
  const lowered = components.flatMap((component) => {
    const { candidates } = compareComponent({
      component,
      releases: nothingNewer(component),
      allowPrereleases: false,
      now: NOW,
    });
    return candidates
      .filter(({ step }) => step !== "digest")
      .map(({ to, from }) => `${component.upstream} ${from} → ${to.version}`);
  });
  const drafts = components.map((component) => ({
    component,
    releases: releasesNow(component),
    refs: refsOf(component),
  }));
  await tryAll(drafts.flatMap(pinComponent), { ...trial, notes: pinnings });
  return { versions, pinnings, left, lowered };
}

type Component = ReturnType<typeof toComponents>[number];
type Trial = { readonly tree: ReadTree; readonly notes: Notes; readonly left: Set<string>; readonly readers: Readers };
/** One for the rewriter and one for the judge: both remember what files say. */
type Readers = { readonly rewriter: ReturnType<typeof discoverer>; readonly judge: ReturnType<typeof discoverer> };

function plannedOf(draft: CandidateDraft): Planned {
  const { upstream } = draft.component;
  return {
    project: aProject("bench"),
    candidate: { ...draft, fixes: [], introduces: [] },
    decision: { verdict: "propose", reasons: [], by: "policy" },
    card: { upstream, score: undefined, checks: [] },
  };
}

async function tryAll(drafts: readonly CandidateDraft[], trial: Trial): Promise<void> {
  const { tree, readers, notes, left } = trial;
  const built: Built[] = [];
  for (const set of lockSteps(drafts.map(plannedOf))) built.push(...(await buildOne(set, trial)));
  for (const batch of batchesOf(tree, built)) {
    const files = withAll(tree.files, batch);
    const after = { files, pins: readers.judge(files).pins };
    const set = batch.flatMap((one) => one.set);
    const byHand = batch.flatMap(({ proposal }) => proposal.byHand);
    const pins = set.flatMap(({ candidate }) => candidate.component.pins);
    notes.built(pins, byHand, faultsOf(set, byHand, tree, after));
    const stays = new Set(byHand.map(keyOf));
    const moved = new Set(pins.map(keyOf).filter((key) => !stays.has(key)));
    for (const place of leftBehind(set, tree, after, moved)) left.add(place);
  }
}

/** The change of candidates that move together; none, and a note, where it is refused. */
async function buildOne(set: readonly Planned[], { tree, readers, notes }: Trial): Promise<Built[]> {
  const [first, ...together] = set;
  if (first === undefined) return [];
  const pins = set.flatMap(({ candidate }) => candidate.component.pins);
  const { flow, asked } = outside();
  const proposal = await buildProposal(flow, [first, ...together], tree.files, readers.rewriter);
  const open = asked.filter((url) => /[{}$]/.test(url));
  if (open.length > 0) notes.failed(pins, `asked for ${open.join(", ")}`);
  if (!isFailure(proposal)) return [{ set, proposal }];
  notes.failed(pins, proposal.message);
  return [];
}

const [, , ...checkouts] = process.argv;
if (checkouts.length === 0) {
  console.error("Name checkouts: npm run bench:moves -- PATH…");
  process.exitCode = 2;
} else await main(checkouts);
