import { candidate } from "../../db/decisions/candidates.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { deliveriesOf, recordDelivery } from "../../db/deliveries/deliveries.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import { CLOSING, closingKey } from "../../db/deliveries/pull-requests.ts";
import { releasesOf } from "../../db/releases/releases.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { upstreamState } from "../../db/upstreams/upstreams.ts";
import { type Fate, fateOf } from "../../deliver/fate.ts";
import { statusOf } from "../../deliver/render/commit-status.ts";
import { retire } from "../../deliver/retire.ts";
import type { Delivery } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import type { FlowContext } from "../context.ts";
import { moveCandidate } from "../decide/move-candidate.ts";
import type { ProjectPlan } from "../plan/planned.ts";
import { carriedBy, plannedFor } from "./carried-by.ts";
import { type ForgeOf, forgeOf, idsOf, type LivingPullRequest } from "./living-pull-request.ts";

/** Looks in a row that must say that nothing is left to do before a pull request is closed for that. */
const LOOKS = 2;

/**
 * Closes open pull requests whose version turned bad, that somebody does not want, or that have nothing left to do; shows
 * the others' verdict on their commit. `plan` was made from files and upstreams that answered: a lookup that failed
 * closes nothing. Returns those that it left as they are.
 */
export async function retirePullRequests(
  flow: FlowContext,
  project: Project,
  plan: ProjectPlan,
  living: readonly LivingPullRequest[],
): Promise<readonly LivingPullRequest[]> {
  const at = forgeOf(flow, project);
  if (at === undefined) return living;
  const left: LivingPullRequest[] = [];
  for (const one of living) {
    await flow.hold?.confirm();
    const fates = await fatesNow(flow, plan, one);
    const fate = fateOfAll(fates);
    if (fate.kind !== "keep" && (fate.kind !== "obsolete" || (await isObsoleteAgain(flow, one)))) {
      await carryOut(flow, at, one, fate);
      continue;
    }
    left.push(one);
    if (fate.kind !== "keep") continue;
    await withdrawMembers(flow, one, fates);
    if (one.life.state === "OPEN") await keepOpen(flow, at, plan, one);
    else await recordRetired(flow, one); // what it was closed for is over
  }
  return left;
}

/**
 * Closes pull requests whose every candidate, or what superseded it, came in another one just now: a rule groups them from
 * now on, or no more. What somebody committed to stays.
 */
export async function retireCarried(
  flow: FlowContext,
  { project, planned }: ProjectPlan,
  living: readonly LivingPullRequest[],
  deliveries: readonly Delivery[],
): Promise<void> {
  const at = forgeOf(flow, project);
  if (at === undefined) return;
  for (const one of living) {
    const { stored, life } = one;
    if (life.state !== "OPEN" || stored.commit !== life.headOid) continue;
    const url = carriedBy(one, planned, deliveries)?.url;
    if (url === undefined) continue;
    await flow.hold?.confirm();
    await carryOut(flow, at, one, { kind: "carried", reason: `${url} has this change now.` });
  }
}

/** Of each candidate that a pull request carries, in their order. */
async function fatesNow(flow: FlowContext, plan: ProjectPlan, { stored }: LivingPullRequest): Promise<Fate[]> {
  const fates: Fate[] = [];
  for (const candidate of stored.candidates) fates.push(await fateOfOne(flow, plan, candidate, stored.at));
  return fates;
}

/** A group stays as long as one of its members does: the next delivery leaves the others out. */
function fateOfAll(fates: readonly Fate[]): Fate {
  const worst = (kind: Fate["kind"]) => fates.find((fate) => fate.kind === kind);
  return worst("keep") ?? worst("withdraw") ?? worst("skip") ?? worst("obsolete") ?? { kind: "keep" };
}

/** The members of a group that turned bad, while the group stays. */
async function withdrawMembers(
  flow: FlowContext,
  { stored }: LivingPullRequest,
  fates: readonly Fate[],
): Promise<void> {
  for (const [index, member] of stored.candidates.entries()) {
    const fate = fates[index];
    if (fate?.kind === "withdraw") await moveCandidate(flow, member, "withdrawn", { reason: fate.reason });
  }
}

async function fateOfOne(
  flow: FlowContext,
  plan: ProjectPlan,
  stored: StoredCandidate,
  deliveredAt: Instant,
): Promise<Fate> {
  const { candidate } = stored.snapshot;
  const { upstream, key } = candidate.component;
  const planned = plannedFor(stored, plan.planned);
  const releases = await releasesOf(flow.db, upstream);
  return fateOf({
    candidate,
    deliveredAt,
    component: plan.components.find((one) => one.upstream === upstream && key.startsWith(one.key)),
    planned: planned === undefined ? undefined : { id: planned.candidate.id, decision: planned.decision },
    release: releases.find((release) => release.tag === candidate.to.tag),
  });
}

