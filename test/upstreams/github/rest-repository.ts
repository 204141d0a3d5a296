import { restError } from "./answers.ts";
import { covers, mustBeAllowed, mustBeAllowedToRead } from "./credentials.ts";
import { latestRelease, releasesOf } from "./fields-repository.ts";
import { getObject } from "./git-objects.ts";
import { entryAt } from "./git-trees.ts";
import { nodeId } from "./handles.ts";
import { commitJson } from "./rest-git.ts";
import { type Call, onRepository, page, type Route } from "./rest-router.ts";
import { fullName, history, type Release, type Repository, resolveCommit } from "./world.ts";

/** Repository, releases, tags, commits, contents. */
export const REPOSITORY_ROUTES: readonly Route[] = [
  onRepository("GET", "", (call, repository) => ({ body: repositoryJson(call, repository) })),
  onRepository("GET", "/releases", (call, repository) =>
    page(
      call,
      releasesOf(repository, { orderBy: { field: "CREATED_AT", direction: "DESC" } }, call).map((release) =>
        releaseJson(call, repository, release),
      ),
    ),
  ),
  onRepository("GET", "/releases/latest", (call, repository) => one(call, repository, latestRelease(repository))),
  onRepository("GET", "/releases/tags/:tag*", (call, repository) =>
    one(
      call,
      repository,
      releasesOf(repository, {}, call).find(({ tag }) => tag === call.part("tag")),
    ),
  ),
  onRepository("GET", "/tags", (call, repository) =>
    page(
      call,
      [...repository.refs.keys()]
        .filter((name) => name.startsWith("refs/tags/"))
        .map((name) => ({ name: name.slice("refs/tags/".length), commit: { sha: resolveCommit(repository, name) } })),
    ),
  ),
  onRepository("GET", "/commits", (call, repository) => {
    mustBeAllowedToRead(call.credential, repository, "contents");
    const from = resolveCommit(repository, call.request.query.get("sha") ?? "HEAD") ?? "";
    const since = call.request.query.get("since") ?? "";
    const commits = history(repository, from).filter(({ commit }) => commit.committer.date >= since);
    return page(
      call,
      commits.map(({ oid }) => listedCommit(repository, oid)),
    );
  }),
  onRepository("GET", "/commits/:ref/statuses", (call, repository) => {
    mustBeAllowedToRead(call.credential, repository, "statuses");
    const sha = resolveCommit(repository, call.part("ref"));
    return page(
      call,
      repository.statuses.filter((status) => status.sha === sha),
    );
  }),
  onRepository("GET", "/issues", (call, repository) => {
    mustBeAllowedToRead(call.credential, repository, "issues");
    return page(call, [...(repository.issues ?? [])]);
  }),
  onRepository("GET", "/commits/:ref*", (call, repository) => {
    const oid = resolveCommit(repository, call.part("ref"));
    if (oid === undefined) return restError(422, `No commit found for SHA: ${call.part("ref")}`);
    return { body: listedCommit(repository, oid) };
  }),
  onRepository("GET", "/compare/:basehead*", compare),
  onRepository("GET", "/contents/:path*", contents),
  onRepository("GET", "/collaborators/:login/permission", (call, repository) => {
    if (call.credential === undefined) return restError(401, "Requires authentication");
    const permission = repository.collaborators[call.part("login")] ?? "read";
    return { body: { permission, role_name: permission, user: { login: call.part("login") } } };
  }),
  onRepository("POST", "/statuses/:sha", (call, repository) => {
    mustBeAllowed(call.credential, repository, "statuses");
    const sha = call.part("sha");
    if (!repository.objects.has(sha)) return restError(422, `No commit found for SHA: ${sha}`);
    const [state = "", context = "default", description = ""] = ["state", "context", "description"].map((field) =>
      String(call.body[field] ?? ""),
    );
    if (description.length > 140) return restError(422, "description is too long (maximum is 140 characters)");
    repository.statuses.push({ sha, state, context, description });
    return { status: 201, body: { state, context, description } };
  }),
];

function one(call: Call, repository: Repository, release: Release | undefined) {
  return release === undefined ? restError(404, "Not Found") : { body: releaseJson(call, repository, release) };
}

