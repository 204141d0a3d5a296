import type { Delivery } from "../../domain/bump.ts";
import type { PullRequest } from "../../lib/forge/pull-request.ts";
import type { Parcel } from "./parcel.ts";
import { readMarker } from "./pull-request.ts";

/** An ended pull request that answers whether a parcel is wanted, and what that means in words. */
export type Answer = { readonly pull: PullRequest; readonly words: string };

const CHANNEL = "pull-request";

const CLOSED = {
  CLOSED: "somebody closed this pull request: the same version is not proposed again",
  MERGED: "merged already",
};

/** True for the words of a close or a merge: such a pull request takes no place any more. */
export function isAnswer(words: string | undefined): boolean {
  return words === CLOSED.CLOSED || words === CLOSED.MERGED;
}

/** What the forge refused to a pull request that is open all the same, in words. */
export function incomplete(missing: readonly string[]): string {
  return `${INCOMPLETE}: ${missing.join("; ")}`;
}

/** True for such words. */
export function isIncomplete(words: string | undefined): boolean {
  return words?.startsWith(`${INCOMPLETE}: `) === true;
}

/** What such words list, one by one; nothing of other words. */
export function missingIn(words = ""): string[] {
  return isIncomplete(words) ? words.slice(INCOMPLETE.length + 2).split("; ") : [];
}

const INCOMPLETE = "not everything was given to it";

/** How often a bot may close what is proposed until that counts as the wish of whoever runs the bot. */
const CLOSED_BY_BOTS = 2;

/**
 * What an ended pull request about exactly this candidate means. A person's close is an answer, unless a person asked
 * for it again since; a bot's is not, until it happens again and again.
 */
export function answerTo(parcel: Parcel, pulls: readonly PullRequest[]): Answer | undefined {
  const reopenedAt = parcel.items
    .flatMap((item) => item.reopenedAt ?? [])
    .sort()
    .at(-1);
  const about = pulls.filter((pull) => pull.state !== "OPEN" && isAbout(pull, parcel));
  const answers = about.filter(({ id, state, endedBy, endedAt }) => {
    const asksAgain = reopenedAt !== undefined && (endedAt === undefined || endedAt < reopenedAt);
    return !asksAgain && (state === "MERGED" || (endedBy?.bot !== true && !closedByUs(id, parcel)));
  });
  const [answer] = answers;
  if (answer !== undefined && answer.state !== "OPEN") return { pull: answer, words: CLOSED[answer.state] };
  const byBots = about.filter(
    ({ id, state, endedBy }) => state === "CLOSED" && endedBy?.bot === true && !closedByUs(id, parcel),
  );
  const [last] = byBots;
  if (last === undefined || byBots.length < CLOSED_BY_BOTS || reopenedAt !== undefined) return undefined;
  const words = `${last.endedBy?.login} closes it again and again: teach that bot about the branch, then headgate reopen ${parcel.candidates[0]?.id}`;
  return { pull: last, words };
}

/** We withdrew it, and what we withdrew it for is over: else nothing would be proposed. */
function closedByUs(id: string, parcel: Parcel): boolean {
  return earlierOf(parcel).some(
    ({ channel, key, state }) => channel === `${CHANNEL}/close` && state === "sent" && key.endsWith(`/${id}`),
  );
}

/** Whether a pull request carries exactly this parcel, or carried it when it ended. */
export function isAbout(pull: PullRequest, parcel: Parcel): boolean {
  const marked = readMarker(pull.body)?.candidate;
  if (marked !== undefined) return marked === parcel.id;
  const ids = parcel.candidates.map((candidate) => candidate.id);
  return earlierOf(parcel).some((delivery) => delivery.externalId === pull.id && ids.includes(delivery.subject.id));
}

/** Everything that was delivered for its candidates, and for earlier versions of their components. */
export function earlierOf({ items }: Parcel): Delivery[] {
  return items.flatMap((item) => item.earlier);
}

/** A group's members may have had pull requests of their own before: only the branch says which one is the group's. */
export function knownPullRequest(parcel: Parcel): string | undefined {
  const known = earlierOf(parcel).filter(
    (delivery) => delivery.channel === CHANNEL && delivery.externalId !== undefined,
  );
  return known.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]?.externalId;
}
