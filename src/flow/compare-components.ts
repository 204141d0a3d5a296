import { type CandidateDraft, compareComponent } from "../compare/compare.ts";
import { pinComponent } from "../compare/pin.ts";
import { refsOfEach, type SeenRef } from "../db/refs.ts";
import { releasesOfEach, UPSTREAMS_AT_ONCE } from "../db/releases.ts";
import { batches } from "../db/row.ts";
import { isToBePinned, rangeFor } from "../decide/policy.ts";
import type { UncheckedEntry } from "../domain/digest.ts";
import type { Component } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import type { Release } from "../domain/release.ts";
import type { FlowContext } from "./context.ts";
import { type KnownReleases, knownReleases } from "./known-releases.ts";

/** What is newer, and the known versions of the upstreams that have something newer. */
export type Compared = {
  readonly drafts: readonly CandidateDraft[];
  readonly older: readonly CandidateDraft[];
  /** What is to be pinned to the content that it has now, where that is asked for. */
  readonly pinning: readonly CandidateDraft[];
  readonly unchecked: readonly UncheckedEntry[];
  /** Keys of components with places whose versions have no known order. */
  readonly unordered: readonly string[];
  readonly known: KnownReleases;
};

/**
 * Compares every component with what is known of its upstream. Versions are read for many upstreams at a time, the next
 * ones while these are compared; those of an upstream without anything newer are forgotten at once.
 */
export async function compareComponents(
  flow: FlowContext,
  components: readonly Component[],
  policy: Policy,
): Promise<Compared> {
  const byUpstream = Map.groupBy(components, ({ upstream }) => upstream);
  const [first, ...rest] = batches([...byUpstream.keys()], UPSTREAMS_AT_ONCE);
  const found = new Map<Component, ReturnType<typeof compareOne>>();
  const kept = new Map<string, readonly Release[]>();
  let reading = first === undefined ? undefined : releasesOfEach(flow.db, first);
  for (const [index, purls] of (first === undefined ? [] : [first, ...rest]).entries()) {
    const read = await reading;
    const next = rest[index];
    reading = next === undefined ? undefined : releasesOfEach(flow.db, next);
    const names = await namesOf(flow, policy, byUpstream, purls);
    for (const purl of purls) {
      const releases = read?.get(purl) ?? [];
      for (const component of byUpstream.get(purl) ?? []) {
        const compared = compareOne(flow, component, { releases, names: names.get(purl) ?? [] }, policy);
        found.set(component, compared);
        if (compared.drafts.length + compared.pinning.length > 0) kept.set(purl, releases);
      }
    }
  }
  const all = components.flatMap((component) => found.get(component) ?? []);
  return {
    drafts: all.flatMap((one) => one.drafts),
    older: all.flatMap((one) => one.older),
    pinning: all.flatMap((one) => one.pinning),
    unchecked: all.flatMap((one) => one.unchecked),
    unordered: components.filter((one) => found.get(one)?.unchecked.length !== 0).map((one) => one.key),
    known: knownReleases(flow, kept),
  };
}

/** Where names of upstreams point of which something is to be pinned. */
function namesOf(
  flow: FlowContext,
  policy: Policy,
  components: ReadonlyMap<string, readonly Component[]>,
  purls: readonly string[],
): Promise<Map<string, SeenRef[]>> {
  const isPinned = (component: Component) => isToBePinned(policy, component);
  return refsOfEach(
    flow.db,
    purls.filter((purl) => components.get(purl)?.some(isPinned)),
  );
}

/** Known versions, and where names point. */
type SoFar = { readonly releases: readonly Release[]; readonly names: readonly SeenRef[] };

function compareOne(flow: FlowContext, component: Component, { releases, names }: SoFar, policy: Policy) {
  const { allowPrereleases } = flow.policy;
  const policyRange = rangeFor(policy, component);
  const found = compareComponent({ component, releases, policyRange, allowPrereleases, now: flow.clock() });
  return {
    drafts: found.candidates,
    older: found.older,
    pinning: isToBePinned(policy, component) ? pinComponent({ component, releases, refs: names }) : [],
    unchecked: found.notComparable.map((reason) => ({ subject: component.project, reason })),
  };
}
