import { z } from "zod";
import { Failure, isFailure } from "../../failure.ts";
import type { RepositoryName } from "../../forge/branch.ts";
import type { LabelEvent, OpenPullRequest, PullRequestLife } from "../../forge/pull-request.ts";
import { removedLinesIn } from "../../unified-diff.ts";
import type { GitHub } from "../client.ts";
import {
  ACTOR,
  CLOSERS,
  ENDING_FIELDS,
  endingOf,
  REOPENING_FIELDS,
  REOPENINGS,
  reopeningOf,
  toActor,
} from "./ending.ts";
import { firstError } from "./write.ts";

/** Node ids in one query: comments make each of them dear. */
const IDS_PER_QUERY = 25;

/** Open pull requests that are looked at when somebody else's may change the same pin. */
const OPEN_PER_PAGE = 50;
const MOST_PAGES = 10;

/** What became of pull requests, by node id. One that is gone is left out: nothing is concluded from that. */
export async function readPullRequestLives(
  github: GitHub,
  repository: RepositoryName,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PullRequestLife> | Failure> {
  const found = new Map<string, PullRequestLife>();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const answer = await github.graphql(LIVES, { ids: ids.slice(start, start + IDS_PER_QUERY) }, repository);
    if (isFailure(answer)) return answer;
    const read = z.object({ nodes: z.array(LIFE.nullable().catch(null)) }).safeParse(answer.data);
    if (!read.success) return firstError(answer, "read pull requests") ?? new Failure("unreadable", NOT_UNDERSTOOD);
    for (const node of read.data.nodes) if (node !== null) found.set(node.id, toLife(node));
  }
  return found;
}

/** Every open pull request of a repository with the paths it changes. A `not-checked` failure when there are too many. */
export async function listOpenPullRequests(
  github: GitHub,
  repository: RepositoryName,
): Promise<readonly OpenPullRequest[] | Failure> {
  const found: OpenPullRequest[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await github.graphql(OPEN, { ...repository, after }, repository);
    if (isFailure(answer)) return answer;
    const read = OPEN_PAGE.safeParse(answer.data);
    if (!read.success) return firstError(answer, "list pull requests") ?? new Failure("unreadable", NOT_UNDERSTOOD);
    const { nodes, pageInfo } = read.data.repository.pullRequests;
    found.push(...nodes.map(toOpen));
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
  const { owner, name } = repository;
  return new Failure("not-checked", `${owner}/${name} has more than ${found.length} open pull requests.`);
}

/** Lines that a pull request removes, by path (https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files). */
export async function readRemovedLines(
  github: GitHub,
  { owner, name }: RepositoryName,
  number: number,
): Promise<ReadonlyMap<string, readonly string[]> | Failure> {
  const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/pulls/${number}/files?per_page=100`;
  const answer = await github.rest("GET", path);
  if (isFailure(answer)) return answer;
  const read = z.array(z.object({ filename: z.string(), patch: z.string().optional() })).safeParse(answer.data);
  if (!read.success) return new Failure("unreadable", NOT_UNDERSTOOD);
  return new Map(read.data.map(({ filename, patch = "" }) => [filename, removedLinesIn(patch)]));
}

/** Whether somebody may write (https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user). */
export async function mayWrite(
  github: GitHub,
  { owner, name }: RepositoryName,
  login: string,
): Promise<boolean | Failure> {
  const names = [owner, name].map(encodeURIComponent).join("/");
  const answer = await github.rest("GET", `/repos/${names}/collaborators/${encodeURIComponent(login)}/permission`);
  if (isFailure(answer)) return answer.code === "not-found" ? false : answer;
  const read = z.object({ permission: z.string() }).safeParse(answer.data);
  if (!read.success) return new Failure("unreadable", NOT_UNDERSTOOD);
  return read.data.permission === "write" || read.data.permission === "admin";
}

const NOT_UNDERSTOOD = "GitHub's answer about pull requests is not understood";

const LABEL_EVENT = z.object({
  __typename: z.enum(["LabeledEvent", "UnlabeledEvent"]),
  id: z.string(),
  actor: ACTOR,
  createdAt: z.string(),
  label: z.object({ name: z.string() }),
});

const LIFE = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  headRefOid: z.string(),
  headRefName: z.string(),
  closedAt: z.string().nullable(),
  mergedBy: ACTOR,
  timelineItems: CLOSERS,
  reopenings: REOPENINGS,
  comments: z.object({
    nodes: z.array(z.object({ id: z.string(), author: ACTOR, body: z.string(), createdAt: z.string() })),
  }),
  labelEvents: z.object({ nodes: z.array(LABEL_EVENT.nullable().catch(null)) }),
});

const OPEN_PAGE = z.object({
  repository: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(
        z.object({
          id: z.string(),
          number: z.number(),
          url: z.string(),
          headRefName: z.string(),
          author: ACTOR,
          files: z.object({ nodes: z.array(z.object({ path: z.string() })) }).nullable(),
        }),
      ),
    }),
  }),
});

function toLife({ headRefOid, headRefName, ...node }: z.output<typeof LIFE>): PullRequestLife {
  return {
    id: node.id,
    number: node.number,
    url: node.url,
    state: node.state,
    headOid: headRefOid,
    headBranch: headRefName,
    ...endingOf(node),
    ...reopeningOf(node),
    comments: node.comments.nodes.map(({ id, author, body, createdAt }) => ({
      id,
      author: toActor(author),
      body,
      at: new Date(createdAt).toISOString(),
    })),
    labelEvents: node.labelEvents.nodes.flatMap((event) => (event === null ? [] : [toLabelEvent(event)])),
  };
}

function toLabelEvent({ __typename, id, actor, createdAt, label }: z.output<typeof LABEL_EVENT>): LabelEvent {
  return {
    id,
    name: label.name,
    added: __typename === "LabeledEvent",
    by: toActor(actor),
    at: new Date(createdAt).toISOString(),
  };
}

function toOpen({
  files,
  author,
  headRefName,
  ...pull
}: z.output<typeof OPEN_PAGE>["repository"]["pullRequests"]["nodes"][number]): OpenPullRequest {
  return {
    ...pull,
    headBranch: headRefName,
    author: toActor(author),
    paths: files?.nodes.map(({ path }) => path) ?? [],
  };
}

const LIVES = `query Lives($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on PullRequest {
      id number url state headRefOid headRefName closedAt
      ${ENDING_FIELDS}
      ${REOPENING_FIELDS}
      comments(last: 30) { nodes { id author { __typename login } body createdAt } }
      labelEvents: timelineItems(last: 30, itemTypes: [LABELED_EVENT, UNLABELED_EVENT]) {
        nodes {
          __typename
          ... on LabeledEvent { id actor { __typename login } createdAt label { name } }
          ... on UnlabeledEvent { id actor { __typename login } createdAt label { name } }
        }
      }
    }
  }
}`;

const OPEN = `query OpenPullRequests($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], first: ${OPEN_PER_PAGE}, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { id number url headRefName author { __typename login } files(first: 100) { nodes { path } } }
    }
  }
}`;
