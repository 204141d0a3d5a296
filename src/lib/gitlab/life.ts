import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { LabelEvent, OpenPullRequest, PullRequestLife } from "../forge/pull-request.ts";
import { removedLinesIn } from "../unified-diff.ts";
import { type GitLab, pathOf, USER } from "./client.ts";
import {
  endingOf,
  findMergeRequest,
  idOf,
  MERGE_REQUEST,
  type MergeRequest,
  pathOfId,
  stateOf,
} from "./merge-request.ts";

/** Of comments and events the newest ones. */
const MOST_WORDS = 30;
const PAGES_OF_EVENTS = 10;
const PAGES_OF_REQUESTS = 5;
const PAGES_OF_DIFFS = 5;

/** A note (https://docs.gitlab.com/api/notes/); GitLab's own about what happened are `system`. */
const NOTE = z.object({
  id: z.number(),
  author: USER.nullish(),
  body: z.string(),
  created_at: z.string(),
  system: z.boolean(),
});

/** https://docs.gitlab.com/api/resource_label_events/; a label that was deleted since has no name. */
const LABEL_EVENT = z.object({
  id: z.number(),
  user: USER.nullish(),
  created_at: z.string(),
  label: z.object({ name: z.string() }).nullish(),
  action: z.string(),
});

/** https://docs.gitlab.com/api/resource_state_events/ */
const STATE_EVENT = z.object({ user: USER.nullish(), created_at: z.string(), state: z.string() });

/** A file of a merge request with its hunks, which very long ones lack (https://docs.gitlab.com/api/merge_requests/#list-merge-request-diffs). */
const DIFF = z.object({ old_path: z.string(), new_path: z.string(), diff: z.string().catch("") });

/** What became of merge requests, by id. One that is gone is left out: nothing is concluded from that. */
export async function readLives(
  gitlab: GitLab,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PullRequestLife> | Failure> {
  const read = await Promise.all(ids.map((id) => readLife(gitlab, id)));
  const failure = read.find(isFailure);
  if (failure !== undefined) return failure;
  return new Map(read.flatMap((life) => (life === undefined || isFailure(life) ? [] : [[life.id, life]])));
}

async function readLife(gitlab: GitLab, id: string): Promise<PullRequestLife | undefined | Failure> {
  const request = await findMergeRequest(gitlab, id);
  if (isFailure(request) || request === undefined) return request;
  const ending = await endingOf(gitlab, request);
  if (isFailure(ending)) return ending;
  const comments = await readComments(gitlab, id);
  if (isFailure(comments)) return comments;
  const labelEvents = await readLabelEvents(gitlab, id);
  if (isFailure(labelEvents)) return labelEvents;
  const reopened = stateOf(request) === "OPEN" ? await readReopening(gitlab, id) : {};
  if (isFailure(reopened)) return reopened;
  const { iid: number, web_url: url, sha, source_branch: headBranch } = request;
  const told = { ...ending, ...reopened, comments, labelEvents };
  return { id, number, url, state: stateOf(request), headOid: sha ?? "", headBranch, ...told };
}

/** Who opened it again last. */
async function readReopening(gitlab: GitLab, id: string): Promise<Pick<PullRequestLife, "reopened"> | Failure> {
  const events = await gitlab.readPages(`${pathOfId(id)}/resource_state_events`, STATE_EVENT, PAGES_OF_EVENTS);
  if (isFailure(events)) return events;
  const last = events.rows.findLast(({ state }) => state === "reopened");
  if (last === undefined) return {};
  const by = await gitlab.actorOf(last.user);
  return isFailure(by) ? by : { reopened: { by, at: toInstant(last.created_at) ?? last.created_at } };
}

async function readComments(gitlab: GitLab, id: string): Promise<PullRequestLife["comments"] | Failure> {
  const query = "?sort=desc&order_by=created_at&activity_filter=only_comments";
  const notes = await gitlab.readPages(`${pathOfId(id)}/notes${query}`, NOTE, 1);
  if (isFailure(notes)) return notes;
  const newest = notes.rows.filter(({ system }) => !system).slice(0, MOST_WORDS);
  const read = await Promise.all(
    newest.reverse().map(async ({ id: note, author, body, created_at: at }) => {
      const actor = await gitlab.actorOf(author);
      return isFailure(actor) ? actor : { id: `${note}`, author: actor, body, at: toInstant(at) ?? at };
    }),
  );
  return read.find(isFailure) ?? (read as PullRequestLife["comments"]);
}

async function readLabelEvents(gitlab: GitLab, id: string): Promise<LabelEvent[] | Failure> {
  const events = await gitlab.readPages(`${pathOfId(id)}/resource_label_events`, LABEL_EVENT, PAGES_OF_EVENTS);
  if (isFailure(events)) return events;
  const newest = events.rows.filter(({ label }) => label !== null && label !== undefined).slice(-MOST_WORDS);
  const read = await Promise.all(
    newest.map(async ({ id: event, user, created_at: at, label, action }) => {
      const by = await gitlab.actorOf(user);
      if (isFailure(by)) return by;
      return { id: `${event}`, name: label?.name ?? "", added: action === "add", by, at: toInstant(at) ?? at };
    }),
  );
  return read.find(isFailure) ?? (read as LabelEvent[]);
}

/** Every open merge request with the paths it changes. A `not-checked` failure when there are too many. */
export async function listOpen(
  gitlab: GitLab,
  repository: RepositoryName,
): Promise<readonly OpenPullRequest[] | Failure> {
  const query = "?state=opened&scope=all";
  const open = await gitlab.readPages(`${pathOf(repository)}/merge_requests${query}`, MERGE_REQUEST, PAGES_OF_REQUESTS);
  if (isFailure(open)) return open;
  const { owner, name } = repository;
  if (!open.complete)
    return new Failure("not-checked", `${owner}/${name} has more than ${open.rows.length} open merge requests.`);
  const read = await Promise.all(open.rows.map((request) => toOpen(gitlab, request)));
  return read.find(isFailure) ?? (read as OpenPullRequest[]);
}

async function toOpen(gitlab: GitLab, request: MergeRequest): Promise<OpenPullRequest | Failure> {
  const { iid, project_id: project, web_url: url, source_branch: headBranch } = request;
  const diffs = await readDiffs(gitlab, `/projects/${project}/merge_requests/${iid}`, 1);
  if (isFailure(diffs)) return diffs;
  const author = await gitlab.actorOf(request.author);
  if (isFailure(author)) return author;
  return { id: idOf(request), number: iid, url, author, headBranch, paths: diffs.map((one) => one.new_path) };
}

/** Lines that a merge request removes, by path. */
export async function readRemovedLines(
  gitlab: GitLab,
  repository: RepositoryName,
  number: number,
): Promise<ReadonlyMap<string, readonly string[]> | Failure> {
  const diffs = await readDiffs(gitlab, `${pathOf(repository)}/merge_requests/${number}`, PAGES_OF_DIFFS);
  return isFailure(diffs) ? diffs : new Map(diffs.map((one) => [one.old_path, removedLinesIn(one.diff)]));
}

async function readDiffs(gitlab: GitLab, path: string, most: number) {
  const diffs = await gitlab.readPages(`${path}/diffs`, DIFF, most);
  return isFailure(diffs) ? diffs : diffs.rows;
}
