import { createHash } from "node:crypto";
import { candidatesOf } from "../../db/candidates.ts";
import { releasesOfEach } from "../../db/releases.ts";
import type { Candidate } from "../../domain/bump.ts";
import { DAY, plus } from "../../domain/instant.ts";
import { type Component, isFloating } from "../../domain/pin.ts";
import type { Project } from "../../domain/project.ts";
import type { Release } from "../../domain/release.ts";
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
  const merged = (await candidatesOf(flow.db, project.id, ["merged"])).filter((one) => one.updatedAt > since);
  const releases = await releasesOfEach(flow.db, [...new Set(merged.map(({ upstream }) => upstream))]);
  const reverts: Planned[] = [];
  for (const { snapshot } of merged) {
    const { candidate } = snapshot;
    if (candidate.step === "pin") continue; // nothing new came in with it
    const { key, upstream } = candidate.component;
    const component = components.find((one) => one.upstream === upstream && key.startsWith(one.key));
    const better = planned.some((one) => one.candidate.component.key === key && one.decision.verdict === "propose");
    if (component === undefined || better) continue;
    const revert = wayBack(candidate, component, releases.get(upstream) ?? []);
    if (revert !== undefined) reverts.push({ project, ...revert });
  }
  return reverts;
}

/** The way back from a bump, as a decided candidate; undefined while its version is good, or when there is none. */
export function wayBack(
  { to, from, component: before }: Pick<Candidate, "to" | "from" | "component">,
  component: Component,
  releases: readonly Release[],
): Omit<Planned, "project"> | undefined {
  const bad = releases.find((release) => release.tag === to.tag);
  const trouble = bad === undefined ? undefined : troubleWith(bad);
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
