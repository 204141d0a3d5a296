import type { Asker } from "./change-refs.ts";
import { inaccessible, mustBeAllowed } from "./credentials.ts";
import { refusal } from "./refusal.ts";
import { fullName, isAncestor, type Label, type PullRequest, type Repository } from "./world.ts";

/** GitHub refuses longer bodies and comments. */
const LONGEST_BODY = 65_536;

/** Opens a pull request between branches of one repository; refused for a duplicate, a long body, or nothing to merge. */
export function openPullRequest(
  asker: Asker,
  repository: Repository,
  given: {
    readonly title: string;
    readonly body: string;
    readonly base: string;
    readonly head: string;
    readonly draft: boolean;
  },
): PullRequest {
  mustBeAllowed(asker.credential, repository, "pull_requests");
  const head = given.head.includes(":") ? given.head.slice(given.head.indexOf(":") + 1) : given.head;
  const headRefOid = repository.refs.get(`refs/heads/${head}`);
  const base = repository.refs.get(`refs/heads/${given.base}`);
  if (headRefOid === undefined || base === undefined) {
    throw invalid(`${headRefOid === undefined ? "Head" : "Base"} sha can't be blank`);
  }
  mustBeShort(given.body);
  if (isAncestor(repository, headRefOid, base)) throw invalid(`No commits between ${given.base} and ${head}`);
  if (
    repository.pullRequests.some(
      (one) =>
        one.state === "OPEN" &&
        one.headRefName === head &&
        one.baseRefName === given.base &&
        one.headRepository === fullName(repository),
    )
  ) {
    throw invalid(`A pull request already exists for ${repository.owner}:${head}.`);
  }
  const at = asker.world.clock();
  const pull: PullRequest = {
    number: repository.pullRequests.reduce((highest, one) => Math.max(highest, one.number), 0) + 1,
    title: given.title,
    body: given.body,
    state: "OPEN",
    draft: given.draft,
    author: asker.credential?.login ?? "nobody",
    baseRefName: given.base,
    headRefName: head,
    headRepository: fullName(repository),
    headRefOid,
    createdAt: at,
    updatedAt: at,
    mergeable: "MERGEABLE",
    mergeabilityAsked: false,
    approvals: [],
    labels: [],
    labelEvents: [],
    reviewers: [],
    assignees: [],
    comments: [],
  };
  repository.pullRequests.push(pull);
  return pull;
}

/** Changes title, body, base or state. A merged pull request cannot be opened again, nor one whose branch is gone. */
export function updatePullRequest(
  asker: Asker,
  repository: Repository,
  pull: PullRequest,
  given: { readonly [Name in "title" | "body" | "base" | "state"]?: string | undefined },
): void {
  mustBeAllowed(asker.credential, repository, "pull_requests");
  mustBeShort(given.body ?? "");
  const at = asker.world.clock();
  if (given.state?.toUpperCase() === "CLOSED" && pull.state === "OPEN") {
    Object.assign(pull, { state: "CLOSED", closedAt: at, closedBy: asker.credential?.login ?? "nobody" });
  }
  if (given.state?.toUpperCase() === "OPEN" && pull.state !== "OPEN") {
    const gone = !repository.refs.has(`refs/heads/${pull.headRefName}`);
    if (pull.state === "MERGED" || gone) throw invalid("state cannot be changed. The pull request cannot be reopened.");
    pull.state = "OPEN";
    pull.reopened = { by: asker.credential?.login ?? "nobody", at };
    delete pull.closedAt;
    delete pull.closedBy;
  }
  pull.title = given.title ?? pull.title;
  pull.body = given.body ?? pull.body;
  pull.baseRefName = given.base ?? pull.baseRefName;
  pull.updatedAt = at;
}

/** Adds a comment in the name of the credential. */
export function comment(
  asker: Asker,
  repository: Repository,
  pull: PullRequest,
  body: string,
): PullRequest["comments"][number] {
  mustBeAllowed(asker.credential, repository, "pull_requests");
  mustBeShort(body);
  const added = {
    id: asker.world.nextId++,
    author: asker.credential?.login ?? "nobody",
    body,
    createdAt: asker.world.clock(),
  };
  pull.comments.push(added);
  return added;
}

/** Adds labels by name, once each. */
export function label(asker: Asker, repository: Repository, pull: PullRequest, names: readonly string[]): void {
  const may = asker.credential?.permissions.issues === "write" ? "issues" : "pull_requests";
  mustBeAllowed(asker.credential, repository, may);
  const added = [...new Set(names.filter((name) => !pull.labels.includes(name)))];
  pull.labels.push(...added);
  const [by, at] = [asker.credential?.login ?? "nobody", asker.world.clock()];
  pull.labelEvents.push(...added.map((name) => ({ name, added: true, by, at })));
}

/** Makes a label; refused when one of that name exists. */
export function createLabel(asker: Asker, repository: Repository, given: Omit<Label, "databaseId">): Label {
  mustBeAllowed(asker.credential, repository, "issues");
  if (repository.labels.some(({ name }) => name.toLowerCase() === given.name.toLowerCase())) {
    throw refusal("UNPROCESSABLE", "Name has already been taken", { resource: "Label" });
  }
  const made = { databaseId: asker.world.nextId++, ...given };
  repository.labels.push(made);
  return made;
}

/** Asks for reviews. Without `union` the set is replaced; the author cannot be asked. */
export function requestReviews(
  asker: Asker,
  repository: Repository,
  pull: PullRequest,
  given: { readonly logins: readonly string[]; readonly union: boolean },
): void {
  mustBeAllowed(asker.credential, repository, "pull_requests");
  if (asker.credential === undefined) throw refusal("FORBIDDEN", inaccessible(undefined));
  if (given.logins.includes(pull.author)) throw invalid("Review cannot be requested from pull request author.");
  const kept = given.union ? pull.reviewers : [];
  pull.reviewers.splice(0, pull.reviewers.length, ...new Set([...kept, ...given.logins]));
}

/** Lets a pull request be merged when its checks pass; refused where the repository does not allow that. */
export function enableAutoMerge(
  asker: Asker,
  repository: Repository,
  pull: PullRequest,
  method: "MERGE" | "SQUASH" | "REBASE",
): void {
  mustBeAllowed(asker.credential, repository, "pull_requests");
  if (!repository.autoMergeAllowed) throw invalid("Auto merge is not allowed for this repository");
  if (!repository.protectedBranches.includes(pull.baseRefName))
    throw invalid("Protected branch rules not configured for this branch");
  pull.autoMerge = method;
}

function mustBeShort(body: string): void {
  if (body.length > LONGEST_BODY) throw invalid(`Body is too long (maximum is ${LONGEST_BODY} characters)`);
}

function invalid(message: string) {
  return refusal("UNPROCESSABLE", message, { resource: "PullRequest" });
}
