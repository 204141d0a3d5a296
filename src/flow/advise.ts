import type { CandidateDraft } from "../compare/compare.ts";
import type { Candidate } from "../domain/bump.ts";
import type { UncheckedEntry } from "../domain/digest.ts";
import type { Advisory } from "../domain/trust.ts";
import { upstreamLabel } from "../domain/upstream.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import type { FlowContext } from "./context.ts";
import { advisoriesOf, type KnownAdvisories } from "./known-advisories.ts";

type Answer = readonly Advisory[] | Failure;

/** What is known about versions: of one, and what a bump fixes and introduces. */
export type AdvisoriesOf = {
  readonly of: (release: { readonly upstream: string; readonly version: string }) => Answer;
  readonly complete: (draft: CandidateDraft) => Candidate;
  readonly unchecked: readonly UncheckedEntry[];
};

/** What is stored about every installed and every candidate version, and asked for where that is missing or too old. */
export async function adviseOn(flow: FlowContext, drafts: readonly CandidateDraft[]): Promise<AdvisoriesOf> {
  const purls = drafts.flatMap((draft) =>
    [draft.to.version, ...draft.from].map((version) => versioned(draft.to.upstream, version)),
  );
  const found = await advisoriesOf(flow, purls);
  const of = (release: { readonly upstream: string; readonly version: string }) =>
    found.get(versioned(release.upstream, release.version))?.answer ??
    new Failure("not-checked", "advisories were not asked for");
  return {
    of,
    complete: (draft) => {
      const installed = draft.from.map((version) => of({ upstream: draft.to.upstream, version }));
      return { ...draft, ...difference(installed, of(draft.to)) };
    },
    unchecked: [...found].flatMap(([purl, known]) => uncheckedOf(purl, known)),
  };
}

function uncheckedOf(purl: string, { answer, trouble, staleSince }: KnownAdvisories): UncheckedEntry[] {
  const failure = trouble ?? (isFailure(answer) ? answer : undefined);
  if (failure === undefined || failure.code === "not-checked") return [];
  const reason = `advisories: ${failure.message}`;
  return [{ subject: upstreamLabel(purl), reason, ...(staleSince !== undefined && { since: staleSince }) }];
}

/**
 * An advisory is fixed when the installed version has it and the target does not; introduced the other way round. Where
 * one of the two is not known, nothing is said: silence is not absence.
 */
function difference(installed: readonly Answer[], target: Answer): Pick<Candidate, "fixes" | "introduces"> {
  if (isFailure(target) || installed.some(isFailure)) return { fixes: [], introduces: [] };
  const before = new Map(
    installed.flatMap((answer) => (isFailure(answer) ? [] : answer)).map((advisory) => [advisory.id, advisory]),
  );
  const after = new Set(target.map((advisory) => advisory.id));
  return {
    fixes: [...before.values()].filter((advisory) => !after.has(advisory.id)),
    introduces: target.filter((advisory) => !before.has(advisory.id)),
  };
}

/** A purl with its version sits before the qualifiers (purl specification, "Components"). */
export function versioned(purl: string, version: string): string {
  const [path = purl, ...qualifiers] = purl.split("?");
  return [`${path}@${encodeURIComponent(version)}`, ...qualifiers].join("?");
}
