import { addLabel } from "../github/builders.ts";
import { comment, label, openPullRequest, updatePullRequest } from "../github/change-pull-requests.ts";
import { changedFiles } from "../github/changed-files.ts";
import { accountNumber } from "../github/commits.ts";
import { fullName, history, type PullRequest } from "../github/world.ts";
import type { Answer } from "../stand-in.ts";
import { levelOf, logins, type OnProject, page, Refused, said, user } from "./call.ts";
import { pipelineOf } from "./repository.ts";

export function listRequests(call: OnProject): Answer {
  const { repository, request } = call;
  const { query } = request;
  const [state, branch, author] = ["state", "source_branch", "author_id"].map((name) => query.get(name));
  const rows = repository.pullRequests
    .filter((pull) => state === null || state === "all" || STATES[pull.state] === state)
    .filter((pull) => branch === null || pull.headRefName === branch)
    .filter((pull) => author === null || `${accountNumber(pull.author)}` === author);
  return page(
    call,
    rows.toReversed().map((pull) => requestJson(call, pull)),
  );
}

export function openRequest(call: OnProject): Answer {
  const { repository, body: given } = call;
  mustBeDeveloper(call);
  const {
    title = "",
    description: body = "",
    source_branch: head = "",
    target_branch: base = "",
  } = given as Record<string, string>;
  if (title.length > 255) return said(400, { title: ["is too long (maximum is 255 characters)"] });
  const twin = repository.pullRequests.find((one) => one.state === "OPEN" && one.headRefName === head);
  if (twin !== undefined)
    return said(409, [`Another open merge request already exists for this source branch: !${twin.number}`]);
  const pull = openPullRequest(call, repository, { title, body, base, head, draft: /^draft:/i.test(title) });
  return { status: 201, body: requestJson(call, pull) };
}

export function showRequest(call: OnProject): Answer {
  const pull = find(call);
  const pipeline = pipelineOf(call, pull.headRefOid);
  const status = pipeline === null ? "checking" : "ci_still_running";
  // what was pushed is seen by the merge request when its pipeline is
  const seen = pipeline === null ? { sha: null } : {};
  return { body: { ...requestJson(call, pull), ...seen, detailed_merge_status: status, head_pipeline: pipeline } };
}

type Given = {
  readonly title?: string;
  readonly description?: string;
  readonly target_branch?: string;
  readonly state_event?: "close" | "reopen";
  readonly add_labels?: string;
  readonly reviewer_ids?: readonly number[];
  readonly assignee_ids?: readonly number[];
  readonly milestone_id?: number;
};

export function changeRequest(call: OnProject): Answer {
  const { world, repository, options } = call;
  mustBeDeveloper(call);
  const given = call.body as Given;
  const pull = find(call);
  if ((given.title ?? "").length > 255) return said(400, { title: ["is too long (maximum is 255 characters)"] });
  const state = given.state_event === undefined ? undefined : { close: "closed", reopen: "open" }[given.state_event];
  updatePullRequest(call, repository, pull, {
    ...{ title: given.title, body: given.description, base: given.target_branch, state },
  });
  const names = given.add_labels?.split(",") ?? [];
  for (const name of names) if (!repository.labels.some((one) => one.name === name)) addLabel(world, repository, name);
  if (names.length > 0) label(call, repository, pull, names);
  for (const [field, people] of [
    ["reviewer_ids", pull.reviewers],
    ["assignee_ids", pull.assignees],
  ] as const) {
    const known = logins(world);
    const wanted = given[field]?.flatMap((id) => known.filter((login) => accountNumber(login) === id)) ?? [];
    const kept = options.plan === "free" ? wanted.slice(0, 1) : wanted;
    if (given[field] !== undefined) people.splice(0, people.length, ...kept);
  }
  if (given.milestone_id !== undefined) pull.milestone = given.milestone_id - 1000;
  return { body: requestJson(call, pull) };
}

/** Without a plan to wait for anything GitLab merges at once: `mergedAt` is set then. */
export function mergeRequest(call: OnProject): Answer {
  const { repository, body, credential, options } = call;
  const pull = find(call);
  if (levelOf(repository, credential?.login) < 40) return said(401, "401 Unauthorized");
  if (body.sha !== pull.headRefOid) return said(409, `SHA does not match HEAD of source branch: ${pull.headRefOid}`);
  if (pipelineOf(call, pull.headRefOid) === null) return said(405, "405 Method Not Allowed");
  if (body.auto_merge !== true || body.merge_when_pipeline_succeeds !== true || options.source === "external")
    Object.assign(pull, { state: "MERGED", mergedAt: call.world.clock(), mergedBy: credential?.login });
  else pull.autoMerge = body.squash === true ? "SQUASH" : "MERGE";
  return { body: requestJson(call, pull) };
}

