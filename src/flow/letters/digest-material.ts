import { z } from "zod";
import { candidate, candidatesOf } from "../../db/decisions/candidates.ts";
import { latestDecisions, type StoredDecision } from "../../db/decisions/decisions.ts";
import { humanDecisionsIn } from "../../db/decisions/human-decisions.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import { CLOSING, OPENED } from "../../db/deliveries/pull-requests.ts";
import { integrityNotes } from "../../db/pages/alert-lines.ts";
import { pinsOf } from "../../db/projects/pins.ts";
import { type ProjectState, projectStates } from "../../db/projects/projects.ts";
import { getMeta, metaOf } from "../../db/service/meta.ts";
import { failingUpstreams, type UpstreamState, upstreamStates } from "../../db/upstreams/upstreams.ts";
import { type Delivery, TAKEN_BACK } from "../../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../../domain/candidate-state.ts";
import {
  type DigestEntry,
  type MergedEntry,
  NOT_YET,
  type TakenBackEntry,
  type UncheckedEntry,
} from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Component, isSideBySide, toComponents } from "../../domain/pin.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { FlowContext } from "../context.ts";
import { watchSupport } from "../poll/watch-support.ts";
import type { DigestMaterial } from "./build-digest.ts";

/** So many notes of the watch on pins are read, the newest of them. */
const MOST_NOTES = 5_000;

/** Reads everything a digest says from the store: what was planned, delivered, and what could not be looked at. */
export async function readDigestMaterial(flow: FlowContext, from: Instant, until: Instant): Promise<DigestMaterial> {
  const projects = flow.projects.map((project) => project.id);
  const components: Component[] = [];
  const alternatives: DigestMaterial["alternatives"][number][] = [];
  for (const project of projects) {
    const pins = await pinsOf(flow.db, project);
    components.push(...toComponents(project, pins));
    for (const pin of pins) if (isSideBySide(pin)) alternatives.push({ project, upstream: pin.upstream, pin });
  }
  const entries = (await Promise.all(projects.map((id) => entriesOf(flow, id)))).flat();
  const support = await watchSupport(flow, components);
  const unchecked = [...(await uncheckedOf(flow, projects, components)), ...support.unchecked];
  const { ending } = support;
  const merged = (await Promise.all(projects.map((id) => mergedSince(flow, id, from)))).flat();
  const takenBack = (await Promise.all(projects.map((id) => takenBackSince(flow, id, from)))).flat();
  const { responseTimes } = flow.policy;
  const alerts = await standingAlerts(flow.db);
  const changed = (await integrityNotes(flow.db, MOST_NOTES, from)).reverse();
  const unused = (await Promise.all(projects.map((id) => unusedIn(flow, id)))).flat();
  const standing = { components, alternatives, alerts, unchecked, unused, ending };
  const pages = flow.publicUrl === undefined ? {} : { pages: flow.publicUrl };
  return { changed, entries, ...standing, merged, takenBack, projects, ...pages, responseTimes, from, until };
}

/** Files that nothing else named when the project was last read. */
async function unusedIn(flow: FlowContext, project: string) {
  const paths = PATHS.parse(await getMeta(flow.db, `unused/${project}`));
  return paths.map((path) => ({ project, path }));
}

const PATHS = z.array(z.string()).catch([]);

async function mergedSince(flow: FlowContext, project: string, from: Instant): Promise<MergedEntry[]> {
  const merged = await candidatesOf(flow.db, project, ["merged"], from);
  const ids = merged.map((stored) => stored.id);
  const deliveries = Map.groupBy(await deliveriesOf(flow.db, "candidate", ids), (one) => one.subject.id);
  return merged.map(({ id, snapshot, updatedAt }) => {
    const url = deliveries.get(id)?.findLast((one) => one.url !== undefined)?.url;
    return { project, candidate: snapshot.candidate, mergedAt: updatedAt, ...(url !== undefined && { url }) };
  });
}

/** What was taken back, and was not asked for again since. */
async function takenBackSince(flow: FlowContext, project: string, from: Instant): Promise<TakenBackEntry[]> {
  const said = await humanDecisionsIn(flow.db, project);
  const words = [...said.values()].flat().filter(({ word, at }) => word?.startsWith(TAKEN_BACK) === true && at >= from);
  const entries: TakenBackEntry[] = [];
  for (const { word = "", at, reason } of words) {
    const [id = ""] = word.slice(TAKEN_BACK.length).split("/");
    const stored = await candidate(flow.db, id);
    if (stored?.state !== "skipped") continue;
    const url = (await deliveriesOf(flow.db, "candidate", [id])).findLast((one) => one.url !== undefined)?.url;
    entries.push({ project, candidate: stored.snapshot.candidate, at, reason, ...(url !== undefined && { url }) });
  }
  return entries;
}

