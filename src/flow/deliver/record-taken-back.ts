import { z } from "zod";
import { candidate, mergedIds } from "../../db/decisions/candidates.ts";
import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import { CLOSING } from "../../db/deliveries/pull-requests.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { type Candidate, TAKEN_BACK } from "../../domain/bump.ts";
import { type Instant, plus } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import type { FlowContext } from "../context.ts";
import { moveCandidate } from "../decide/move-candidate.ts";
import { recordWord } from "../decide/record-word.ts";
import { planUpstream } from "../plan/plan-project.ts";
import type { Planned, ProjectPlan } from "../plan/planned.ts";
import { FORGE_LAG } from "./living-pull-request.ts";

/** What an earlier look than this one saw merged: the files are from after that. `since`: from then on this branch is watched. */
export type MergedEarlier = { readonly ids: ReadonlySet<string>; readonly since: Instant };

const WATCHED = z.object({ branch: z.string(), since: z.string() });

/** The candidates of a project that were merged, and since when they were merged into the branch that is watched now. */
export async function mergedEarlier(flow: FlowContext, project: Project): Promise<MergedEarlier> {
  const ids = new Set(await mergedIds(flow.db, project.id, plus(flow.clock(), -FORGE_LAG)));
  const key = `watched-branch/${project.id}`;
  const known = WATCHED.safeParse(await getMeta(flow.db, key)).data;
  const branch = project.branch ?? "";
  if (known?.branch === branch) return { ids, since: known.since };
  const since = known === undefined ? "" : flow.clock(); // what was merged into another branch was not taken back in this one
  await setMeta(flow.db, key, { branch, since });
  return { ids, since };
}

/**
 * Where a version that was merged is the next step again, somebody took it back in the base branch. That is a person's word
 * about exactly this version, as closing its pull request would have been: it is recorded, and its upstream is planned
 * again. `merged`: as `mergedEarlier` gave it before the pull requests were looked at.
 */
export async function recordTakenBack(
  flow: FlowContext,
  plan: ProjectPlan,
  { ids, since }: MergedEarlier,
): Promise<ProjectPlan> {
  const again = plan.planned.filter((one) => one.candidate.step !== "pin" && ids.has(one.candidate.id));
  const recorded = new Set<string>();
  for (const one of again) if (await recordOne(flow, plan.project, one, since)) recorded.add(one.candidate.to.upstream);
  let { planned } = plan;
  for (const upstream of recorded) {
    const anew = await planUpstream(flow, plan.project, upstream);
    planned = [...planned.filter((one) => one.candidate.to.upstream !== upstream), ...anew.planned];
  }
  return { ...plan, planned };
}

/** The word comes first, and is recorded once: a process that ends before the move is made up for. */
async function recordOne(
  flow: FlowContext,
  { branch }: Project,
  { candidate: { id, from, to, step } }: Planned,
  since: Instant,
): Promise<boolean> {
  const stored = await candidate(flow.db, id);
  if (stored?.state !== "merged") return false; // a person asked for it again meanwhile
  const end = (await deliveriesOf(flow.db, "candidate", [id])).findLast(({ channel }) => channel === CLOSING);
  if (end !== undefined && (end.at < since || cameBackAfter(end.at, { to, step }))) return false;
  const on = end === undefined ? "" : ` on ${end.at.slice(0, 10)}`;
  const was = step === "digest" ? `other content of ${from.join(", ")}` : from.join(", ");
  const reason = `merged${on}, and ${branch ?? "the base branch"} has ${was} again`;
  const by = `a commit on ${branch ?? "the base branch"}`;
  const word = {
    action: "skip",
    by,
    reason,
    through: "the base branch",
    word: `${TAKEN_BACK}${id}/${end?.at ?? ""}`,
  } as const;
  await recordWord(flow, stored, word);
  await moveCandidate(flow, stored, "skipped", { by, reason, ...(end?.url !== undefined && { url: end.url }) });
  return true;
}

/** Content that was under its tag before, was replaced there, and is back: its upstream took something back, and nobody here. */
function cameBackAfter(merged: Instant, { to, step }: Pick<Candidate, "to" | "step">): boolean {
  return step === "digest" && to.contentFirstSeenAt > merged;
}
