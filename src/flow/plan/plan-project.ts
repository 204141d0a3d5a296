import type { CandidateDraft, Draft } from "../../compare/compare.ts";
import { pinsOf, pinsOfUpstream } from "../../db/projects/pins.ts";
import { batches } from "../../db/sql/row.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { HOUR, type Instant } from "../../domain/instant.ts";
import { type Component, type Pin, toComponents } from "../../domain/pin.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Project } from "../../domain/project.ts";
import type { ReleaseOutline } from "../../domain/release.ts";
import { forEachOf } from "../../lib/concurrency/for-each-of.ts";
import { adviseOn } from "../advisories/advise.ts";
import { alertOnAdvisories } from "../advisories/alert-on-advisories.ts";
import { settleMovedAway } from "../alerts/settle-alerts.ts";
import type { FlowContext } from "../context.ts";
import { describeReleases } from "../notes/describe-releases.ts";
import { watchChecksums } from "../poll/watch-checksums.ts";
import { collectEvidenceOf, MOST_RELEASES } from "../trust/collect-evidence.ts";
import { type ScoresOf, scoringOnce } from "../trust/score-upstream.ts";
import { type Share, sharesOf } from "../trust/share-bound.ts";
import { compareComponents } from "./compare-components.ts";
import { judgeDrafts, judgePins } from "./judge-drafts.ts";
import { completeDrafts, type KnownReleases, readReleases } from "./known-releases.ts";
import { planOlder } from "./plan-older.ts";
import { planRebuilt } from "./plan-rebuilt.ts";
import { planReverts } from "./plan-reverts.ts";
import type { Planned, ProjectPlan } from "./planned.ts";
import { policyOf } from "./policy-of.ts";
import { recordDecided, supersedeOthers } from "./record-decided.ts";

/** Upstreams that are planned together: as many versions are in memory at once as they have. */
const UPSTREAMS_AT_ONCE = 100;

/** Slices that are under way at a time: one is read and one is written while another is judged. */
const AT_ONCE = 3;

/**
 * Compares, scores, checks and decides everything of one project from what the store knows, and stores each decision
 * with its reasons. Nothing leaves the machine but questions to upstreams.
 */
export async function planProject(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const pins = await pinsOf(flow.db, project.id);
  await settleMovedAway(flow, project.id, pins);
  await watchChecksums(flow, project.id, pins);
  return planPins(flow, project, pins);
}

/**
 * Plans one upstream of a project again, and leaves its others as they were decided: who says something of one candidate
 * need not wait for a thousand.
 */
export async function planUpstream(flow: FlowContext, project: Project, upstream: string): Promise<ProjectPlan> {
  return planPins(flow, project, await pinsOfUpstream(flow.db, project.id, upstream), upstream);
}

/** `upstream`: where these are the pins of one alone. */
async function planPins(
  flow: FlowContext,
  project: Project,
  pins: readonly Pin[],
  upstream?: string,
): Promise<ProjectPlan> {
  const components = toComponents(project.id, pins);
  const byUpstream = Map.groupBy(components, ({ upstream }) => upstream);
  const slices = batches([...byUpstream.keys()], UPSTREAMS_AT_ONCE);
  const slice = { project, policy: await policyOf(flow), scoresOf: scoringOnce(flow) };
  const nextShare = sharesOf(MOST_RELEASES, slices.length);
  const done: Slice[] = [];
  await forEachOf(inTurns([...slices.entries()], flow.clock()), AT_ONCE, async ([index, purls]) => {
    const share = nextShare();
    const known = await readReleases(flow, purls);
    const mine = purls.flatMap((purl) => byUpstream.get(purl) ?? []);
    const one = await planSlice(flow, mine, { ...slice, known, share });
    share.end();
    done[index] = one;
    await flow.hold?.confirm();
    await recordDecided(flow, [...one.first, ...one.older, ...one.pinned]);
  });
  const planned = [...done.flatMap(({ first }) => first), ...done.flatMap(({ older }) => older)];
  planned.push(...done.flatMap(({ pinned }) => pinned));
  const reverts = await planReverts(flow, project, components, planned);
  await flow.hold?.confirm();
  await recordDecided(flow, reverts);
  planned.push(...reverts);
  await supersedeOthers(flow, { project: project.id, upstream }, planned);
  const unchecked = [...done.flatMap((one) => one.unchecked), ...putOffIn(project, done)];
  return { project, components, planned, unchecked, unordered: done.flatMap((one) => one.unordered) };
}

