import { changedFiles } from "./changed-files.ts";
import { connection } from "./connection.ts";
import {
  actor,
  commitHandle,
  type Fields,
  type LabelHandle,
  nodeId,
  type PullRequestHandle,
  refHandle,
} from "./handles.ts";
import { findRepository, fullName, history, isAncestor, type PullRequest, type Repository } from "./world.ts";

/** `PullRequest`. */
export const PULL_REQUEST: Fields<PullRequestHandle> = {
  id: ({ repository, pull }) => nodeId("PR", repository, pull.number),
  number: ({ pull }) => pull.number,
  url: ({ repository, pull }, _, { web }) => `${web}/${fullName(repository)}/pull/${pull.number}`,
  title: ({ pull }) => pull.title,
  body: ({ pull }) => pull.body,
  state: ({ pull }) => pull.state,
  closed: ({ pull }) => pull.state !== "OPEN",
  merged: ({ pull }) => pull.state === "MERGED",
  isDraft: ({ pull }) => pull.draft,
  author: ({ pull }) => actor(pull.author),
  authorAssociation: ({ pull }) => (pull.author === "maintainer" ? "MEMBER" : "CONTRIBUTOR"),
  createdAt: ({ pull }) => pull.createdAt,
  updatedAt: ({ pull }) => pull.updatedAt,
  closedAt: ({ pull }) => pull.closedAt,
  mergedAt: ({ pull }) => pull.mergedAt,
  mergedBy: ({ pull }) => (pull.mergedBy === undefined ? null : actor(pull.mergedBy)),
  baseRefName: ({ pull }) => pull.baseRefName,
  baseRefOid: ({ repository, pull }) => repository.refs.get(`refs/heads/${pull.baseRefName}`),
  baseRef: ({ repository, pull }) => refHandle(repository, `refs/heads/${pull.baseRefName}`),
  headRefName: ({ pull }) => pull.headRefName,
  headRefOid: ({ pull }) => pull.headRefOid,
  headRef: ({ repository, pull }) =>
    pull.headRepository === fullName(repository) ? refHandle(repository, `refs/heads/${pull.headRefName}`) : null,
  headRepository: ({ pull }, _, { world }) => {
    const [owner = "", name = ""] = pull.headRepository.split("/");
    const repository = findRepository(world, owner, name);
    return repository === undefined ? null : { __typename: "Repository", repository };
  },
  headRepositoryOwner: ({ pull }) => actor(pull.headRepository.split("/")[0] ?? ""),
  isCrossRepository: ({ repository, pull }) => pull.headRepository !== fullName(repository),
  repository: ({ repository }) => ({ __typename: "Repository", repository }),
  mergeable: ({ pull }) => {
    if (pull.mergeabilityAsked) return pull.mergeable;
    pull.mergeabilityAsked = true;
    return "UNKNOWN";
  },
  mergeStateStatus: ({ repository, pull }) => {
    if (pull.mergeable === "CONFLICTING") return "DIRTY";
    if (repository.protectedBranches.includes(pull.baseRefName) && pull.reviewDecision !== "APPROVED") return "BLOCKED";
    return isBehind(repository, pull.headRefOid, pull.baseRefName) ? "BEHIND" : "CLEAN";
  },
  reviewDecision: ({ pull }) => pull.reviewDecision,
  reviews: ({ pull }, given) =>
    connection(pull.approvals, given, (login) => ({ state: "APPROVED", author: actor(login) })),
  reviewRequests: ({ pull }, given) =>
    connection(pull.reviewers, given, (login) => ({ requestedReviewer: actor(login) })),
  labels: ({ repository, pull }, given) =>
    connection(
      repository.labels.filter(({ name }) => pull.labels.includes(name)),
      given,
      (label) => ({ __typename: "Label", repository, label }),
    ),
  comments: ({ repository, pull }, given) =>
    connection(pull.comments, given, ({ id, author, body, createdAt }) => ({
      id: nodeId("IC", repository, id),
      author: actor(author),
      body,
      createdAt,
    })),
  files: ({ repository, pull }, given) => connection(changedFiles(repository, pull), given, ({ path }) => ({ path })),
  timelineItems: ({ pull }, given) => connection(timelineOf(pull, given.itemTypes), given, (event) => event),
  autoMergeRequest: ({ pull }) => (pull.autoMerge === undefined ? null : { mergeMethod: pull.autoMerge }),
  commits: ({ repository, pull }, given) => {
    const base = repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? "";
    const known = new Set(history(repository, base).map(({ oid }) => oid));
    const own = history(repository, pull.headRefOid).filter(({ oid }) => !known.has(oid));
    return connection(own.reverse(), given, ({ oid }) => ({ commit: commitHandle(repository, oid) }));
  },
};

/** `Label`. */
export const LABEL: Fields<LabelHandle> = {
  id: ({ repository, label }) => nodeId("LA", repository, label.databaseId),
  name: ({ label }) => label.name,
  color: ({ label }) => label.color,
  description: ({ label }) => label.description,
};

/** The events of the asked kinds; of closing and of opening again only the last one is kept. */
function timelineOf(pull: PullRequest, itemTypes: unknown): object[] {
  const asked = Array.isArray(itemTypes) ? itemTypes : [];
  const closed = pull.closedBy === undefined ? [] : [{ __typename: "ClosedEvent", actor: actor(pull.closedBy) }];
  const labelled = pull.labelEvents.map(({ name, added, by, at }, index) => ({
    __typename: added ? "LabeledEvent" : "UnlabeledEvent",
    id: `LE_${pull.number}_${index}`,
    actor: actor(by),
    createdAt: at,
    label: { label: { name } },
  }));
  const reopened =
    pull.reopened === undefined
      ? []
      : [{ __typename: "ReopenedEvent", actor: actor(pull.reopened.by), createdAt: pull.reopened.at }];
  return [
    ...(asked.includes("CLOSED_EVENT") ? closed : []),
    ...(asked.includes("REOPENED_EVENT") ? reopened : []),
    ...(asked.includes("LABELED_EVENT") ? labelled : []),
  ];
}

function isBehind(repository: Repository, head: string, base: string): boolean {
  const oid = repository.refs.get(`refs/heads/${base}`);
  return oid !== undefined && !isAncestor(repository, oid, head);
}
