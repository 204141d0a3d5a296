import { createHash } from "node:crypto";
import { candidatesOf } from "../../db/decisions/candidates.ts";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { namedReleases } from "../../db/releases/named-releases.ts";
import type { Alert, Candidate } from "../../domain/bump.ts";
import { DAY, plus } from "../../domain/instant.ts";
import { type Component, isFloating } from "../../domain/pin.ts";
import type { Project } from "../../domain/project.ts";
import type { Release } from "../../domain/release.ts";
import type { Advisory } from "../../domain/trust.ts";
import { versioned } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { advisoriesOf } from "../advisories/known-advisories.ts";
import type { FlowContext } from "../context.ts";
import type { Planned } from "./planned.ts";

/** For so long after a bump was merged, Headgate proposes to go back when its version turns bad. */
const REGRET = 60 * DAY;

/**
 * What to go back to: a version that was proposed here, merged, and has turned bad since, where nothing better is
 * proposed. The way back is to the version before, if that one is still good.
 */
export async function planReverts(
  flow: FlowContext,
  project: Project,
  components: readonly Component[],
  planned: readonly Planned[],
): Promise<Planned[]> {
  const since = plus(flow.clock(), -REGRET);
  const merged = await candidatesOf(flow.db, project.id, ["merged"], since);
  const stands = merged.flatMap(({ snapshot: { candidate } }): Merged[] => {
    const { key, upstream } = candidate.component;
    const component = components.find((one) => one.upstream === upstream && key.startsWith(one.key));
    const better = planned.some((one) => one.candidate.component.key === key && one.decision.verdict === "propose");
    const isBump = candidate.step !== "pin"; // nothing new came in with a pin
    const isThere = component?.pins.some(({ version }) => version === candidate.to.version) === true;
    return component !== undefined && isBump && isThere && !better ? [{ candidate, component }] : [];
  });
  const releases = await readBoth(flow, stands);
  const hitBy = await troubles(flow, project, stands);
  return stands.flatMap((one) => {
    const revert = wayBack(one.candidate, one.component, releases.get(one.component.upstream) ?? [], hitBy(one));
    return revert === undefined ? [] : [{ project, ...revert }];
  });
}

/** A bump that was merged and is still what the component is pinned to. */
type Merged = { readonly candidate: Candidate; readonly component: Component };

/** The versions that were merged and those before them, by upstream: others of an upstream are many. */
async function readBoth(flow: FlowContext, stands: readonly Merged[]): Promise<Map<string, Release[]>> {
  const merges = Map.groupBy(stands, ({ component }) => component.upstream);
  const names = [...merges].map(
    ([purl, those]) => [purl, those.flatMap(({ candidate: { to, from } }) => [to.tag, ...from])] as const,
  );
  const found = await namedReleases(flow.db, new Map(names));
  const releases = found.map(({ missing: _, ...one }): Release => ({ ...one, earlierContent: [] }));
  return Map.groupBy(releases, ({ upstream }) => upstream);
}

/** What is known against merged versions besides what their releases say: open alerts, and advisories since then. */
async function troubles(
  flow: FlowContext,
  project: Project,
  stands: readonly Merged[],
): Promise<(one: Merged) => string | undefined> {
  const alerts = (await standingAlerts(flow.db)).filter((one) => one.project === project.id && one.state === "open");
  const purls = stands.flatMap(({ candidate: { to, from } }) =>
    [to.version, ...from].map((version) => versioned(to.upstream, version)),
  );
  const known = purls.length === 0 ? new Map() : await advisoriesOf(flow, purls);
  const advisories = (upstream: string, version: string) => known.get(versioned(upstream, version))?.answer;
  return ({ candidate: { to, from } }) => {
    const moved = alerts.find(
      ({ upstream, class: kind, subject }) =>
        upstream === to.upstream && MOVES.includes(kind) && [to.tag, to.version].includes(subject),
    );
    if (moved !== undefined) return "has other content by now";
    return hitOf(advisories(to.upstream, to.version), advisories(to.upstream, from[0] ?? ""));
  };
}

const MOVES: readonly Alert["class"][] = ["tag-moved", "asset-replaced"];

/**
 * The advisory that speaks against a version, and not against the one before. Malware always does; a vulnerability where it
 * is grave and the version before has none. Where one of the two could not be asked about, nothing is said.
 */
export function hitOf(
  now: readonly Advisory[] | Failure | undefined,
  before: readonly Advisory[] | Failure | undefined,
): string | undefined {
  if (now === undefined || before === undefined || isFailure(now) || isFailure(before)) return undefined;
  const news = now.filter(({ id }) => !before.some((one) => one.id === id));
  const malware = news.find(({ id }) => id.startsWith("MAL-"));
  if (malware !== undefined) return `was reported as malware (${malware.id})`;
  const grave = before.length > 0 ? undefined : news.find(({ severity }) => ["critical", "high"].includes(severity));
  return grave === undefined ? undefined : `was found to be affected by ${grave.id} (${grave.severity})`;
}

/**
 * The way back from a bump, as a decided candidate; undefined while its version is good, or when there is none. `hit`: what
 * else speaks against it, as "1.1.0 … after it was merged here".
 */
export function wayBack(
  { to, from, component: before }: Pick<Candidate, "to" | "from" | "component">,
  component: Component,
  releases: readonly Release[],
  hit?: string,
): Omit<Planned, "project"> | undefined {
  const bad = releases.find((release) => release.tag === to.tag);
  const trouble = bad === undefined ? undefined : (troubleWith(bad) ?? hit);
  const [previous] = from;
  const pins = component.pins.filter((pin) => !isFloating(pin) && pin.version === to.version);
  if (trouble === undefined || previous === undefined || from.length > 1 || pins.length === 0) return undefined;
  const good = releases.find((release) => release.version === previous || release.tag === previous);
  if (good === undefined || troubleWith(good) !== undefined) return undefined;
  const id = createHash("sha256").update(["revert", component.project, before.key, to.version, previous].join("\n"));
  const candidate: Candidate = {
    id: id.digest("hex").slice(0, 12),
    component: { ...component, key: before.key, pins },
    from: [to.version],
    to: { ...good, version: previous },
    between: [],
    step: "revert",
    fixes: [],
    introduces: [],
  };
  const summary = `${to.version} ${trouble} after it was merged here: this goes back to ${previous}.`;
  const reasons = [{ rule: "revert", level: "warn", summary }] as const;
  return {
    candidate,
    decision: { verdict: "propose", reasons, by: "policy" },
    card: { upstream: component.upstream, score: undefined, checks: [] },
  };
}

function troubleWith({ state, stateReason }: Release): string | undefined {
  const why = stateReason === undefined ? "" : ` (${stateReason})`;
  if (state === "yanked") return `was yanked by its upstream${why}`;
  return state === "deleted" ? "disappeared from its upstream" : undefined;
}