/** Another slice comes first every hour: the last ones have what the others leave over. */
function inTurns<One>(all: readonly One[], now: Instant): One[] {
  const first = all.length === 0 ? 0 : Math.floor(Date.parse(now) / HOUR) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function putOffIn({ id, name }: Project, done: readonly Slice[]): UncheckedEntry[] {
  const count = done.reduce((sum, { putOff }) => sum + putOff, 0);
  if (count === 0) return [];
  const versions = count === 1 ? "one new version" : `${count} new versions`;
  const reason = `signatures of ${versions} are looked at by the next plans: one plan asks about ${MOST_RELEASES} versions`;
  return [{ subject: name, reason, project: id }];
}

/** What planning some components gave: next steps, older ones beside those that cannot be taken now, pins of what floats; what could not be looked at. */
type Slice = Pick<ProjectPlan, "unordered"> & {
  readonly first: readonly Planned[];
  readonly older: readonly Planned[];
  readonly pinned: readonly Planned[];
  readonly unchecked: readonly UncheckedEntry[];
  /** New versions whose signatures are left to the next plans. */
  readonly putOff: number;
};

type Given = {
  readonly project: Project;
  readonly policy: Policy;
  readonly known: KnownReleases;
  readonly scoresOf: ScoresOf;
  /** Of how many releases the evidence may be asked for. */
  readonly share: Share;
};

async function planSlice(flow: FlowContext, components: readonly Component[], given: Given): Promise<Slice> {
  const { policy, known, share } = given;
  const compared = await compareComponents(flow, components, policy, known);
  const described = await describeAll(flow, await completeDrafts(compared.drafts, known), known);
  const { drafts: proven, putOff } = await collectEvidenceOf(flow, described.drafts, known, share);
  const advisories = await adviseOn(flow, components, [...proven, ...compared.pinning]);
  await alertOnAdvisories(flow, given.project.id, components, advisories);
  const beforehand = { ...given, advisories };
  const first = await judgeDrafts(flow, proven, beforehand);
  const older = await planOlder(first, compared.older, (drafts) => planFromScratch(flow, drafts, given), {
    policy,
    now: flow.clock(),
  });
  older.push(...(await planRebuilt(flow, [...first, ...older], given)));
  const pinned = await judgePins(flow, compared.pinning, beforehand);
  const unchecked = [...compared.unchecked, ...described.unchecked, ...advisories.unchecked];
  return { first, older, pinned, putOff, unchecked, unordered: compared.unordered };
}

/** Plans drafts with everything that is asked about them. */
async function planFromScratch(
  flow: FlowContext,
  older: readonly Draft<ReleaseOutline>[],
  given: Given,
): Promise<Planned[]> {
  const { known, share } = given;
  const { drafts } = await describeAll(flow, await completeDrafts(older, known), known);
  const { drafts: proven } = await collectEvidenceOf(flow, drafts, known, share);
  const advisories = await adviseOn(flow, [], proven);
  return judgeDrafts(flow, proven, { ...given, advisories });
}

async function describeAll(flow: FlowContext, given: readonly CandidateDraft[], known: KnownReleases) {
  const described = await Promise.all(given.map((draft) => describeReleases(flow, draft, known)));
  await known.refresh();
  return { drafts: described.map((one) => one.draft), unchecked: described.flatMap((one) => one.unchecked) };
}
