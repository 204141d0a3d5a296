import type { UncheckedEntry } from "../../domain/digest.ts";
import type { Component } from "../../domain/pin.ts";
import { parsePurl, versioned } from "../../domain/upstream.ts";
import { isListed } from "../../lib/advisories/osv-question.ts";

/** Components that no list of advisories covers, by kind; `scanned`: a scanner's report of that version was taken in. */
export function unlistedKinds(components: readonly Component[], scanned: (purl: string) => boolean): UncheckedEntry[] {
  const blind = components.filter(
    ({ upstream, current }) =>
      !isListed(upstream) && !(current.length > 0 && current.every((version) => scanned(versioned(upstream, version)))),
  );
  const kinds = Map.groupBy(blind, ({ upstream }) => parsePurl(upstream)?.type ?? "unknown");
  return [...kinds].toSorted().map(([kind, { length }]) => ({
    subject: `${length} ${length === 1 ? "component" : "components"} of the kind ${kind}`,
    reason:
      kind === "docker"
        ? "no list of advisories knows what is inside an image: take in a scanner's report with `headgate import`"
        : "OSV has no records of this kind",
  }));
}
