import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import type { Failure } from "../failure.ts";
import { isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Actor, PullRequest } from "../forge/pull-request.ts";
import { ACCOUNT, type Account, type Forgejo, pathOf } from "./client.ts";

/** A pull request as the API has it. `head.label` is the branch's name; `head.ref` is that only while the branch is there. */
export const PULL = z.object({
  id: z.number(),
  number: z.number(),
  html_url: z.string(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean(),
  title: z.string(),
  body: z.string().nullish(),
  user: ACCOUNT.nullish(),
  head: z.object({ label: z.string(), sha: z.string(), repo_id: z.number() }),
  base: z.object({ ref: z.string() }),
  closed_at: z.string().nullish(),
  merged_by: ACCOUNT.nullish(),
});
/** The same, read. */
export type Pull = z.output<typeof PULL>;

/** What a pull request is known by: the server's own id, which nobody can copy, and the number that the API asks by. */
export function idOf({ id, number }: Pick<Pull, "id" | "number">): string {
  return `${id}/${number}`;
}

/** The number within an id; NaN for what is none of ours. */
export function numberOf(id: string): number {
  return Number(/^\d+\/(\d+)$/.exec(id)?.[1] ?? Number.NaN);
}

/** A pull request by its id; undefined where it is gone, or where another one has its number now. */
export async function findPull(
  forgejo: Forgejo,
  repository: RepositoryName,
  id: string,
): Promise<Pull | undefined | Failure> {
  const number = numberOf(id);
  if (Number.isNaN(number)) return undefined;
  const pull = await forgejo.read(`${pathOf(repository)}/pulls/${number}`, PULL);
  if (isFailure(pull)) return pull.code === "not-found" ? undefined : pull;
  return idOf(pull) === id ? pull : undefined;
}

/** Whether it is open, closed or merged. */
export function stateOf({ state, merged }: Pick<Pull, "state" | "merged">): PullRequest["state"] {
  if (merged) return "MERGED";
  return state === "open" ? "OPEN" : "CLOSED";
}

/** Who did something; accounts of the server's own are bots, and of no other the API tells. Deleted ones are `ghost`. */
export function toActor(account: Account | null | undefined): Actor {
  return account === null || account === undefined
    ? { login: "ghost", bot: false }
    : { login: account.login, bot: account.id < 0 };
}

/** Who ended a pull request, and when. Who closed one stands in its timeline alone. */
export function endingOf(pull: Pull, closer?: Actor): Pick<PullRequest, "endedBy" | "endedAt"> {
  if (stateOf(pull) === "OPEN") return {};
  const by = pull.merged ? toActor(pull.merged_by) : closer;
  const at = toInstant(pull.closed_at);
  return { ...(by !== undefined && { endedBy: by }), ...(at !== undefined && { endedAt: at }) };
}
