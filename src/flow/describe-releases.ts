import type { CandidateDraft } from "../compare/compare.ts";
import { putDetails } from "../db/releases.ts";
import type { UncheckedEntry } from "../domain/digest.ts";
import type { Release } from "../domain/release.ts";
import { upstreamLabel } from "../domain/upstream.ts";
import { isFailure } from "../lib/failure.ts";
import type { ReleaseDetail } from "../lib/github-reader.ts";
import { sourceOf } from "../poll/poll.ts";
import type { FlowContext } from "./context.ts";
import { pollContext } from "./poll-upstreams.ts";

/** Versions whose notes are worth a request; older ones of a long jump are linked to, not quoted. */
const DESCRIBED = 15;

/** A draft with notes and assets filled in, and what could not be had. */
export type Described = { readonly draft: CandidateDraft; readonly unchecked: readonly UncheckedEntry[] };

/** Fetches release notes and assets of a candidate's versions, once each: they are stored with the release. */
export async function describeReleases(flow: FlowContext, draft: CandidateDraft): Promise<Described> {
  const { upstream } = draft.to;
  const source = sourceOf(upstream);
  const wanted = draft.between.filter((release) => release.notes === undefined).slice(0, DESCRIBED);
  if (isFailure(source) || source.details === undefined || wanted.length === 0) return { draft, unchecked: [] };
  const details = await source.details(
    upstream,
    wanted.map((release) => release.tag),
    pollContext(flow),
  );
  if (isFailure(details)) {
    const said = details.code === "not-checked"; // for want of a token: the poll has said so of the whole upstream
    return {
      draft,
      unchecked: said ? [] : [{ subject: upstreamLabel(upstream), reason: `release notes: ${details.message}` }],
    };
  }
  await putDetails(flow.db, upstream, details, flow.clock());
  const byTag = new Map(details.map((detail) => [detail.tag, detail]));
  const fill = (release: Release) => withDetail(release, byTag.get(release.tag));
  return { draft: { ...draft, to: fill(draft.to), between: draft.between.map(fill) }, unchecked: [] };
}

function withDetail(release: Release, detail: ReleaseDetail | undefined): Release {
  if (detail === undefined) return release;
  return {
    ...release,
    notes: detail.notes,
    notesUrl: detail.url,
    assets: detail.assets.length > 0 ? detail.assets : release.assets,
  };
}
