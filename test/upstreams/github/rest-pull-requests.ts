import {
  comment,
  createLabel,
  label,
  openPullRequest,
  requestReviews,
  updatePullRequest,
} from "./change-pull-requests.ts";
import { changedFiles } from "./changed-files.ts";
import { mustBeAllowed, mustBeAllowedToRead } from "./credentials.ts";
import { nodeId } from "./handles.ts";
import { refusal } from "./refusal.ts";
import { type Call, onRepository, page, type Route } from "./rest-router.ts";
import { fullName, type PullRequest, type Repository } from "./world.ts";

/** Pull requests, their labels, comments and reviewers. */
export const PULL_REQUEST_ROUTES: readonly Route[] = [
  onRepository("GET", "/pulls", (call, repository) => {
    mustBeAllowedToRead(call.credential, repository, "pull_requests");
    return page(
      call,
      listed(call, repository).map((pull) => pullRequestJson(call, repository, pull)),
    );
  }),
  onRepository("GET", "/pulls/:number", (call, repository) => shown(call, repository, find(call, repository))),
  onRepository("GET", "/pulls/:number/files", (call, repository) =>
    page(
      call,
      changedFiles(repository, find(call, repository)).map(({ path, patch }) => ({ filename: path, patch })),
    ),
  ),
  onRepository("POST", "/pulls", (call, repository) => {
    const pull = openPullRequest(call, repository, {
      title: text(call, "title") ?? "",
      body: text(call, "body") ?? "",
      base: text(call, "base") ?? "",
      head: text(call, "head") ?? "",
      draft: call.body.draft === true,
    });
    return { ...shown(call, repository, pull), status: 201 };
  }),
  onRepository("PATCH", "/pulls/:number", (call, repository) => {
    const pull = find(call, repository);
    const [title, body, base, state] = ["title", "body", "base", "state"].map((field) => text(call, field));
    updatePullRequest(call, repository, pull, { title, body, base, state });
    return shown(call, repository, pull);
  }),
  onRepository("POST", "/pulls/:number/requested_reviewers", (call, repository) => {
    const pull = find(call, repository);
    requestReviews(call, repository, pull, { logins: texts(call, "reviewers"), union: true });
    return { ...shown(call, repository, pull), status: 201 };
  }),
  onRepository("POST", "/issues/:number/assignees", (call, repository) => {
    const pull = find(call, repository);
    mustBeAllowed(call.credential, repository, "pull_requests");
    // people who may not be assigned are left out without a word
    const known = texts(call, "assignees").filter((login) => repository.collaborators[login] !== undefined);
    pull.assignees.push(...known.filter((login) => !pull.assignees.includes(login)));
    return { status: 201, body: { number: pull.number, assignees: pull.assignees.map((login) => ({ login })) } };
  }),
  onRepository("PATCH", "/issues/:number", (call, repository) => {
    const pull = find(call, repository);
    mustBeAllowed(call.credential, repository, "pull_requests");
    if (typeof call.body.milestone === "number") pull.milestone = call.body.milestone;
    return { body: { number: pull.number } };
  }),
  onRepository("POST", "/issues/:number/labels", (call, repository) => {
    const pull = find(call, repository);
    const names = texts(call, "labels");
    const known = new Set(repository.labels.map(({ name }) => name));
    // REST makes the labels it does not know.
    for (const name of names)
      if (!known.has(name)) createLabel(call, repository, { name, color: "ededed", description: "" });
    label(call, repository, pull, names);
    return { body: pull.labels.map((name) => ({ name })) };
  }),
  onRepository("POST", "/issues/:number/comments", (call, repository) => {
    const { author, body } = comment(call, repository, find(call, repository), text(call, "body") ?? "");
    return { status: 201, body: { body, user: { login: author } } };
  }),
];

function listed({ request }: Call, repository: Repository): PullRequest[] {
  const [state, head, base] = ["state", "head", "base"].map((name) => request.query.get(name));
  return repository.pullRequests
    .filter((pull) => state === "all" || (pull.state === "OPEN") === ((state ?? "open") === "open"))
    .filter((pull) => head === null || `${pull.headRepository.split("/")[0]}:${pull.headRefName}` === head)
    .filter((pull) => base === null || pull.baseRefName === base)
    .reverse();
}

function find(call: Call, repository: Repository): PullRequest {
  const pull = repository.pullRequests.find(({ number }) => String(number) === call.part("number"));
  if (pull === undefined) throw refusal("NOT_FOUND", "Not Found");
  return pull;
}

function shown(call: Call, repository: Repository, pull: PullRequest) {
  return { body: pullRequestJson(call, repository, pull) };
}

function pullRequestJson({ url }: Call, repository: Repository, pull: PullRequest) {
  return {
    number: pull.number,
    node_id: nodeId("PR", repository, pull.number),
    html_url: `${url}/${fullName(repository)}/pull/${pull.number}`,
    state: pull.state === "OPEN" ? "open" : "closed",
    merged: pull.state === "MERGED",
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    user: { login: pull.author },
    labels: pull.labels.map((name) => ({ name })),
    requested_reviewers: pull.reviewers.map((login) => ({ login })),
    head: { ref: pull.headRefName, sha: pull.headRefOid, repo: { full_name: pull.headRepository } },
    base: {
      ref: pull.baseRefName,
      sha: repository.refs.get(`refs/heads/${pull.baseRefName}`),
      repo: { full_name: fullName(repository) },
    },
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    merged_at: pull.mergedAt ?? null,
  };
}

function text({ body }: Call, field: string): string | undefined {
  const value = body[field];
  return typeof value === "string" ? value : undefined;
}

function texts({ body }: Call, field: string): string[] {
  const value = body[field];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
