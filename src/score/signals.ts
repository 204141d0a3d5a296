import type { Signal } from "./signal.ts";
import { popularity } from "./signals/popularity.ts";
import { recentCommits } from "./signals/recent-commits.ts";
import { releaseCadence } from "./signals/release-cadence.ts";
import { securityHygiene } from "./signals/security-hygiene.ts";
import { signedReleases } from "./signals/signed-releases.ts";
import { vouches } from "./signals/vouches.ts";

/** Every question that Headgate asks about a project. */
export const SIGNALS: readonly Signal[] = [
  recentCommits,
  releaseCadence,
  popularity,
  signedReleases,
  securityHygiene,
  vouches,
];
