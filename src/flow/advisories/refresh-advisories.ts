import { z } from "zod";
import { openTargets } from "../../db/decisions/candidates.ts";
import { pinsOf, projectsPinning } from "../../db/projects/pins.ts";
import { setProjectsDue } from "../../db/projects/projects.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { factsOf, lastIn } from "../../db/upstreams/facts.ts";
import type { Instant } from "../../domain/instant.ts";
import { installedVersions, toComponents } from "../../domain/pin.ts";
import type { Advisory } from "../../domain/trust.ts";
import { versioned } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { advisoriesOf } from "./known-advisories.ts";

/** What one round found: upstreams of versions about which something else is known than before. */
export type RefreshedAdvisories = {
  readonly asked: number;
  readonly changed: readonly string[];
  readonly failed: number;
  /** How many were not answered in the round before. */
  readonly failedBefore: number;
};

/** When all advisories were read last, and since when that is wanted. */
const CLOCK = "advisories/clock";
const clockSchema = z
  .object({ wantedSince: z.string(), readAt: z.string().optional(), failed: z.number().optional() })
  .optional()
  .catch(undefined);

/**
 * Asks about every installed version and every target of an open candidate, a thousand at a time, and stores the answers:
 * plans then need no answer of their own. Projects that pin an upstream with news are due at once.
 */
export async function refreshAdvisories(flow: FlowContext): Promise<RefreshedAdvisories> {
  const upstreams = await versionsToAskAbout(flow);
  const purls = [...upstreams.keys()];
  const before = await factsOf(flow.db, purls);
  const known = await advisoriesOf(flow, purls, { again: true });
  const changed = new Set<string>();
  let failed = 0;
  for (const [purl, { answer, trouble }] of known) {
    if (trouble !== undefined || (isFailure(answer) && answer.code !== "not-checked")) failed++;
    if (isFailure(answer) || trouble !== undefined) continue;
    const earlier = lastIn(before, purl, "advisories");
    const ids = earlier === undefined || isFailure(earlier) ? [] : idsOf(earlier.facts as readonly Advisory[]);
    if (ids.join() !== idsOf(answer).join()) changed.add(upstreams.get(purl) ?? "");
  }
  await flow.hold?.confirm();
  const now = flow.clock();
  const clock = clockSchema.parse(await getMeta(flow.db, CLOCK));
  await setMeta(flow.db, CLOCK, { wantedSince: now, ...clock, failed, ...(failed === 0 && { readAt: now }) });
  await setProjectsDue(flow.db, await projectsPinning(flow.db, [...changed]), now);
  return { asked: purls.length, changed: [...changed].sort(), failed, failedBefore: clock?.failed ?? 0 };
}

/** How old what is known of advisories is; undefined when nobody asked for them yet. */
export async function advisoriesReadAt(flow: FlowContext): Promise<Instant | undefined> {
  const clock = clockSchema.parse(await getMeta(flow.db, CLOCK));
  return clock?.readAt ?? clock?.wantedSince;
}

/** Whether every version was answered about at least once. */
export async function advisoriesAnswered(flow: FlowContext): Promise<boolean> {
  return clockSchema.parse(await getMeta(flow.db, CLOCK))?.readAt !== undefined;
}

/** Purls with versions, and the upstream that each is of. */
async function versionsToAskAbout(flow: FlowContext): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const { id } of flow.projects) {
    for (const component of toComponents(id, await pinsOf(flow.db, id)))
      for (const version of installedVersions(component))
        versions.set(versioned(component.upstream, version), component.upstream);
  }
  for (const { upstream, version } of await openTargets(flow.db)) versions.set(versioned(upstream, version), upstream);
  return versions;
}

function idsOf(advisories: readonly Advisory[]): string[] {
  return advisories.map((one) => one.id).sort();
}
