import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { failureOfStatus } from "../../lib/http/status.ts";
import { type Asked, type Check, type CheckContext, judged, passed, unknownPart } from "../check.ts";

/** Whether the files of a release have the checksums that the project publishes for them. */
export const checksumMismatch: Check = {
  id: "checksum-mismatch",
  rule: "R17",
  title: "Files with other checksums than published",
  why: "Who can replace a file on a download server often cannot change the list of checksums that is kept elsewhere.",
  basis: "evidence",
  appliesTo: ({ upstream, evidence }) =>
    /^pkg:(?:github|gitlab|bitbucket|generic)\//.test(upstream) || evidence?.checksums !== undefined,
  collect: { part: "checksums", window: 0, ask: compareChecksums },
  judge: ({ release }, now) => {
    const checksums = release.evidence?.checksums;
    if (checksums === undefined) return unknownPart(release, "checksums", "no published checksums were looked at.");
    const [first, ...others] = checksums.mismatches.map((file) => ({
      outcome: "block" as const,
      summary: `The checksum that is published for ${file} is of another file.`,
      part: "checksums",
      observed: file,
      expected: "the published checksum",
    }));
    if (first !== undefined) return judged(release, [first, ...others], now);
    return passed(checksums.published ? "Its files have the published checksums." : "It publishes no checksums.");
  },
};

const LISTS = /(?:^|[-_.])(?:sha256sums?|sha512sums?|checksums?)(?:\.txt)?$|\.sha256(?:sums?)?(?:\.txt)?$/i;
const MOST_LISTS = 3;

/** Compares the digests that the forge computed with the lists of checksums among the files. Only the lists are fetched. */
async function compareChecksums(
  { release }: Asked,
  { fetcher, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const { assets, tag, upstream } = release;
  if (assets.length === 0) return new Failure("not-checked", "its files are not known.");
  const lists = assets.filter(({ name, url }) => LISTS.test(name) && url !== undefined).slice(0, MOST_LISTS);
  const { digestInChecksums } = await import("../../lib/verify/signatures/checksums.ts");
  const mismatches = new Set<string>();
  for (const { name, url = "" } of lists) {
    const answer = await fetcher.fetch({ url, maxBytes: 1024 * 1024 });
    if (isFailure(answer)) return answer;
    if (answer.status !== 200) return failureOfStatus(answer, name);
    for (const file of mismatched(digestInChecksums, new TextDecoder().decode(answer.body), name, release))
      mismatches.add(file);
  }
  const checksums = { published: lists.length > 0, mismatches: [...mismatches].toSorted() };
  const source = { kind: "checksums", locator: lists[0]?.url ?? upstream, fetchedAt: now };
  return new Map([[tag, { checksums, sources: { checksums: source } }]]);
}

type DigestIn = (text: string, file: string) => string | undefined;

/** A list for one file names it in its own name; a digest of another algorithm cannot be compared. */
function mismatched(digestIn: DigestIn, text: string, list: string, { assets }: Release): string[] {
  return assets.flatMap(({ name, digest }) => {
    if (digest === undefined || name === list) return [];
    const isAbout = text.includes(name) || list.startsWith(`${name}.`);
    const published = isAbout ? digestIn(text, name) : undefined;
    const comparable = published?.split(":")[0] === digest.split(":")[0];
    return comparable && published !== digest ? [name] : [];
  });
}