/** True at the second look in a row, and only when the upstream answered. */
async function isObsoleteAgain(flow: FlowContext, { stored, life }: LivingPullRequest): Promise<boolean> {
  for (const { upstream } of stored.candidates) {
    if ((await upstreamState(flow.db, upstream))?.failure !== undefined) return false;
  }
  const key = `obsolete/${life.id}`;
  const before = (await getMeta(flow.db, key)) as number | undefined;
  const looks = (before ?? 0) + 1;
  await setMeta(flow.db, key, looks);
  return looks >= LOOKS;
}

async function keepOpen(flow: FlowContext, at: ForgeOf, plan: ProjectPlan, one: LivingPullRequest): Promise<void> {
  const { stored, life } = one;
  const key = `obsolete/${life.id}`;
  if ((await getMeta(flow.db, key)) !== undefined) await setMeta(flow.db, key, 0);
  const ids = stored.candidates.map((candidate) => candidate.id);
  const about = plan.planned.filter((other) => ids.includes(other.candidate.id));
  const shown = `status/${life.id}`;
  const before = await getMeta(flow.db, shown);
  // the delivery says that it is proposed; here only what was said against it is taken back
  const planned =
    about.find((other) => other.decision.verdict !== "propose") ?? (before === undefined ? undefined : about[0]);
  if (planned === undefined || about.length < ids.length || stored.commit !== life.headOid) return;
  const status = statusOf(planned.decision);
  const text = JSON.stringify([life.headOid, status]);
  if (before === text) return;
  const failure = await at.forge.setStatus(at.repository, life.headOid, status);
  // a token that may not set statuses is the ordinary case, and doctor says so
  if (failure === undefined) await setMeta(flow.db, shown, text);
}

const NEXT: Readonly<Record<Exclude<Fate["kind"], "keep">, string>> = {
  withdraw: "This version is not proposed while that is so; the next one is.",
  skip: "`headgate reopen` brings it back.",
  obsolete: "A newer version gets a pull request of its own.",
  carried: "What was said here of its versions still counts.",
};

async function recordRetired(flow: FlowContext, { stored, life }: LivingPullRequest): Promise<void> {
  for (const { id } of stored.candidates) {
    const subject = { kind: "candidate", id } as const;
    const made = { subject, channel: CLOSING, key: closingKey(life.id), at: flow.clock(), url: life.url };
    await recordDelivery(flow.db, { ...made, state: "sent" });
  }
}

/** The intent is stored before the forge is asked, so that a crash in between is finished at the next look. */
async function carryOut(
  flow: FlowContext,
  at: ForgeOf,
  { stored, life }: LivingPullRequest,
  fate: Exclude<Fate, { kind: "keep" }>,
): Promise<void> {
  const now = flow.clock();
  for (const before of fate.kind === "withdraw" ? stored.candidates : []) {
    const moving = (await candidate(flow.db, before.id)) ?? before; // planning has moved it meanwhile
    await moveCandidate(flow, moving, "withdrawn", { reason: fate.reason });
  }
  const retirement = { pull: life, reason: fate.reason, next: NEXT[fate.kind] };
  const before = await earlierTry(flow, stored);
  const failure = await retire(at.forge, at.repository, retirement, stored.commit);
  await flow.db.transaction(async (tx) => {
    for (const { id, project, upstream } of stored.candidates) {
      const made = {
        subject: { kind: "candidate", id } as const,
        channel: CLOSING,
        key: closingKey(life.id),
        at: now,
        url: life.url,
      };
      if (failure !== undefined) {
        const retryAt = failure.retryAt ?? now;
        await recordDelivery(tx, { ...made, state: "failed", error: failure.message, retryAt });
        continue;
      }
      await recordDelivery(tx, { ...made, state: "sent" });
      const data = { url: life.url, why: fate.kind, reason: fate.reason };
      await appendEvent(tx, { kind: "pull-request-retired", project, upstream, candidate: id, data }, now);
    }
  });
  if (failure === undefined) return flow.log.info(`${life.url} closed: ${fate.reason}`, idsOf(stored));
  if (before?.error !== failure.message)
    flow.log.warn(`${life.url} could not be closed: ${failure.message}`, { code: failure.code, ...idsOf(stored) });
}

/** What came of closing it an hour ago. */
async function earlierTry(
  { db }: FlowContext,
  { id, candidates }: LivingPullRequest["stored"],
): Promise<Delivery | undefined> {
  const subjects = candidates.map((one) => one.id);
  return (await deliveriesOf(db, "candidate", subjects)).find(({ key }) => key === closingKey(id));
}