export function listRequestCommits(call: OnProject): Answer {
  const { repository } = call;
  const pull = find(call);
  const base = history(repository, repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? "");
  const known = new Set(base.map(({ oid }) => oid));
  const own = history(repository, pull.headRefOid).filter(({ oid }) => !known.has(oid));
  return page(
    call,
    own.map(({ oid }) => ({ id: oid })),
  );
}

export function listDiffs(call: OnProject): Answer {
  const rows = changedFiles(call.repository, find(call)).map(({ path, patch }) => ({
    ...{ old_path: path, new_path: path, a_mode: "100644", b_mode: "100644", diff: `${patch}\n` },
    ...{ new_file: false, renamed_file: false, deleted_file: false },
  }));
  return page(call, rows);
}

/** What people wrote, and what GitLab notes of what happened. */
export function listNotes(call: OnProject): Answer {
  const { request, options } = call;
  const pull = find(call);
  const system = {
    id: pull.number,
    author: user(call, pull.author),
    body: "added 1 commit",
    created_at: pull.createdAt,
    system: true,
  };
  const notes = pull.comments.map((one) => noteJson(call, one));
  const only = request.query.get("activity_filter") === "only_comments" && options.filtersNotes !== false;
  const all = [...(only ? [] : [system]), ...notes];
  return page(call, request.query.get("sort") === "asc" ? all : all.reverse());
}

export function addNote(call: OnProject): Answer {
  return { status: 201, body: noteJson(call, comment(call, call.repository, find(call), `${call.body.body}`)) };
}

export function listLabelEvents(call: OnProject): Answer {
  const pull = find(call);
  const rows = pull.labelEvents.map(({ name, added, by, at }, index) => ({
    ...{ id: pull.number * 1000 + index, user: user(call, by), created_at: at, resource_type: "MergeRequest" },
    ...{ label: { id: 1, name, color: "#ededed", description: null }, action: added ? "add" : "remove" },
  }));
  return page(call, rows);
}

/** Of a close and of opening it again the last one. */
export function listStateEvents(call: OnProject): Answer {
  const { number, closedBy, closedAt, reopened } = find(call);
  const event = (id: number, state: string, login: string, created_at: string) => {
    return { id, user: user(call, login), created_at, resource_type: "MergeRequest", state };
  };
  const closed = closedBy === undefined ? [] : [event(number * 2, "closed", closedBy, closedAt ?? "")];
  const again = reopened === undefined ? [] : [event(number * 2 + 1, "reopened", reopened.by, reopened.at)];
  return page(call, [...again, ...closed]);
}

const STATES = { OPEN: "opened", CLOSED: "closed", MERGED: "merged" } as const;

function requestJson(call: OnProject, pull: PullRequest) {
  const { repository, web } = call;
  const who = (login: string | undefined) => (login === undefined ? null : user(call, login));
  const isOwn = pull.headRepository === fullName(repository);
  const isMerged = pull.state === "MERGED";
  return {
    ...{ id: repository.databaseId * 1000 + pull.number, iid: pull.number, project_id: repository.databaseId },
    ...{ title: pull.title, description: pull.body, draft: /^draft:/i.test(pull.title), state: STATES[pull.state] },
    web_url: `${web}/${fullName(repository)}/-/merge_requests/${pull.number}`,
    author: user(call, pull.author),
    ...{ source_branch: pull.headRefName, target_branch: pull.baseRefName, sha: pull.headRefOid },
    source_project_id: isOwn ? repository.databaseId : -1,
    target_project_id: repository.databaseId,
    ...{ labels: pull.labels, reviewers: pull.reviewers.map(who), assignees: pull.assignees.map(who) },
    ...{ merged_by: who(pull.mergedBy), merge_user: who(pull.mergedBy), merged_at: pull.mergedAt ?? null },
    closed_by: isMerged ? null : who(pull.closedBy),
    closed_at: isMerged ? null : (pull.closedAt ?? null),
    ...{ user_notes_count: pull.comments.length, created_at: pull.createdAt, updated_at: pull.updatedAt },
  };
}

function noteJson(call: OnProject, { id, author, body, createdAt }: PullRequest["comments"][number]) {
  const about = { type: null, system: false, internal: false, noteable_type: "MergeRequest" };
  return { id, body, author: user(call, author), created_at: createdAt, updated_at: createdAt, ...about };
}

function mustBeDeveloper({ repository, credential }: OnProject): void {
  if (levelOf(repository, credential?.login) < 30) throw new Refused(said(403, "403 Forbidden"));
}

function find({ repository, part }: OnProject): PullRequest {
  const pull = repository.pullRequests.find((one) => `${one.number}` === part("iid"));
  if (pull === undefined) throw new Refused(said(404, "404 Not found"));
  return pull;
}
