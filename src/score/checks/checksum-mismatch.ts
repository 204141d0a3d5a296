import { type Check, judged, passed, unknownPart } from "../check.ts";

/** Whether the files of a release have the checksums that the project publishes for them. */
export const checksumMismatch: Check = {
  id: "checksum-mismatch",
  rule: "R17",
  title: "Files with other checksums than published",
  why: "Who can replace a file on a download server often cannot change the list of checksums that is kept elsewhere.",
  appliesTo: ({ upstream, evidence }) =>
    /^pkg:(?:github|gitlab|bitbucket|generic)\//.test(upstream) || evidence?.checksums !== undefined,
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
