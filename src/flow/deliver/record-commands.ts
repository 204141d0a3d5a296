import { createHash } from "node:crypto";
import { z } from "zod";
import type { StoredPullRequest } from "../../db/deliveries/pull-requests.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { readLabel } from "../../deliver/pull-request/read-label.ts";
import { type CommentCommand, readCommand } from "../../deliver/read-command.ts";
import { code } from "../../deliver/render/markdown.ts";
import type { Instant } from "../../domain/instant.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import type { Actor } from "../../lib/forge/pull-request.ts";
import type { FlowContext } from "../context.ts";
import { readStatement } from "../decide/read-statement.ts";
import { recordWord } from "../decide/record-word.ts";
import { type ForgeOf, idsOf, type LivingPullRequest } from "./living-pull-request.ts";

/** What somebody asks for under a pull request, and how; `command` is absent where nothing was asked. */
type Word = {
  /** The forge's. */
  readonly id: string;
  readonly by: Actor;
  readonly at: Instant;
  readonly through: "a comment" | "a label";
  readonly command: CommentCommand | undefined;
};

/** Commands in comments and labels by people who may write now. Each is read once; a bot asks for nothing. */
export async function recordCommands(flow: FlowContext, at: ForgeOf, one: LivingPullRequest): Promise<void> {
  const { life } = one;
  const comments = life.comments.map(({ id, author, at: when, body }): Word => {
    return { id, by: author, at: when, through: "a comment", command: readCommand(body) };
  });
  const options = flow.deliver["pull-request"];
  const labels = life.labelEvents.map(({ id, by, at: when, ...event }): Word => {
    return { id, by, at: when, through: "a label", command: readLabel(event, options) };
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
  const read = READ.parse(await getMeta(flow.db, key));
  const fresh = words.filter((word) => !word.by.bot && isAfter(word, read));
  for (const word of fresh) {
    const { by, command } = word;
    if (command === undefined) continue;
    const may = await at.forge.mayWrite(at.repository, by.login);
    if (isFailure(may)) return flow.log.warn(`${life.url}: ${may.message}`, { code: may.code, ...idsOf(stored) }); // read again next time
    const answer = may ? await obey(flow, stored, word, command) : NOT_ALLOWED;
    const mark = `<!-- headgate: answer ${markOf(word)} -->`;
    if (life.comments.some(({ body }) => body.includes(mark))) continue; // written before a process ended
    const failure = await at.forge.comment(at.repository, life.id, `${mark}\n${answer}`);
    if (failure !== undefined)
      flow.log.warn(`${life.url}: ${failure.message}`, { code: failure.code, ...idsOf(stored) });
  }
  const next = readNow(words);
  if (next !== undefined && next.at >= (read?.at ?? "") && JSON.stringify(next) !== JSON.stringify(read))
    await setMeta(flow.db, key, next);
}

/**
 * How far words were read, by the forge's own clock: the moment of the newest one, and which of that moment were read. A
 * forge tells seconds, and a second has room for another word. Versions before this one kept the moment alone.
 */
type Read = { readonly at: Instant; readonly ids?: readonly string[] };

const READ = z
  .union([z.object({ at: z.string(), ids: z.array(z.string()) }), z.string().transform((at): Read => ({ at }))])
  .optional()
  .catch(undefined);

function readNow(words: readonly Word[]): Read | undefined {
  const at = words
    .map((word) => word.at)
    .sort()
    .at(-1);
  return at === undefined ? undefined : { at, ids: words.filter((word) => word.at === at).map(({ id }) => id) };
}

function isAfter({ id, at }: Word, read: Read | undefined): boolean {
  if (read === undefined || at > read.at) return true;
  return at === read.at && read.ids !== undefined && !read.ids.includes(id);
}

const NOT_ALLOWED = "Only people who may write here decide.";

/** Says which word an answer is to. */
function markOf({ id }: Word): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 16);
}

/** Of a group the word is about all members, or about the one whose id it begins with. */
async function obey(
  flow: FlowContext,
  { candidates }: StoredPullRequest,
  { id, by, through }: Word,
  { action, reason }: CommentCommand,
): Promise<string> {
  const named = /^(\S+)\s+(.*)$/.exec(reason);
  const one = candidates.find((candidate) => candidate.id === named?.[1]);
  const meant = one === undefined ? candidates : [one];
  const words = one === undefined ? reason : (named?.[2] ?? "");
  const statement = readStatement({ by: by.login, reason: words }, flow.clock());
  if (isFailure(statement))
    return `Not recorded: write a reason, for example \`/headgate ${action} we test it first\`.`;
  for (const candidate of meant) await recordWord(flow, candidate, { action, ...statement, through, word: id });
  const what = meant.map(({ upstream, to }) => code(`${upstreamLabel(upstream)} ${to}`)).join(", ");
  return `Recorded: ${action} of ${what}. It counts from now on; \`/headgate reopen REASON\` takes it back.`;
}
