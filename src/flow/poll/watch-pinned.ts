import { downloads } from "../../compare/readiness.ts";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import { changedNamesOf } from "../../db/releases/observations.ts";
import { releasesOf } from "../../db/releases/releases.ts";
import { dropUnjudged, isTelling, type TellingChange, unjudgedLooks } from "../../db/releases/unjudged.ts";
import type { Alert } from "../../domain/bump.ts";
import { MINUTE, plus } from "../../domain/instant.ts";
import { judgeContent, judgeRemoved } from "../../domain/integrity/judge-content.ts";
import { judgeMassMove, judgeState } from "../../domain/integrity/judge-upstream.ts";
import type { ReleaseChange } from "../../domain/integrity/merge-release.ts";
import {
  type ContentChange,
  followsUpstream,
  isOfficialImage,
  isQuiet,
  type Judged,
  MASS_MOVE,
} from "../../domain/integrity/pin-integrity.ts";
import type { Pin } from "../../domain/pin.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { raiseAlert } from "../alerts/raise-alert.ts";
import { settleRestored } from "../alerts/settle-alerts.ts";
import type { FlowContext } from "../context.ts";
import { isPinnedAt, type PinnedPlaces, placesPinning } from "../discover/pinned-places.ts";
import { isLeaseLost } from "../hold.ts";
import { explainRebuild } from "../notes/explain-rebuild.ts";

/** Whoever stored a change judges it within seconds, or is no more. */
const LEFT = 5 * MINUTE;

/** Judges what was stored of an upstream and nobody has judged yet; `changes`: those of the look that was just stored. */
export async function watchPinned(flow: FlowContext, purl: string, changes: readonly ReleaseChange[]): Promise<void> {
  if (changes.some(isTelling)) await judgeUnjudged(flow, purl);
}

/** Judges what a process stored that ended before it could. What cannot be judged keeps nothing else from it. */
export async function watchLeftOver(flow: FlowContext): Promise<void> {
  const before = plus(flow.clock(), -LEFT);
  const left = [...(await unjudgedLooks(flow.db)).values()].filter(({ at }) => at <= before);
  for (const purl of new Set(left.map((look) => look.purl)))
    await judgeUnjudged(flow, purl).catch((thrown: unknown) => {
      if (isLeaseLost(thrown)) throw thrown;
      flow.log.error(`What changed of ${purl} could not be judged; it is tried again.`, { error: thrown });
    });
}

/** A change is seen once, so it stays to be judged until that was done, look after look. */
async function judgeUnjudged(flow: FlowContext, purl: string): Promise<void> {
  for (const [key, { changes }] of await unjudgedLooks(flow.db, purl)) {
    await judgeLook(flow, purl, changes);
    await dropUnjudged(flow.db, key);
  }
}

/**
 * Judges what changed in one look under names that projects pin: raises alerts, notes what is worth knowing and no alarm,
 * and ends alerts whose content is back. Three or more tags that moved in one look are one alert about the repository.
 */
async function judgeLook(flow: FlowContext, purl: string, telling: readonly TellingChange[]): Promise<void> {
  const places = await placesPinning(flow, purl, "named");
  if (places.length === 0) return;
  const standing = (await standingAlerts(flow.db)).filter((alert) => alert.upstream === purl);
  const restored = standing.length === 0 ? [] : await settleRestored(flow, standing, await releasesOf(flow.db, purl));
  const pushed = (names: readonly string[]) => names.filter((name) => !followsUpstream(purl, name)).length;
  const now = telling.flatMap((change) => (change.kind === "content" ? [change.tag] : []));
  const pushedBefore = pushed(await changedNamesOf(flow.db, purl)) - pushed(now);
  const moved = massMoveIn(purl, telling);
  for (const one of places) {
    if (moved !== undefined)
      await report(flow, { purl, project: one.project, subject: "", pins: one.pins }, judgeMassMove(moved), restored);
    for (const change of telling) await judgeFor(flow, { purl, change, places: one, pushedBefore, restored, moved });
  }
}

