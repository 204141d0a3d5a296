import type { Component } from "../../domain/pin.ts";
import { tagOfVersion } from "../../domain/release.ts";
import type { VersionUpdate } from "../../domain/report.ts";

/** What moved between two states of a project, by upstream: versions that are there now and were not before. Pure. */
export function updatesBetween(before: readonly Component[], after: readonly Component[]): VersionUpdate[] {
  const [was, is] = [versionsOf(before), versionsOf(after)];
  return [...is].flatMap(([upstream, versions]) => {
    const earlier = was.get(upstream);
    const added = [...versions.keys()].filter((version) => earlier?.has(version) !== true);
    const gone = [...(earlier?.keys() ?? [])].filter((version) => !versions.has(version));
    return added.map((to): VersionUpdate => {
      const tag = versions.get(to);
      return { upstream, from: gone, to, ...(tag !== undefined && tag !== to && { tag }) };
    });
  });
}

/** Upstream → version → its tag. */
function versionsOf(components: readonly Component[]): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const { upstream, pins, current } of components) {
    const versions = found.get(upstream) ?? new Map<string, string>();
    for (const pin of pins) {
      if (current.includes(pin.version)) versions.set(pin.version, tagOfVersion(pin.version, pin.tagTemplate));
    }
    found.set(upstream, versions);
  }
  return found;
}
