import { parsePurl } from "../../../domain/upstream.ts";
import { Failure, isFailure } from "../../failure.ts";
import type { GitHubReader, ReleaseDetail } from "./reader.ts";

/** A release that is looked for: under which tags it may be published, the likeliest first, and under which name the answer is wanted. */
export type WantedRelease = { readonly tags: readonly string[]; readonly as: string };

/**
 * Notes and assets of a package's releases, from the GitHub repository (a purl) that its registry claims; none where it
 * claims none.
 */
export async function readClaimedDetails(
  reader: GitHubReader | undefined,
  claimed: string | undefined | Failure,
  wanted: readonly WantedRelease[],
): Promise<readonly ReleaseDetail[] | Failure> {
  if (isFailure(claimed)) return claimed;
  const repository = claimed === undefined ? undefined : parsePurl(claimed);
  if (repository === undefined) return [];
  return readReleaseDetails(reader, { owner: repository.namespace, name: repository.name }, wanted);
}

/**
 * Notes and assets of a repository's releases. Those that are not there are left out; what could not be asked is a
 * failure only where nothing else was found.
 */
export async function readReleaseDetails(
  reader: GitHubReader | undefined,
  repository: { readonly owner: string; readonly name: string },
  wanted: readonly WantedRelease[],
): Promise<readonly ReleaseDetail[] | Failure> {
  if (reader === undefined) return new Failure("not-checked", "no GitHub token");
  const { owner, name } = repository;
  const ask = (tag: string) => reader.releaseDetail(owner, name, tag);
  const answers = await Promise.all(
    wanted.map(async ({ tags, as }) => ({ as, found: await Promise.all(tags.map(ask)) })),
  );
  const details = answers.flatMap(({ as, found }) => {
    const detail = found.find((one) => !isFailure(one));
    return detail === undefined || isFailure(detail) ? [] : [{ ...detail, tag: as }];
  });
  const failure = answers.flatMap(({ found }) => found.filter(isFailure)).find((one) => one.code !== "not-found");
  return details.length === 0 && failure !== undefined ? failure : details;
}