type Judging = {
  readonly purl: string;
  readonly change: TellingChange;
  readonly places: PinnedPlaces;
  readonly pushedBefore: number;
  readonly restored: readonly Alert[];
  readonly moved: Moves | undefined;
};

async function judgeFor(flow: FlowContext, given: Judging): Promise<void> {
  const { purl, change, places, moved } = given;
  const pins = places.pins.filter((pin) => isPinnedAt(pin, change.tag));
  if (pins.length === 0) return;
  for (const judged of judge(given, pins)) {
    const told = moved !== undefined && (judged.class === "tag-moved" || judged.class === "benign-retag");
    if (told && moved.some(({ tag }) => tag === change.tag)) continue;
    const since = change.kind === "content" ? change.since : undefined;
    const explained = judged.class === "rebuild" && isOfficialImage(purl);
    const why = explained ? { why: await explainRebuild(flow, purl, change.tag, since ?? flow.clock()) } : {};
    const about = { purl, project: places.project, subject: change.tag, pins };
    await report(flow, about, { ...judged, ...why }, given.restored);
  }
}

function judge({ purl, change, pushedBefore }: Judging, pins: readonly Pin[]): Judged[] {
  if (change.kind === "state") {
    const judged = judgeState(change.after, change.reason);
    return judged === undefined ? [] : [judged];
  }
  if (change.kind === "removed") {
    const hashed = pins.some(({ edits }) => edits.some(({ role }) => role === "checksum"));
    const named = change.removed.filter(({ name }) => downloads(pins, name));
    if (named.length > 0) return [judgeRemoved(named, "by name")];
    const isPackage = !purl.startsWith("pkg:github");
    return [judgeRemoved(change.removed, hashed && isPackage ? "by checksum" : "not")];
  }
  const fixed = pins.every((pin) => pin.digest !== undefined);
  return judgeContent(change satisfies ContentChange, { upstream: purl, fixed, pushedBefore });
}

type Moves = readonly { readonly tag: string; readonly before: string; readonly after: string }[];

/** Tags that point elsewhere than in the last look, without those that move on purpose; none when too few, or when every one is proven to be the same. */
function massMoveIn(purl: string, changes: readonly TellingChange[]): Moves | undefined {
  const ofCommits = changes.flatMap((change) => {
    if (change.kind === "state" || change.kind === "removed" || followsUpstream(purl, change.tag)) return [];
    const commit = change.conflicts.find(({ part }) => part === "commit");
    return commit === undefined
      ? []
      : [{ tag: change.tag, before: commit.before, after: commit.after, same: change.kind === "retag" }];
  });
  const suspect = ofCommits.some(({ same }) => !same);
  return ofCommits.length >= MASS_MOVE && suspect ? ofCommits : undefined;
}

type About = {
  readonly purl: string;
  readonly project: string;
  readonly subject: string;
  readonly pins: readonly Pin[];
};

async function report(
  flow: FlowContext,
  { purl, project, subject, pins }: About,
  judged: Judged & { readonly why?: string },
  restored: readonly Alert[],
): Promise<void> {
  const now = flow.clock();
  const { class: kind, severity, what, next } = judged;
  if (restored.some((one) => one.project === project && one.class === kind && one.subject === subject)) return;
  const evidence = judged.evidence.map((one) => ({ ...one, source: purl, observedAt: now }));
  const name = subject === "" ? upstreamLabel(purl) : `${upstreamLabel(purl)} ${subject}`;
  const summary = `${name}, which is pinned here, ${what}.${judged.why === undefined ? "" : ` ${judged.why}`}`;
  const places = pins.map(({ path, line }) => ({ path, line }));
  if (!isQuiet(kind)) {
    await raiseAlert(flow, {
      project,
      upstream: purl,
      class: kind,
      subject,
      severity,
      summary,
      next,
      places,
      evidence,
    });
    return;
  }
  const data = { class: kind, subject, summary, evidence };
  await appendEvent(flow.db, { kind: "integrity", project, upstream: purl, data }, now);
  flow.log.info(`${project}: ${summary}`, { class: kind });
}
