import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Actor, PullRequestLife } from "../forge/pull-request.ts";
import { ACCOUNT, type Forgejo, pathOf } from "./client.ts";
import { toActor } from "./pull.ts";

/** A timeline is told from the beginning. */
const MOST_PAGES = 40;

const EVENT = z.object({
  id: z.number(),
  type: z.string(),
  user: ACCOUNT.nullish(),
  body: z.string().nullish(),
  created_at: z.string(),
  label: z.object({ name: z.string() }).nullish(),
});
/** Something that happened to a pull request. The body of a label's event is "1" where it was put on. */
export type TimelineEvent = z.output<typeof EVENT>;

/** Everything that happened to a pull request, oldest first. */
export async function readTimeline(
  forgejo: Forgejo,
  repository: RepositoryName,
  number: number,
): Promise<readonly TimelineEvent[] | Failure> {
  const events = await forgejo.readPages(`${pathOf(repository)}/issues/${number}/timeline`, EVENT, MOST_PAGES);
  return isFailure(events) ? events : events.rows;
}

/** Who opened it again last, where that is what happened last of opening and closing. */
export function reopeningIn(events: readonly TimelineEvent[]): PullRequestLife["reopened"] {
  const last = events.findLast(({ type }) => type === "close" || type === "reopen");
  if (last?.type !== "reopen") return undefined;
  return { by: toActor(last.user), at: toInstant(last.created_at) ?? last.created_at };
}

/** Who closed it last; nobody where it never was. */
export function closerIn(events: readonly TimelineEvent[]): Actor | undefined {
  const last = events.findLast(({ type }) => type === "close");
  return last === undefined ? undefined : toActor(last.user);
}
