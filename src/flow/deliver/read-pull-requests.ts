import { recordDelivery } from "../../db/deliveries/deliveries.ts";
import { CLOSING, closingKey, ownPullRequests, type StoredPullRequest } from "../../db/deliveries/pull-requests.ts";
import { deleteMeta, getMeta, setMeta } from "../../db/service/meta.ts";
import { isRetired } from "../../deliver/retire.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { Project } from "../../domain/project.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { PullRequestLife } from "../../lib/forge/pull-request.ts";
import type { FlowContext } from "../context.ts";
import { moveCandidate } from "../decide/move-candidate.ts";
import { recordWord } from "../decide/record-word.ts";
import { type ForgeOf, forgeOf, idsOf, type LivingPullRequest } from "./living-pull-request.ts";
import { recordCommands } from "./record-commands.ts";

/**
 * Looks at every pull request that we opened: records who merged or closed it and what people asked for under it, so
 * that planning knows. Gives back those that are open, and those that a process closed which ended before it could say
 * so. When the forge does not answer, nothing is concluded.
 */
export async function readPullRequests(
  flow: FlowContext,
  project: Project,
): Promise<readonly LivingPullRequest[] | Failure> {
  const at = forgeOf(flow, project);
  const known = at === undefined ? [] : await ownPullRequests(flow.db, project.id, flow.clock());
  if (at === undefined || known.length === 0) return [];
  const ids = known.map((one) => one.id);
  const lives = await at.forge.readLives(at.repository, ids);
  await tellUnread(flow, project, isFailure(lives) ? lives : undefined);
  if (isFailure(lives)) return lives;
  const living = known.flatMap((stored) => {
    const life = lives.get(stored.id);
    return life === undefined ? [] : [{ stored, life }];
  });
  const wantedAgain = new Set<LivingPullRequest>();
  for (const one of living) {
    await flow.hold?.confirm();
    if (await recordReopening(flow, at, one)) wantedAgain.add(one); // before what is said under it: the later word counts
    await recordCommands(flow, at, one);
    if (one.life.state !== "OPEN" && !one.stored.ended && !isRetired(one.life)) await recordEnd(flow, at, one);
  }
  return living.filter((one) => {
    const { life, stored } = one;
    return wantedAgain.has(one) || ((life.state === "OPEN" || isRetired(life)) && !stored.ended);
  });
}

/** Says when pull requests cannot be looked at any more, and when they can again: they are every hour. */
async function tellUnread({ db, log }: FlowContext, { id }: Project, failure: Failure | undefined): Promise<void> {
  const key = `unread-pull-requests/${id}`;
  const before = await getMeta(db, key);
  if (before === failure?.code) return;
  if (failure === undefined) {
    log.info(`${id}: its pull requests can be looked at again`);
    return deleteMeta(db, key);
  }
  log.warn(`${id}: its pull requests could not be looked at: ${failure.message}`, { code: failure.code });
  await setMeta(db, key, failure.code);
}

/** Merged is merged. A person's close is remembered; whoever may write has decided; a bot's close is no decision. */
async function recordEnd(flow: FlowContext, at: ForgeOf, { stored, life }: LivingPullRequest): Promise<void> {
  const who = life.endedBy;
  if (life.state === "MERGED") return end(flow, stored, life, "merged");
  if (who === undefined || who.bot) return end(flow, stored, life, undefined);
  const may = await at.forge.mayWrite(at.repository, who.login);
  if (isFailure(may)) return flow.log.warn(`${life.url}: ${may.message}`, { code: may.code, ...idsOf(stored) });
  await sayRemembered(flow, at, { stored, life });
  const reason = `closed pull request #${life.number}`;
  const word = {
    action: "skip",
    by: who.login,
    reason,
    through: "a close",
    word: `close/${life.id}/${life.endedAt}`,
  } as const;
  for (const candidate of may ? stored.candidates : []) await recordWord(flow, candidate, word);
  await end(flow, stored, life, "closed");
}

/**
 * Who opens again what somebody closed takes that word back: the pull request lives on. What we closed ourselves had a
 * reason that opening it does not end, and a bot decides nothing. The word comes first, and is recorded once: a process
 * that ends before the end is taken back is made up for.
 */
async function recordReopening(flow: FlowContext, at: ForgeOf, { stored, life }: LivingPullRequest): Promise<boolean> {
  const { reopened } = life;
  if (!stored.ended || stored.retired || reopened === undefined || reopened.by.bot) return false;
  const { login: by } = reopened.by;
  const may = await at.forge.mayWrite(at.repository, by);
  if (isFailure(may)) flow.log.warn(`${life.url}: ${may.message}`, { code: may.code, ...idsOf(stored) });
  if (may !== true) return false;
  const reason = `opened pull request #${life.number} again`;
  const word = {
    action: "reopen",
    by,
    reason,
    through: "opening it",
    word: `reopen/${life.id}/${reopened.at}`,
  } as const;
  for (const candidate of stored.candidates) await recordWord(flow, candidate, word);
  for (const candidate of stored.candidates) {
    const subject = { kind: "candidate", id: candidate.id } as const;
    const taken = { subject, channel: CLOSING, key: closingKey(life.id), url: life.url, at: flow.clock() };
    await recordDelivery(flow.db, { ...taken, state: "refused", error: `opened again by ${by}` });
  }
  return true;
}

/** Says that a comment is the one that goes with a person's close: a second try does not write it twice. */
const REMEMBERED = "<!-- headgate: remembered -->";

async function sayRemembered(flow: FlowContext, at: ForgeOf, { stored, life }: LivingPullRequest): Promise<void> {
  if (life.comments.some(({ body }) => body.includes(REMEMBERED))) return;
  const words = `Closed: this version is not proposed again, the next one is. Opening this pull request again brings it back, as does a comment \`/headgate reopen REASON\` or \`headgate reopen ${stored.candidates[0]?.id}\`.`;
  const failure = await at.forge.comment(at.repository, life.id, `${REMEMBERED}\n${words}`);
  if (failure !== undefined) flow.log.warn(`${life.url}: ${failure.message}`, { code: failure.code, ...idsOf(stored) });
}

/** `state` is absent when the end is no decision: a bot's close, which the next delivery answers. */
async function end(
  flow: FlowContext,
  { candidates }: StoredPullRequest,
  life: PullRequestLife,
  state: Extract<CandidateState, "merged" | "closed"> | undefined,
): Promise<void> {
  const by = life.endedBy?.login;
  if (state !== undefined)
    for (const candidate of candidates) await moveCandidate(flow, candidate, state, { by, url: life.url });
  for (const candidate of candidates) {
    const subject = { kind: "candidate", id: candidate.id } as const;
    const seen = { subject, channel: CLOSING, key: closingKey(life.id), url: life.url, at: flow.clock() };
    await recordDelivery(flow.db, {
      ...seen,
      state: "unchanged",
      error: `${state ?? "closed"} by ${by ?? "somebody"}`,
    });
  }
}
