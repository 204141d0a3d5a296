import { type CandidateDraft, candidateId } from "../../compare/compare.ts";
import { contentsBetween } from "../../compare/rebuilt.ts";
import { candidatesNamed } from "../../db/decisions/candidates.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { freshIn, putFacts, factsOf as storedFacts } from "../../db/upstreams/facts.ts";
import { type CandidateState, OPEN_STATES } from "../../domain/candidate-state.ts";
import { between, HOUR, plus } from "../../domain/instant.ts";
import type { Component } from "../../domain/pin.ts";
import type { Release } from "../../domain/release.ts";
import { isFailure } from "../../lib/failure.ts";
import { imageOfPurl } from "../../lib/registry/image-source.ts";
import { adviseOn } from "../advisories/advise.ts";
import type { FlowContext } from "../context.ts";
import { type Beforehand, judgeAsLearned } from "./judge-drafts.ts";
import { WORDS } from "./plan-older.ts";
import type { Planned } from "./planned.ts";

/** Contents of one name that are looked at in one plan, from the newest that can be over its wait. */
const LOOKED_AT = 5;
/** For so long an answer holds that a registry still has a content. */
const STILL_THERE = 6 * HOUR;
const THERE = "content-there";
/** Found to be bad when it was looked at, whatever would be thought of it now. */
const BAD: readonly CandidateState[] = ["blocked", "withdrawn"];

/** What a person says of these has to be carried out: they may have a pull request. */
const CARRIED_OUT: readonly CandidateState[] = [...OPEN_STATES, "skipped"];

/**
 * Where the newest content of an image has to wait, or is held, the newest one before it that may be taken now: what is
 * built again more often than it waits would else never be taken. Each was judged for as long as it was the newest, with
 * all that is asked about it, and is decided here from what was learned then. `planned`: what is planned so far.
 */
export async function planRebuilt(
  flow: FlowContext,
  planned: readonly Planned[],
  beforehand: Omit<Beforehand, "advisories">,
): Promise<Planned[]> {
  const found: Planned[] = [];
  for (const newest of planned.filter(isLeftOut)) {
    for (const { draft, state } of await draftsBefore(flow, newest)) {
      const advisories = await adviseOn(flow, [], [draft]);
      const [one] = await judgeAsLearned(flow, [draft], { ...beforehand, advisories });
      if (one === undefined) break;
      const isRefused = isRefusedByPerson(one); // who does not want it wants nothing older either
      const isTaken = one.decision.verdict === "propose" && (await isThere(flow, one.candidate.to));
      if (isTaken || (isRefused && CARRIED_OUT.includes(state))) found.push(besideNewest(one, newest));
      if (isTaken || isRefused) break;
    }
  }
  return found;
}

/** What a rule does not want is not wanted in any content. */
function isLeftOut(planned: Planned): boolean {
  const { candidate, decision } = planned;
  if (candidate.step !== "digest" || decision.verdict === "propose") return false;
  return decision.verdict !== "skip" || isRefusedByPerson(planned);
}

function isRefusedByPerson({ decision }: Planned): boolean {
  return decision.reasons.some(({ rule, level }) => rule === "person" && level !== "note");
}

type Before = { readonly draft: CandidateDraft; readonly state: CandidateState };

/** What the name held before, newest first, with what was learned of it: only what can be over its wait, and was not bad. */
async function draftsBefore(flow: FlowContext, { candidate, decision }: Planned): Promise<Before[]> {
  const { component, to } = candidate;
  const { contents, isPinnedSeen } = contentsBetween(to, pinnedIn(component));
  const until = decision.reasons.find(({ rule }) => rule === "content-age")?.until;
  const wait = until === undefined ? 0 : between(to.contentFirstSeenAt, until); // that of all contents of the name
  const due = contents.filter(({ seenAt }) => plus(seenAt, wait) <= flow.clock()).slice(0, LOOKED_AT);
  const named = due.map(({ digest }) => ({ id: candidateId(component, to.version, digest), digest }));
  const ids = named.map(({ id }) => id);
  const stored = new Map((await candidatesNamed(flow.db, ids)).map((one) => [one.id, one]));
  return named.flatMap(({ id, digest }): Before[] => {
    const before = stored.get(id);
    if (before === undefined || isBad(before) || before.snapshot.candidate.to.digests.index !== digest) return [];
    // it was newer than what was pinned when it was looked at: who pins something else since may be ahead of it
    if (!isPinnedSeen && !isSamePin(before.snapshot.candidate.component, component)) return [];
    const earlier: Release = { ...before.snapshot.candidate.to, version: to.version, state: to.state };
    const draft = { id, component, from: candidate.from, to: earlier, between: [earlier], step: "digest" } as const;
    return [{ draft, state: before.state }];
  });
}

function isBad({ state, snapshot }: StoredCandidate): boolean {
  return BAD.includes(state) || snapshot.card.checks.some(({ outcome }) => outcome === "block");
}

function isSamePin(one: Component, other: Component): boolean {
  return pinnedIn(one).join() === pinnedIn(other).join();
}

function pinnedIn({ pins }: Component): string[] {
  return [...new Set(pins.flatMap(({ digest }) => digest ?? []))].toSorted();
}

/** A registry drops what no tag names any more when it likes. One that does not answer says nothing. */
async function isThere(flow: FlowContext, { upstream, digests }: Release): Promise<boolean> {
  const image = imageOfPurl(upstream);
  const { index } = digests;
  if (image === undefined || index === undefined) return false;
  const signal = `${THERE} ${index}`;
  const now = flow.clock();
  const known = freshIn(await storedFacts(flow.db, [upstream], [signal]), upstream, signal, now);
  if (known !== undefined) return !isFailure(known) && known.facts === index;
  const collected = await flow.registry.digest(image.host, image.repository, index);
  if (isFailure(collected) && collected.code !== "not-found" && collected.code !== "gone") return true;
  const answer = isFailure(collected) ? collected : { facts: collected, source: image.host, at: now };
  await putFacts(flow.db, { subject: upstream, signal, collected: answer, expiresAt: plus(now, STILL_THERE) });
  return collected === index;
}

function besideNewest(planned: Planned, { candidate: { to }, decision }: Planned): Planned {
  const until = decision.until === undefined ? "" : ` until ${decision.until.slice(0, 10)}`;
  const content = (to.digests.index ?? "").slice(0, "sha256:".length + 12);
  const seen = `first seen on ${to.contentFirstSeenAt.slice(0, 10)}`;
  const summary = `${to.version} was built again since: ${content}, ${seen}, ${WORDS[decision.verdict]}${until}.`;
  const note = { rule: "newer-content", level: "note", summary } as const;
  return { ...planned, decision: { ...planned.decision, reasons: [...planned.decision.reasons, note] } };
}
