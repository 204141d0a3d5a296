import type { Compared, Draft } from "../../compare/compare.ts";
import { waitFor } from "../../decide/policy.ts";
import type { Candidate } from "../../domain/bump.ts";
import { type Instant, plus } from "../../domain/instant.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Release } from "../../domain/release.ts";
import { typeOfPurl } from "../../domain/upstream.ts";
import type { Planned } from "./planned.ts";

type Aged = Compared & Pick<Release, "publishedBy" | "publishedAt" | "contentFirstSeenAt">;
type OlderStep = Omit<Draft<Aged>, "between">;

/** Plans drafts completely, in their order. */
export type PlanDrafts<Step> = (drafts: readonly Step[]) => Promise<readonly Planned[]>;

/**
 * Where the first step of a component has to wait, is held or is not wanted, the newest older step that may be taken
 * now: what is released every day would else wait for ever, and a held major version would hide its minor ones. A
 * person's word about the first step is left to stand for all older versions, not for new content of the one that is pinned.
 * New content that has to wait is given, too: what was there before it may be over its wait (`planRebuilt`).
 */
export async function planOlder<Step extends OlderStep>(
  first: readonly Planned[],
  olderThan: (candidate: Candidate) => readonly Step[],
  plan: PlanDrafts<Step>,
  { policy, now }: { readonly policy: Policy; readonly now: Instant },
): Promise<Planned[]> {
  let open = first.filter(mayHaveOlder).map((stuck): Stuck<Step> => {
    const steps = olderThan(stuck.candidate);
    const isDue = (one: Step) => one.step === "digest" || isOldEnough(one, policy, now);
    return { stuck, steps: steps.filter((one) => isWorthALook(one, stuck) && isDue(one)) };
  });
  const found = new Map<Planned, Planned>();
  const waiting = new Map<Planned, Planned>();
  // The newest step of every component at once, then the next of those that are left: each round shares its questions.
  while (true) {
    open = open.filter(({ steps }) => steps.length > 0);
    if (open.length === 0) break;
    const planned = await plan(open.flatMap(({ steps }) => steps.slice(0, 1)));
    for (const [index, { stuck }] of open.entries()) {
      const one = planned[index];
      if (one?.decision.verdict === "propose") found.set(stuck, besideNewer(one, stuck));
      if (one?.decision.verdict === "wait" && one.candidate.step === "digest") waiting.set(stuck, one);
    }
    open = open.filter(({ stuck }) => !found.has(stuck)).map(({ stuck, steps }) => ({ stuck, steps: steps.slice(1) }));
  }
  return first.flatMap((one) => found.get(one) ?? waiting.get(one) ?? []);
}

/** What cannot be taken now, and the older steps that are left to look at, newest first. */
type Stuck<Step> = { readonly stuck: Planned; readonly steps: readonly Step[] };

/** Most are proposed, and then only a new major version of an image has something beside it. */
function mayHaveOlder({ candidate, decision }: Planned): boolean {
  const isMajorImage = candidate.step === "major" && typeOfPurl(candidate.component.upstream) === "docker";
  return decision.verdict !== "propose" || isMajorImage;
}

/** New content of the version that is pinned is no older version: it comes while a new major one is thought about, too. */
function isWorthALook({ step }: OlderStep, { candidate, decision }: Planned): boolean {
  const isTaken = decision.verdict === "propose";
  if (step === "digest") return !isTaken || candidate.step === "major";
  return !isTaken && !decision.reasons.some((reason) => reason.rule === "person");
}

/** Only what can be over its wait is looked at: everything else would wait, too. */
function isOldEnough(draft: OlderStep, policy: Policy, now: Instant): boolean {
  const { publishedBy, publishedAt, contentFirstSeenAt } = draft.to;
  const proven = publishedBy === "registry" ? publishedAt : undefined;
  const since = proven !== undefined && proven < contentFirstSeenAt ? proven : contentFirstSeenAt;
  return plus(since, waitFor(policy, draft)) <= now;
}

/** What is said of newer things that are left out for now, by their verdict. */
export const WORDS = {
  wait: "waits",
  hold: "is held",
  block: "is blocked",
  skip: "is not wanted",
  propose: "is proposed",
} as const;

function besideNewer(planned: Planned, { candidate, decision }: Planned): Planned {
  const until = decision.until === undefined ? "" : ` until ${decision.until.slice(0, 10)}`;
  const summary = `${candidate.to.version} is newer and ${WORDS[decision.verdict]}${until}.`;
  const note = { rule: "newer-version", level: "note", summary } as const;
  return { ...planned, decision: { ...planned.decision, reasons: [...planned.decision.reasons, note] } };
}
