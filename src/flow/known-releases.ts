import { releasesOfEach } from "../db/releases.ts";
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

/** Reads what is known of some upstreams. */
export async function readReleases(flow: FlowContext, purls: readonly string[]): Promise<KnownReleases> {
  const known = new Map<string, readonly Release[]>();
  const touched = new Set(purls);

  async function refresh(): Promise<void> {
    const stale = [...touched];
    if (stale.length === 0) return;
    touched.clear();
    const again = await releasesOfEach(flow.db, stale);
    for (const purl of stale) known.set(purl, again.get(purl) ?? []);
  }

  await refresh();
  return { of: (purl) => known.get(purl) ?? [], touch: (purl) => void touched.add(purl), refresh };
}
