import { z } from "zod";
import type { Parcel } from "../render/parcel.ts";
import { DECISION_LABELS } from "./read-label.ts";

const names = z.array(z.string().min(1).max(50)).max(20).default([]);

/** What the channel can be told. */
export const OPTIONS = z.strictObject({
  labels: names.describe("labels of new pull requests; they must exist"),
  reviewers: names.describe("people who are asked to review; none by default, so that CODEOWNERS decides"),
  "team-reviewers": names.describe("teams of the organisation that are asked to review"),
  assignees: names.describe("people who are assigned"),
  milestone: z.number().int().min(1).optional().describe("number of the milestone of new pull requests"),
  draft: z.boolean().default(false).describe("open pull requests as drafts"),
  "auto-merge": z
    .enum(["off", "merge", "squash", "rebase"])
    .default("off")
    .describe(
      "let the forge merge what is proposed without any warning, once everything that the repository requires passed",
    ),
  status: z.boolean().default(true).describe("show the verdict as a commit status named headgate, where the token may"),
  "sign-off": z
    .enum(["required", "always"])
    .default("required")
    .describe("sign commits off (Signed-off-by) where the repository requires it of commits on the web, or always"),
  "decision-labels": DECISION_LABELS,
  "open-limit": z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(10)
    .describe("pull requests that may be open at once; fixes of advisories do not wait for a place"),
});

/** The same, with its defaults. */
export type Options = z.output<typeof OPTIONS>;

/** Options of the channel, overruled by what rules say of this pull request; labels add up. */
export function withWish(options: Options, { wish }: Parcel): Options {
  return {
    ...options,
    labels: [...new Set([...options.labels, ...(wish.labels ?? [])])],
    reviewers: [...(wish.reviewers ?? options.reviewers)],
    "team-reviewers": [...(wish.teamReviewers ?? options["team-reviewers"])],
    assignees: [...(wish.assignees ?? options.assignees)],
    draft: wish.draft ?? options.draft,
    "auto-merge": wish.autoMerge ?? options["auto-merge"],
  };
}
