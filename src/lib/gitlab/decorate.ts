import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Decoration } from "../forge/pull-request.ts";
import { type GitLab, USER } from "./client.ts";
import { findUser } from "./membership.ts";
import { pathOfId, projectOf } from "./merge-request.ts";
import { gone } from "./write.ts";

const GIVEN = z.object({ reviewers: z.array(USER).catch([]), assignees: z.array(USER).catch([]) });
type Role = keyof z.output<typeof GIVEN>;

/** Gives a merge request what the configuration wants for it. What could not be given comes back as sentences. */
export async function decorate(
  gitlab: GitLab,
  { id }: { readonly id: string },
  { labelIds, reviewers, teamReviewers, assignees, milestone }: Decoration,
): Promise<string[]> {
  const path = pathOfId(id);
  if (path === undefined) return [gone(id).message];
  const put = (what: string, body: object) => gitlab.change({ what, method: "PUT", path, body }, GIVEN);
  const missing: string[] = [];
  const labelled = labelIds.length === 0 ? undefined : await put("labels", { add_labels: labelIds.join(",") });
  if (isFailure(labelled)) missing.push(labelled.message);
  for (const [role, field, names] of [
    ["reviewers", "reviewer_ids", reviewers],
    ["assignees", "assignee_ids", assignees],
  ] as const)
    if (names.length > 0) missing.push(...(await give({ gitlab, put }, { role, field, names })));
  if (teamReviewers.length > 0)
    missing.push("team-reviewers: GitLab asks people, not teams: name them under reviewers");
  if (milestone !== undefined) missing.push(...(await setMilestone({ gitlab, put, path }, milestone)));
  return missing;
}

type Writing = {
  readonly gitlab: GitLab;
  readonly put: (what: string, body: object) => Promise<z.output<typeof GIVEN> | Failure>;
};

/** People are given by number. Without a plan that has more, GitLab keeps one of them and says nothing. */
async function give(
  { gitlab, put }: Writing,
  { role, field, names }: { readonly role: Role; readonly field: string; readonly names: readonly string[] },
): Promise<string[]> {
  const found = await Promise.all(names.map((name) => findUser(gitlab, name)));
  const unknown = names.filter((_, index) => found[index] === undefined);
  const missing = [
    ...found.filter(isFailure).map(({ message }) => message),
    ...(unknown.length === 0 ? [] : [`${role}: there is no account ${unknown.join(", ")}`]),
  ];
  const users = found.flatMap((user) => (user === undefined || isFailure(user) ? [] : [user]));
  if (users.length === 0) return missing;
  const given = await put(role, { [field]: users.map(({ id }) => id) });
  if (isFailure(given)) return [...missing, given.message];
  const left = users.filter(({ id }) => !given[role].some((one) => one.id === id)).map(({ username }) => username);
  return left.length === 0 ? missing : [...missing, `${role}: GitLab did not take ${left.join(", ")}`];
}

const PAGES_OF_MILESTONES = 10;
const MILESTONE = z.object({ id: z.number(), iid: z.number() });

/** A milestone is configured by its number in the project or its groups, and given by the server's own. */
async function setMilestone(
  { gitlab, put, path }: Writing & { readonly path: string },
  number: number,
): Promise<string[]> {
  const found = await findMilestone(gitlab, projectOf(path), number);
  if (isFailure(found)) return [`milestone: ${found.message}`];
  if (found === undefined) return [`milestone: there is no milestone ${number}`];
  const given = await put("milestone", { milestone_id: found.id });
  return isFailure(given) ? [given.message] : [];
}

/** The project's own comes first. With its groups all are listed: numbers count for nothing then (https://docs.gitlab.com/api/milestones/). */
async function findMilestone(gitlab: GitLab, project: string, number: number) {
  const own = await gitlab.read(`${project}/milestones?iids[]=${number}`, z.array(MILESTONE));
  if (isFailure(own) || own.length > 0) return isFailure(own) ? own : own[0];
  const all = await gitlab.readPages(`${project}/milestones?include_ancestors=true`, MILESTONE, PAGES_OF_MILESTONES);
  return isFailure(all) ? all : all.rows.find(({ iid }) => iid === number);
}
