import type { UncheckedEntry } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Component, installedVersions } from "../../domain/pin.ts";
import type { ReportedAdvisory, ReportedProject } from "../../domain/report.ts";
import { upstreamLabel, versioned } from "../../domain/upstream.ts";
import type { Osv } from "../../lib/advisories/osv.ts";
import { isListed } from "../../lib/advisories/osv-question.ts";
import { isFailure } from "../../lib/failure.ts";
import { unlistedKinds } from "../poll/unlisted-kinds.ts";

/** How OSV is asked about a checkout, or why it is not. */
export type AskAdvisories = Pick<Osv, "query"> | { readonly not: string };

/** What OSV says of the versions that a checkout pins; what it could not be asked is named. */
export async function checkoutAdvisories(
  components: readonly Component[],
  ask: AskAdvisories,
  now: Instant,
): Promise<Pick<ReportedProject, "advisories" | "notChecked" | "unlisted">> {
  const written = components.map((component) => ({ component, versions: installedVersions(component) }));
  const open = written.filter(({ component, versions }) => versions.length === 0 && isListed(component.upstream));
  const unlisted = [...unlistedKinds(components, () => false), ...openEntry(open.length)];
  const versions = written.flatMap(({ component: { key, upstream }, versions: all }) =>
    all.map((version) => ({ key, upstream, version, purl: versioned(upstream, version) })),
  );
  if ("not" in ask)
    return { advisories: [], unlisted, notChecked: [{ subject: "known vulnerabilities", reason: ask.not }] };
  const answers = await ask.query(versions.map(({ purl }) => purl));
  const told = versions.map((one) => ({ ...one, answer: answers.get(one.purl) }));
  return {
    unlisted,
    advisories: told.flatMap(({ key, upstream, version, answer = [] }) =>
      isFailure(answer)
        ? []
        : answer.map(
            (advisory): ReportedAdvisory => ({
              ...{ component: key, upstream, version, advisory, since: now, overdue: false },
            }),
          ),
    ),
    notChecked: told.flatMap(({ upstream, answer }) =>
      isFailure(answer) && answer.code !== "not-checked"
        ? [{ subject: upstreamLabel(upstream), reason: `advisories: ${answer.message}` }]
        : [],
    ),
  };
}

function openEntry(number: number): UncheckedEntry[] {
  if (number === 0) return [];
  const subject = `${number} ${number === 1 ? "component" : "components"} without an exact version`;
  return [{ subject, reason: "a range or a branch names no version that OSV could be asked about" }];
}