/** A project's candidates (those on their way, unless told otherwise) with their latest decisions and what was delivered for them. */
export async function entriesOf(
  flow: FlowContext,
  project: string,
  states: readonly CandidateState[] = OPEN_STATES,
): Promise<DigestEntry[]> {
  const open = await candidatesOf(flow.db, project, states);
  const ids = open.map((one) => one.id);
  const decisions = await latestDecisions(flow.db, ids);
  const made = await deliveriesOf(flow.db, "candidate", ids);
  const deliveries = Map.groupBy(made, (one) => one.subject.id);
  const pulls = new Set(made.flatMap(({ externalId }) => externalId ?? []));
  const opened = await metaOf(
    flow.db,
    [...pulls].map((id) => OPENED + id),
  );
  return open.flatMap((stored) => {
    const decision = decisions.get(stored.id);
    return decision === undefined ? [] : [toEntry(stored, decision, deliveries.get(stored.id) ?? [], opened)];
  });
}

/** A stored candidate with a decision about it and what was delivered for it. `opened`: when pull requests were, as `OPENED` has it. */
export function toEntry(
  { project, snapshot, firstSeenAt }: StoredCandidate,
  { decision, at: decidedAt }: Pick<StoredDecision, "decision" | "at">,
  deliveries: readonly Delivery[],
  opened: ReadonlyMap<string, unknown> = new Map(),
): DigestEntry {
  const living = deliveries.filter(({ channel }) => channel !== CLOSING); // it may be in another one by now
  const url = living.findLast((one) => one.url !== undefined)?.url;
  const pull = living.findLast(({ externalId }) => externalId !== undefined)?.externalId;
  const proposedAt = z.string().safeParse(opened.get(`${OPENED}${pull}`)).data; // a delivery has the time of its last look
  const trouble = troubleOf(living.at(-1));
  return {
    project,
    candidate: snapshot.candidate,
    card: snapshot.card,
    decision,
    since: firstSeenAt,
    decidedAt,
    ...(url !== undefined && { url }),
    ...(proposedAt !== undefined && { proposedAt }),
    ...(decision.verdict === "propose" && trouble !== undefined && { byHand: trouble }),
  };
}

/** A failure that goes away by itself needs nobody. */
function troubleOf(latest: Delivery | undefined): string | undefined {
  if (latest?.error === undefined) return undefined;
  const isPassing = latest.state === "failed" && latest.retryAt !== undefined;
  return isPassing ? `${NOT_YET}: ${latest.error}` : latest.error;
}

/** What could not be looked at: files, upstreams, and parts of answers. */
export async function uncheckedOf(
  flow: FlowContext,
  projects: readonly string[],
  components: readonly Component[],
): Promise<UncheckedEntry[]> {
  const purls = [...new Set(components.filter((one) => projects.includes(one.project)).map((one) => one.upstream))];
  const failing = (await failingUpstreams(flow.db)).filter((state) => purls.includes(state.purl));
  const partial = (await upstreamStates(flow.db, purls)).filter((state) => state.failure === undefined);
  const states = (await projectStates(flow.db)).filter((state) => projects.includes(state.id));
  const planned = await Promise.all(
    projects.map(async (project) =>
      remembered.parse(await getMeta(flow.db, `unchecked/${project}`)).map((entry) => ({ ...entry, project })),
    ),
  );
  return [
    ...states.flatMap(unreadProject),
    ...states.flatMap(unclearPlaces),
    ...failing.flatMap(unaskedUpstream),
    ...partial.flatMap(({ purl, notChecked }) =>
      notChecked.map((reason) => ({ subject: upstreamLabel(purl), reason, upstream: purl })),
    ),
    ...planned.flat(),
  ];
}

function unreadProject({ id, failure }: ProjectState): UncheckedEntry[] {
  if (failure === undefined) return [];
  return [{ subject: id, reason: failure.message, since: failure.since, project: id, ...retryOf(failure.retryAt) }];
}

function unclearPlaces({ id, problems }: ProjectState): UncheckedEntry[] {
  return problems.map(({ path, line, message }) => ({
    subject: `${id}: ${path}${line === undefined ? "" : `:${line}`}`,
    reason: message,
    project: id,
  }));
}

function unaskedUpstream({ purl, failure, dueAt }: UpstreamState): UncheckedEntry[] {
  if (failure === undefined) return [];
  const retryAt = failure.code === "misconfigured" ? undefined : dueAt; // nothing changes by asking again
  const { message, since } = failure;
  return [{ subject: upstreamLabel(purl), reason: message, since, upstream: purl, ...retryOf(retryAt) }];
}

const remembered = z
  .array(z.object({ subject: z.string(), reason: z.string(), since: z.string().optional() }))
  .catch([])
  .transform((entries) => entries.map(({ since, ...entry }) => (since === undefined ? entry : { ...entry, since })));

function retryOf(retryAt: Instant | undefined): { retryAt?: Instant } {
  return retryAt === undefined ? {} : { retryAt };
}
