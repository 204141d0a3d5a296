import type { Release } from "../../domain/release.ts";
import type { Evidence } from "../../domain/trust.ts";
import { isFailure } from "../../lib/failure.ts";
import type { Check } from "../check.ts";

/** Versions that their upstream took back, and versions that are reported as malware. */
export const withdrawn: Check = {
  id: "withdrawn",
  rule: "R10",
  title: "Withdrawn or reported as malware",
  why: "Withdrawn files often stay downloadable for days: the withdrawal itself is the warning.",
  basis: "registry",
  appliesTo: () => true,
  judge: ({ release, advisories }, now) => {
    const at = (kind: string, observed: string): Evidence => ({
      kind,
      source: release.upstream,
      observedAt: now,
      observed,
    });
    if (release.state === "yanked" || release.state === "deleted") {
      return { outcome: "block", summary: stateSummary(release), evidence: [at("release-state", release.state)] };
    }
    if (isFailure(advisories)) {
      return { outcome: "not-checked", summary: `malware reports: ${advisories.message}`, evidence: [] };
    }
    const reports = advisories.filter((advisory) => advisory.id.startsWith("MAL-"));
    if (reports.length > 0) {
      const ids = reports.map((advisory) => advisory.id).join(", ");
      const evidence = reports.map((advisory) => ({
        kind: "advisory",
        source: advisory.url ?? release.upstream,
        observedAt: now,
        observed: advisory.id,
      }));
      return { outcome: "block", summary: `${release.version} is reported as malware: ${ids}.`, evidence };
    }
    if (release.state === "deprecated") {
      return { outcome: "warn", summary: stateSummary(release), evidence: [at("release-state", release.state)] };
    }
    return { outcome: "pass", summary: "Neither withdrawn nor reported as malware.", evidence: [] };
  },
};

function stateSummary({ version, state, stateReason }: Release): string {
  return `${version} was ${state} by its upstream${stateReason === undefined ? "" : `: ${stateReason}`}.`;
}
