import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import type { Actor, PullRequest } from "../forge.ts";

/** An account in an answer; null once it was deleted. */
export const ACTOR = z.object({ __typename: z.string(), login: z.string() }).nullable();

/** The last event that closed a pull request. */
export const CLOSERS = z.object({ nodes: z.array(z.object({ actor: ACTOR.optional() }).nullable()) });

/** Fields of a pull request that say who ended it. */
export const ENDING_FIELDS = `mergedBy { __typename login }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { __typename login } } } }`;

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
