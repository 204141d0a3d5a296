import { listComponents, type PlannedComponent, replaceComponents } from "../../db/projects/components.ts";
import { factsOf } from "../../db/upstreams/facts.ts";
import { earliest, type Instant } from "../../domain/instant.ts";
import type { ComponentList, ComponentQuery } from "../../domain/pages/component-list.ts";
import { type Component, isUnpinned } from "../../domain/pin.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { FlowContext } from "../context.ts";
import { knownScores } from "../trust/known-scores.ts";
import type { Planned, ProjectPlan } from "./planned.ts";

/** Rows of one page. */
const SIZE = 50;

/** Keeps what a plan says of each component, for pages to list. */
export async function rememberComponents(
  flow: FlowContext,
  { project, components, ...plan }: ProjectPlan,
): Promise<void> {
  const byUpstream = Map.groupBy(plan.planned, ({ candidate }) => candidate.component.upstream);
  const others = [...new Set(components.map(({ upstream }) => upstream))].filter((purl) => !byUpstream.has(purl));
  const scores = await knownScores(flow, others, await factsOf(flow.db, others));
  const rows = components.map((component) => {
    const planned = byUpstream.get(component.upstream) ?? [];
    const row = toPlanned(component, { planned, unordered: plan.unordered });
    const score = scores.get(component.upstream);
    const isKnown = row.trust === undefined && score !== undefined && score.coverage > 0;
    return isKnown ? { ...row, trust: score.value, coverage: score.coverage } : row;
  });
  await replaceComponents(flow.db, project.id, rows, flow.clock());
}

/** One page of the components that a question asks for. */
export function showComponents(flow: FlowContext, query: ComponentQuery): Promise<ComponentList> {
  return listComponents(flow.db, query, SIZE);
}

/** A component as planning left it: how far behind, and which candidate leads out of it. */
export function toPlanned(
  component: Component,
  { planned, unordered }: Pick<ProjectPlan, "planned" | "unordered">,
): PlannedComponent {
  const { project, key, upstream, current, pins } = component;
  const own = planned.find((one) => isOf(component, one));
  const score = planned.find((one) => one.card.upstream === upstream)?.card.score;
  const known = current.length > 0 && !unordered.includes(key);
  return {
    ...{ project, key, upstream, current, label: upstreamLabel(upstream).toLowerCase() },
    places: pins.length,
    unpinned: pins.filter(isUnpinned).length,
    ...(own !== undefined && behindOf(own)),
    ...(own === undefined && known && { lag: 0 }),
    ...(score !== undefined && { trust: score.value, coverage: score.coverage }),
  };
}

/** The newest version counts, whatever older step may be taken before. A way back is no way forward. */
function isOf({ upstream, pins }: Component, { candidate }: Planned): boolean {
  const [first] = candidate.component.pins;
  if (candidate.step === "revert" || candidate.component.upstream !== upstream || first === undefined) return false;
  return pins.some((pin) => pin.path === first.path && pin.line === first.line && pin.name === first.name);
}

/** New content under the same version is no release that is lacking. */
function behindOf({ candidate }: Planned): Pick<PlannedComponent, "latest" | "lag" | "behindSince" | "candidate"> {
  const { id, to, between, step } = candidate;
  const lacking = step === "digest" || step === "pin" ? [] : between;
  const since = lacking.reduce<Instant | undefined>(
    (first, release) => earliest(first, release.publishedAt ?? release.firstSeenAt),
    undefined,
  );
  return {
    candidate: id,
    latest: to.version,
    lag: lacking.length,
    ...(since !== undefined && { behindSince: since }),
  };
}
