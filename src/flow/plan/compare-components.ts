import { type CandidateDraft, compareComponent, type Draft, olderSteps } from "../../compare/compare.ts";
import { pinComponent } from "../../compare/pin.ts";
import { refsOfEach } from "../../db/releases/refs.ts";
import { releasesOfEach } from "../../db/releases/releases.ts";
import { isToBePinned, rangeFor } from "../../decide/policy.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import type { Component } from "../../domain/pin.ts";
import type { Policy } from "../../domain/policy.ts";
import type { ReleaseOutline } from "../../domain/release.ts";
import type { FlowContext } from "../context.ts";
import type { KnownReleases } from "./known-releases.ts";

/** What is newer. */
export type Compared = {
  readonly drafts: readonly Draft<ReleaseOutline>[];
  /** The steps before a candidate's, newest first: compared when somebody asks, since few have to. */
  readonly older: (candidate: Pick<CandidateDraft, "component">) => readonly Draft<ReleaseOutline>[];
  /** What is to be pinned to the content that it has now, where that is asked for. */
  readonly pinning: readonly CandidateDraft[];
  readonly unchecked: readonly UncheckedEntry[];
  /** Keys of components with places whose versions have no known order. */
  readonly unordered: readonly string[];
};

/** Compares components with what is known of their upstreams. */
export async function compareComponents(
  flow: FlowContext,
  components: readonly Component[],
  policy: Policy,
  known: KnownReleases,
): Promise<Compared> {
  const { allowPrereleases } = flow.policy;
  const toPin = components.filter((component) => isToBePinned(policy, component));
  const floating = [...new Set(toPin.map(({ upstream }) => upstream))];
  const names = await refsOfEach(flow.db, floating);
  const pinnable = floating.length === 0 ? new Map() : await releasesOfEach(flow.db, floating);
  const inputOf = (component: Component) => ({
    component,
    releases: known.of(component.upstream),
    policyRange: rangeFor(policy, component),
    allowPrereleases,
    now: flow.clock(),
  });
  const all = components.map((component) => compareComponent(inputOf(component)));
  const whose = new Map(
    all.flatMap(({ candidates }, index) => candidates.map((one) => [one.component.key, components[index]])),
  );
  return {
    drafts: all.flatMap((one) => one.candidates),
    older: ({ component: { key } }) => {
      const component = whose.get(key);
      const steps = component === undefined ? [] : olderSteps(inputOf(component));
      return steps.filter((one) => one.component.key === key); // a component may have several tracks
    },
    pinning: toPin.flatMap((component) => {
      const { upstream } = component;
      return pinComponent({ component, releases: pinnable.get(upstream) ?? [], refs: names.get(upstream) ?? [] });
    }),
    unchecked: all.flatMap((one, index) => {
      const subject = components[index]?.project ?? "";
      return one.notComparable.map((reason) => ({ subject, reason }));
    }),
    unordered: components.filter((_, index) => all[index]?.notComparable.length !== 0).map(({ key }) => key),
  };
}
