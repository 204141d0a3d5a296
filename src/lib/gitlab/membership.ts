import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import { type GitLab, pathOf, USER } from "./client.ts";

/** The least access level that may push (https://docs.gitlab.com/api/access_requests/#valid-access-levels). */
export const DEVELOPER = 30;

/** https://docs.gitlab.com/api/project_members/: `state` is the account's, and a membership may wait for somebody's leave. */
const MEMBER = z.object({
  access_level: z.number(),
  state: z.string(),
  membership_state: z.string().nullish().catch(undefined),
});

/** The access level of an account in a project, by whichever group it comes; 0: it is no member, or not at present. */
export async function readAccessLevel(
  gitlab: GitLab,
  repository: RepositoryName,
  user: number,
): Promise<number | Failure> {
  const member = await gitlab.read(`${pathOf(repository)}/members/all/${user}`, MEMBER);
  if (isFailure(member)) return member.code === "not-found" ? 0 : member;
  const { access_level: level, state, membership_state: membership } = member;
  return state === "active" && (membership ?? "active") === "active" ? level : 0;
}

/** The account of that name; undefined where there is none (https://docs.gitlab.com/api/users/#list-users). */
export async function findUser(gitlab: GitLab, login: string) {
  const users = await gitlab.read(`/users?username=${encodeURIComponent(login)}`, z.array(USER));
  if (isFailure(users)) return users;
  return users.find(({ username }) => username.toLowerCase() === login.toLowerCase());
}

/** Whether somebody may push to a project at this moment. Administrators of the server that are no members of it may not. */
export async function mayWrite(gitlab: GitLab, repository: RepositoryName, login: string): Promise<boolean | Failure> {
  const user = await findUser(gitlab, login);
  if (isFailure(user) || user === undefined) return user ?? false;
  const level = await readAccessLevel(gitlab, repository, user.id);
  return isFailure(level) ? level : level >= DEVELOPER;
}
