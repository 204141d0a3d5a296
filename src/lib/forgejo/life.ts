import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { LabelEvent, OpenPullRequest, PullRequestLife } from "../forge/pull-request.ts";
import { ACCOUNT, type Forgejo, pathOf } from "./client.ts";
import { removedLinesOf } from "./diff.ts";
import { endingOf, findPull, idOf, PULL, type Pull, stateOf, toActor } from "./pull.ts";
import { closerIn, readTimeline, reopeningIn, type TimelineEvent } from "./timeline.ts";

/** Of comments and events the newest ones. */
const MOST_WORDS = 30;
const PAGES_OF_PULLS = 10;

const COMMENT = z.object({ id: z.number(), user: ACCOUNT.nullish(), body: z.string(), created_at: z.string() });
/** What became of pull requests, by id. One that is gone is left out: nothing is concluded from that. */
export async function readLives(
  forgejo: Forgejo,
  repository: RepositoryName,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PullRequestLife> | Failure> {
  const read = await Promise.all(ids.map((id) => readLife(forgejo, repository, id)));
  const failure = read.find(isFailure);
  if (failure !== undefined) return failure;
  return new Map(read.flatMap((life) => (life === undefined || isFailure(life) ? [] : [[life.id, life]])));
}

async function readLife(
  forgejo: Forgejo,
  repository: RepositoryName,
  id: string,
): Promise<PullRequestLife | undefined | Failure> {
  const pull = await findPull(forgejo, repository, id);
  if (isFailure(pull) || pull === undefined) return pull;
  const issue = `${pathOf(repository)}/issues/${pull.number}`;
  const comments = await forgejo.read(`${issue}/comments`, z.array(COMMENT).nullable()); // all of them: it has no pages
  if (isFailure(comments)) return comments;
  const events = await readTimeline(forgejo, repository, pull.number);
  return isFailure(events) ? events : toLife(pull, comments ?? [], events);
}

function toLife(
  pull: Pull,
  comments: readonly z.output<typeof COMMENT>[],
  events: readonly TimelineEvent[],
): PullRequestLife {
  const { number, html_url: url, head } = pull;
  const reopened = stateOf(pull) === "OPEN" ? reopeningIn(events) : undefined;
  return {
    id: idOf(pull),
    number,
    url,
    state: stateOf(pull),
    headOid: head.sha,
    headBranch: head.label,
    ...endingOf(pull, closerIn(events)),
    ...(reopened !== undefined && { reopened }),
    comments: comments.slice(-MOST_WORDS).map((one) => ({
      id: `${one.id}`,
      author: toActor(one.user),
      body: one.body,
      at: toInstant(one.created_at) ?? one.created_at,
    })),
    labelEvents: events.flatMap(toLabelEvent).slice(-MOST_WORDS),
  };
}

function toLabelEvent({ id, type, body, label, user, created_at: at }: TimelineEvent): LabelEvent[] {
  if (type !== "label" || label === null || label === undefined) return [];
  return [{ id: `${id}`, name: label.name, added: body === "1", by: toActor(user), at: toInstant(at) ?? at }];
}

const PERMISSION = z.object({ permission: z.string() });
const WRITING: ReadonlySet<string> = new Set(["write", "admin", "owner"]);

/** Whether somebody may write. The API tells that to administrators of the repository alone; to others it is `forbidden`. */
export async function mayWrite(
  forgejo: Forgejo,
  repository: RepositoryName,
  login: string,
): Promise<boolean | Failure> {
  const path = `${pathOf(repository)}/collaborators/${encodeURIComponent(login)}/permission`;
  const answer = await forgejo.read(path, PERMISSION);
  if (isFailure(answer)) return answer.code === "not-found" ? false : answer;
  return WRITING.has(answer.permission);
}

/** Every open pull request with the paths it changes. A `not-checked` failure when there are too many. */
export async function listOpen(
  forgejo: Forgejo,
  repository: RepositoryName,
): Promise<readonly OpenPullRequest[] | Failure> {
  const path = `${pathOf(repository)}/pulls`;
  const open = await forgejo.readPages(`${path}?state=open`, PULL, PAGES_OF_PULLS);
  if (isFailure(open)) return open;
  const { owner, name } = repository;
  if (!open.complete)
    return new Failure("not-checked", `${owner}/${name} has more than ${open.rows.length} open pull requests.`);
  const read = await Promise.all(open.rows.map((pull) => toOpen(forgejo, path, pull)));
  return read.find(isFailure) ?? (read as OpenPullRequest[]);
}

async function toOpen(forgejo: Forgejo, path: string, pull: Pull): Promise<OpenPullRequest | Failure> {
  const files = await forgejo.readPages(`${path}/${pull.number}/files`, z.object({ filename: z.string() }), 2);
  if (isFailure(files)) return files;
  return {
    id: idOf(pull),
    number: pull.number,
    url: pull.html_url,
    author: toActor(pull.user),
    headBranch: pull.head.label,
    paths: files.rows.map(({ filename }) => filename),
  };
}

/** Lines that a pull request removes, by path. */
export async function readRemovedLines(
  forgejo: Forgejo,
  repository: RepositoryName,
  number: number,
): Promise<ReadonlyMap<string, readonly string[]> | Failure> {
  const diff = await forgejo.readText(`${pathOf(repository)}/pulls/${number}.diff`);
  return isFailure(diff) ? diff : removedLinesOf(diff);
}