/** `base...head` (https://docs.github.com/en/rest/commits/commits#compare-two-commits): where head stands, seen from base. */
function compare(call: Call, repository: Repository) {
  const [base, head] = call
    .part("basehead")
    .split("...")
    .map((ref) => resolveCommit(repository, ref));
  if (base === undefined || head === undefined) return restError(404, "Not Found");
  const behind = history(repository, base).some(({ oid }) => oid === head);
  const ahead = history(repository, head).some(({ oid }) => oid === base);
  const status = base === head ? "identical" : behind ? "behind" : ahead ? "ahead" : "diverged";
  return { body: { status } };
}

function contents(call: Call, repository: Repository) {
  const commit = resolveCommit(repository, call.request.query.get("ref") ?? "HEAD");
  const tree = getObject(repository.objects, commit, "commit")?.tree ?? "";
  const entry = entryAt(repository.objects, tree, call.part("path"));
  const bytes = getObject(repository.objects, entry?.sha, "blob")?.bytes;
  if (entry === undefined || bytes === undefined) return restError(404, "Not Found");
  if (call.request.headers.accept?.includes("raw") === true) {
    return { headers: { "content-type": "application/vnd.github.raw+json" }, body: bytes };
  }
  const { path, sha } = entry;
  return {
    body: { type: "file", path, sha, size: bytes.length, encoding: "base64", content: bytes.toString("base64") },
  };
}

function repositoryJson({ url, credential }: Call, repository: Repository) {
  const { owner, name, databaseId, visibility } = repository;
  // of a personal token GitHub says what its account may do, not what the token may
  const mayPush =
    credential?.kind === "app" ? credential.permissions.contents === "write" : credential?.role !== "read";
  const push = credential !== undefined && mayPush && covers(credential, repository);
  return {
    id: databaseId,
    node_id: nodeId("R", repository),
    name,
    full_name: fullName(repository),
    owner: { login: owner, type: repository.ownerType },
    html_url: `${url}/${fullName(repository)}`,
    description: repository.description ?? null,
    homepage: repository.homepage ?? null,
    private: visibility === "PRIVATE",
    visibility: visibility.toLowerCase(),
    fork: repository.fork,
    archived: repository.archivedAt !== undefined,
    disabled: repository.disabled,
    default_branch: repository.defaultBranch,
    stargazers_count: repository.stars,
    subscribers_count: repository.watchers,
    forks_count: repository.forks,
    open_issues_count: repository.openIssues,
    license: repository.licence === undefined ? null : { spdx_id: repository.licence },
    created_at: repository.createdAt,
    pushed_at: repository.pushedAt,
    ...(credential !== undefined && {
      permissions: { admin: false, push, pull: true },
    }),
  };
}

function releaseJson({ url }: Call, repository: Repository, release: Release) {
  const web = `${url}/${fullName(repository)}/releases`;
  return {
    id: release.databaseId,
    node_id: nodeId("RE", repository, release.databaseId),
    tag_name: release.tag,
    target_commitish: repository.defaultBranch,
    name: release.name,
    body: release.notes,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    created_at: release.createdAt,
    published_at: release.draft ? null : release.publishedAt,
    updated_at: release.updatedAt,
    html_url: `${web}/tag/${release.tag}`,
    author: { login: release.author },
    assets: release.assets.map((asset) => ({
      id: asset.databaseId,
      node_id: nodeId("RA", repository, asset.databaseId),
      name: asset.name,
      label: null,
      state: asset.state,
      content_type: asset.contentType,
      size: asset.size,
      digest: asset.digest,
      download_count: asset.downloads,
      created_at: asset.updatedAt,
      updated_at: asset.updatedAt,
      browser_download_url: `${web}/download/${release.tag}/${asset.name}`,
      uploader: { login: asset.uploader },
    })),
  };
}

/** A commit as lists and `/commits/<ref>` show it: the git commit, and who the people are. */
function listedCommit(repository: Repository, oid: string) {
  const { sha, node_id, parents, ...commit } = commitJson(repository, oid);
  return { sha, node_id, commit, parents, author: { login: commit.author.name } };
}
