import { createHash } from "node:crypto";
import { getMeta, setMeta } from "../db/meta.ts";
import type { StoredPullRequest } from "../db/pull-requests.ts";
import { readLabel } from "../deliver/pull-request/read-label.ts";
import { type CommentCommand, readCommand } from "../deliver/read-command.ts";
import type { Instant } from "../domain/instant.ts";
import { isFailure } from "../lib/failure.ts";
import type { Actor } from "../lib/forge.ts";
import type { FlowContext } from "./context.ts";
import { type ForgeOf, idsOf, type LivingPullRequest } from "./living-pull-request.ts";
import { readStatement } from "./read-statement.ts";
import { recordWord } from "./record-word.ts";

/** What somebody asks for under a pull request, and how; `command` is absent where nothing was asked. */
type Word = {
  readonly by: Actor;
  readonly at: Instant;
  readonly through: "a comment" | "a label";
  readonly command: CommentCommand | undefined;
};

/** Commands in comments and labels by people who may write now. Each is read once; a bot asks for nothing. */
export async function recordCommands(flow: FlowContext, at: ForgeOf, one: LivingPullRequest): Promise<void> {
  const { life } = one;
  const comments = life.comments.map(({ author, at: when, body }): Word => {
    return { by: author, at: when, through: "a comment", command: readCommand(body) };
  });
  const options = flow.deliver["pull-request"];
  const labels = life.labelEvents.map(({ by, at: when, ...event }): Word => {
    return { by, at: when, through: "a label", command: readLabel(event, options) };
  });
  await recordWords(flow, at, one, { key: `comments/${life.id}`, words: comments });
  await recordWords(flow, at, one, { key: `labels/${life.id}`, words: labels });
}

async function recordWords(
  flow: FlowContext,
  at: ForgeOf,
  { stored, life }: LivingPullRequest,
  { key, words }: { readonly key: string; readonly words: readonly Word[] },
): Promise<void> {
  const read = (await getMeta(flow.db, key)) as string | undefined;
  const fresh = words.filter((word) => !word.by.bot && (read === undefined || word.at > read));
  for (const word of fresh) {
    const { by, command } = word;
    if (command === undefined) continue;
    const may = await at.forge.mayWrite(at.repository, by.login);
    if (isFailure(may)) return flow.log.warn(`${life.url}: ${may.message}`, { code: may.code, ...idsOf(stored) }); // read again next time
    const answer = may ? await obey(flow, stored, word, command) : NOT_ALLOWED;
    const mark = `<!-- headgate: answer ${idOf(word)} -->`;
    if (life.comments.some(({ body }) => body.includes(mark))) continue; // written before a process ended
    const failure = await at.forge.comment(at.repository, life.id, `${mark}\n${answer}`);
    if (failure !== undefined)
      flow.log.warn(`${life.url}: ${failure.message}`, { code: failure.code, ...idsOf(stored) });
  }
  const last = words.at(-1)?.at;
  if (last !== undefined && last !== read) await setMeta(flow.db, key, last);
}

const NOT_ALLOWED = "Only people who may write here decide.";

/** Says which word an answer is to: the forge gives labels no id. */
function idOf({ by, at, through, command }: Word): string {
  const text = JSON.stringify([by.login, at, through, command?.action, command?.reason]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

async function obey(
  flow: FlowContext,
  { candidates }: StoredPullRequest,
  { by, at, through }: Word,
  { action, reason }: CommentCommand,
): Promise<string> {
  const statement = readStatement({ by: by.login, reason }, flow.clock());
  if (isFailure(statement))
    return `Not recorded: write a reason, for example \`/headgate ${action} we test it first\`.`;
  for (const candidate of candidates) await recordWord(flow, candidate, { action, ...statement, through, saidAt: at });
  const what = candidates.map((one) => one.to).join(", ");
  return `Recorded: ${action} of ${what}. It counts from now on; \`/headgate reopen REASON\` takes it back.`;
}
