import { releasesOfEach, UPSTREAMS_AT_ONCE } from "../db/releases.ts";
import { batches } from "../db/row.ts";
import type { Release } from "../domain/release.ts";
import type { FlowContext } from "./context.ts";

/** The versions of some upstreams as one plan knows them: read together, and together again where something was stored since. */
export type KnownReleases = {
  /** Every known version, newest first. */
  readonly of: (purl: string) => readonly Release[];
  /** Says that something was stored about an upstream's versions: `refresh` reads them again. */
  readonly touch: (purl: string) => void;
  readonly refresh: () => Promise<void>;
};

/** Begins with what was read just now. */
export function knownReleases(flow: FlowContext, read: ReadonlyMap<string, readonly Release[]>): KnownReleases {
  const known = new Map(read);
  const touched = new Set<string>();

  async function refresh(): Promise<void> {
    const purls = [...touched];
    touched.clear();
    for (const batch of batches(purls, UPSTREAMS_AT_ONCE)) {
      const again = await releasesOfEach(flow.db, batch);
      for (const purl of batch) known.set(purl, again.get(purl) ?? []);
    }
  }

  return { of: (purl) => known.get(purl) ?? [], touch: (purl) => void touched.add(purl), refresh };
}
