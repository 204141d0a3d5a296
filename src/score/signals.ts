import type { Switches } from "../domain/policy.ts";
import type { Signal } from "./signal.ts";
import { busFactor } from "./signals/bus-factor.ts";
import { contributors } from "./signals/contributors.ts";
import { curated } from "./signals/curated.ts";
import { dependents } from "./signals/dependents.ts";
import { downloads } from "./signals/downloads.ts";
import { imageSignature } from "./signals/image-signature.ts";
import { immutableReleases } from "./signals/immutable-releases.ts";
import { knownAdvisories } from "./signals/known-advisories.ts";
import { mailDomain } from "./signals/mail-domain.ts";
import { ownership } from "./signals/ownership.ts";
import { pastCompromise } from "./signals/past-compromise.ts";
import { recentCommits } from "./signals/recent-commits.ts";
import { registryProvenance } from "./signals/registry-provenance.ts";
import { releaseCadence } from "./signals/release-cadence.ts";
import { responseTime } from "./signals/response-time.ts";
import { reviewedChanges } from "./signals/reviewed-changes.ts";
import { securityHygiene } from "./signals/security-hygiene.ts";
import { signedReleases } from "./signals/signed-releases.ts";
import { stars } from "./signals/stars.ts";
import { vouches } from "./signals/vouches.ts";

/** Every question that Headgate asks about a project. */
export const SIGNALS: readonly Signal[] = [
  recentCommits,
  releaseCadence,
  responseTime,
  contributors,
  busFactor,
  stars,
  dependents,
  downloads,
  curated,
  signedReleases,
  registryProvenance,
  imageSignature,
  immutableReleases,
  reviewedChanges,
  securityHygiene,
  knownAdvisories,
  pastCompromise,
  ownership,
  mailDomain,
  vouches,
];

/** The signals that are asked: those of the list, unless the configuration turns one off, or on that is off by default. */
export function enabledSignals({ signals = {} }: { readonly signals?: Switches }): readonly Signal[] {
  return SIGNALS.filter(({ id, byDefault = true }) => signals[id] ?? byDefault);
}
