import { recordDelivery } from "../db/deliveries.ts";
import { appendEvent } from "../db/events.ts";
import { recordHumanDecision } from "../db/human-decisions.ts";
import { getMeta, setMeta } from "../db/meta.ts";
import { CLOSING, closingKey, ownPullRequests, type StoredPullRequest } from "../db/pull-requests.ts";
import { readCommand } from "../deliver/read-command.ts";
import type { CandidateState } from "../domain/candidate-state.ts";
import type { Project } from "../domain/project.ts";
import { isFailure } from "../lib/failure.ts";
import type { Forge, PullRequestLife, RepositoryName } from "../lib/forge.ts";
import type { FlowContext } from "./context.ts";
import { moveCandidate } from "./move-candidate.ts";
import { readStatement } from "./read-statement.ts";

/** A pull request of ours that is still open, as we know it and as it is. */
export type LivingPullRequest = { readonly stored: StoredPullRequest; readonly life: PullRequestLife };

/** Where a project's pull requests are, if it has a forge. */
export type ForgeOf = { readonly forge: Forge; readonly repository: RepositoryName };

/** The forge of a project; undefined for a local folder, without a credential, or when pull requests are off. */
export function forgeOf(flow: FlowContext, project: Project): ForgeOf | undefined {
  const { source } = project;
  if (flow.forge === undefined || source.kind !== "github" || flow.deliver["pull-request"] === undefined)
    return undefined;
  return { forge: flow.forge, repository: { owner: source.owner, name: source.name } };
}

/**
 * Looks at every pull request that we opened: records who merged or closed it and what people asked for under it, so
 * that planning knows. Gives back those that are open. When the forge does not answer, nothing is concluded.
 */
export async function readPullRequests(flow: FlowContext, project: Project): Promise<readonly LivingPullRequest[]> {
  const at = forgeOf(flow, project);
  const known = at === undefined ? [] : await ownPullRequests(flow.db, project.id, flow.clock());
  if (at === undefined || known.length === 0) return [];
  const ids = known.map((one) => one.id);
  const lives = await at.forge.readLives(at.repository, ids);
  if (isFailure(lives)) {
    flow.log.warn(`${project.id}: its pull requests could not be looked at: ${lives.message}`, { code: lives.code });
    return [];
  }
  const living = known.flatMap((stored) => {
    const life = lives.get(stored.id);
    return life === undefined ? [] : [{ stored, life }];
  });
  for (const one of living) {
    await recordCommands(flow, at, one);
    if (one.life.state !== "OPEN" && !one.stored.ended) await recordEnd(flow, at, one);
  }
  return living.filter(({ life, stored }) => life.state === "OPEN" && !stored.ended);
}

/** Merged is merged. A person's close is remembered; whoever may write has decided; a bot's close is no decision. */
async function recordEnd(flow: FlowContext, at: ForgeOf, { stored, life }: LivingPullRequest): Promise<void> {
  const who = life.endedBy;
  if (life.state === "MERGED") return end(flow, stored, life, "merged");
  if (who === undefined || who.bot) return end(flow, stored, life, undefined);
  const may = await at.forge.mayWrite(at.repository, who.login);
  if (isFailure(may)) return flow.log.warn(`${life.url}: ${may.message}`, { code: may.code });
  if (may) {
    for (const { project, upstream, to } of stored.candidates) {
      const said = { project, upstream, action: "skip", range: `=${to}`, by: who.login } as const;
      await recordHumanDecision(flow.db, { ...said, reason: `closed pull request #${life.number}`, at: flow.clock() });
    }
  }
  await end(flow, stored, life, "closed");
  const words = `Closed: this version is not proposed again, the next one is. \`headgate reopen ${stored.candidates[0]?.id}\`, or a comment \`/headgate reopen REASON\`, brings it back.`;
  const failure = await at.forge.comment(at.repository, life.id, words);
  if (failure !== undefined) flow.log.warn(`${life.url}: ${failure.message}`, { code: failure.code });
}

/** `state` is absent when the end is no decision: a bot's close, which the next delivery answers. */
async function end(
  flow: FlowContext,
  { candidates }: StoredPullRequest,
  life: PullRequestLife,
  state: Extract<CandidateState, "merged" | "closed"> | undefined,
): Promise<void> {
  const by = life.endedBy?.login;
  for (const candidate of candidates) {
    if (state !== undefined) await moveCandidate(flow, candidate, state, { by, url: life.url });
    const subject = { kind: "candidate", id: candidate.id } as const;
    const seen = { subject, channel: CLOSING, key: closingKey(life.id), url: life.url, at: flow.clock() };
    await recordDelivery(flow.db, {
      ...seen,
      state: "unchanged",
      error: `${state ?? "closed"} by ${by ?? "somebody"}`,
    });
  }
}

/** Commands in comments by people who may write now. Each comment is read once. */
async function recordCommands(flow: FlowContext, at: ForgeOf, { stored, life }: LivingPullRequest): Promise<void> {
  const key = `comments/${life.id}`;
  const read = (await getMeta(flow.db, key)) as string | undefined;
  const fresh = life.comments.filter((comment) => !comment.author.bot && (read === undefined || comment.at > read));
  for (const { author, body } of fresh) {
    const command = readCommand(body);
    if (command === undefined) continue;
    const may = await at.forge.mayWrite(at.repository, author.login);
    if (isFailure(may)) return flow.log.warn(`${life.url}: ${may.message}`, { code: may.code }); // read again next time
    const answer = may ? await obey(flow, stored, author.login, command) : `Only people who may write here decide.`;
    const failure = await at.forge.comment(at.repository, life.id, answer);
    if (failure !== undefined) flow.log.warn(`${life.url}: ${failure.message}`, { code: failure.code });
  }
  const last = life.comments.at(-1)?.at;
  if (last !== undefined && last !== read) await setMeta(flow.db, key, last);
}

async function obey(
  flow: FlowContext,
  { candidates }: StoredPullRequest,
  by: string,
  { action, reason }: { readonly action: "approve" | "hold" | "skip" | "reopen"; readonly reason: string },
): Promise<string> {
  const now = flow.clock();
  const statement = readStatement({ by, reason }, now);
  if (isFailure(statement))
    return `Not recorded: write a reason, for example \`/headgate ${action} we test it first\`.`;
  for (const candidate of candidates) {
    const { id, project, upstream, to, state } = candidate;
    const said = { project, upstream, action, range: `=${to}`, ...statement, at: now };
    await recordHumanDecision(flow.db, said);
    const data = { action, range: said.range, ...statement, through: "a comment" };
    await appendEvent(flow.db, { kind: "decided-by-hand", project, upstream, candidate: id, data }, now);
    if (action === "reopen" && state === "closed")
      await moveCandidate(flow, candidate, "seen", { by, reason: statement.reason });
  }
  const what = candidates.map((one) => one.to).join(", ");
  return `Recorded: ${action} of ${what}. It counts from now on; \`/headgate reopen REASON\` takes it back.`;
}
