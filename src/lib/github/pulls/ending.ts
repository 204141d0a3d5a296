import { z } from "zod";
import type { Instant } from "../../../domain/instant.ts";
import type { Actor, PullRequest, PullRequestLife } from "../../forge/pull-request.ts";

/** An account in an answer; null once it was deleted. */
export const ACTOR = z.object({ __typename: z.string(), login: z.string() }).nullable();

/** The last event that closed a pull request. */
export const CLOSERS = z.object({ nodes: z.array(z.object({ actor: ACTOR.optional() }).nullable()) });

/** Fields of a pull request that say who ended it. */
export const ENDING_FIELDS = `mergedBy { __typename login }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { __typename login } } } }`;

/** The last event that opened a pull request again. */
export const REOPENINGS = z.object({
  nodes: z.array(z.object({ actor: ACTOR.optional(), createdAt: z.string().optional() }).nullable()),
});

/** Fields of a pull request that say who opened it again. */
export const REOPENING_FIELDS = `reopenings: timelineItems(last: 1, itemTypes: [REOPENED_EVENT]) { nodes { ... on ReopenedEvent { actor { __typename login } createdAt } } }`;

/** Who opened a pull request again that is open now, and when. */
export function reopeningOf(pull: {
  readonly state: PullRequest["state"];
  readonly reopenings: z.output<typeof REOPENINGS>;
}): Pick<PullRequestLife, "reopened"> {
  const [last] = pull.reopenings.nodes;
  if (pull.state !== "OPEN" || last?.createdAt === undefined) return {};
  return { reopened: { by: toActor(last.actor ?? null), at: new Date(last.createdAt).toISOString() } };
}

/** Who ended a pull request, and when; nothing while it is open. */
export function endingOf(pull: {
  readonly state: PullRequest["state"];
  readonly closedAt: string | null;
  readonly mergedBy: z.output<typeof ACTOR>;
  readonly timelineItems: z.output<typeof CLOSERS>;
}): { readonly endedBy?: Actor; readonly endedAt?: Instant } {
  if (pull.state === "OPEN") return {};
  const actor = pull.state === "MERGED" ? pull.mergedBy : (pull.timelineItems.nodes[0]?.actor ?? null);
  return {
    ...(actor !== null && { endedBy: toActor(actor) }),
    ...(pull.closedAt !== null && { endedAt: new Date(pull.closedAt).toISOString() }),
  };
}

/** An account that was deleted is `ghost`, as the forge itself shows it. */
export function toActor(actor: z.output<typeof ACTOR>): Actor {
  return actor === null ? { login: "ghost", bot: false } : { login: actor.login, bot: actor.__typename === "Bot" };
}
