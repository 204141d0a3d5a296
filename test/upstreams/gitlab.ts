import { GraphQLError } from "graphql";
import { apiIdentity } from "./github/commits.ts";
import { canSee, whoAsks } from "./github/credentials.ts";
import { matchPath } from "./github/rest-router.ts";
import { findRepository, findRepositoryById, fullName, type GithubWorld, type Repository } from "./github/world.ts";
import {
  type Call,
  type GitLabOptions,
  isBot,
  levelOf,
  logins,
  type OnProject,
  Refused,
  said,
  user,
} from "./gitlab/call.ts";
import * as requests from "./gitlab/merge-requests.ts";
import * as files from "./gitlab/repository.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

/**
 * GitLab over a world: its REST API (https://docs.gitlab.com/api/rest/) as far as Headgate asks for it. Projects, people and
 * merge requests are the repositories, people and pull requests of the stand-in of GitHub.
 */
export async function startGitLab(
  world: GithubWorld,
  options: GitLabOptions = {},
): Promise<StandIn & { readonly world: GithubWorld }> {
  const looks = new Map<string, number>();
  const standIn = await startStandIn((request) => {
    const { "private-token": token, authorization } = request.headers;
    const credential = whoAsks(world, token === undefined ? authorization : `Bearer ${token}`);
    if (credential === "bad") return limited(said(401, "401 Unauthorized"));
    try {
      return limited(answer({ world, credential, request, options, looks, web: standIn.url }));
    } catch (error) {
      return limited(refused(error));
    }
  });
  return { ...standIn, world };
}

type Handle = (call: OnProject) => Answer;

const ROUTES: readonly (readonly [string, string, Handle])[] = [
  ["GET", "", files.showProject],
  ["GET", "/members/all/:user", showMember],
  ["GET", "/repository/branches/:branch", files.showBranch],
  ["DELETE", "/repository/branches/:branch", files.removeBranch],
  ["GET", "/repository/tree", files.showTree],
  ["GET", "/repository/blobs/:sha/raw", files.showRawBlob],
  ["HEAD", "/repository/files/:path", files.showFileHead],
  ["POST", "/repository/commits", files.createCommit],
  ["GET", "/repository/commits", files.listCommits],
  ["GET", "/repository/commits/:sha", files.showCommit],
  ["GET", "/repository/commits/:sha/signature", files.showSignature],
  ["POST", "/statuses/:sha", files.setStatus],
  ["GET", "/labels", files.listLabels],
  ["GET", "/milestones", files.listMilestones],
  ["GET", "/merge_requests", requests.listRequests],
  ["POST", "/merge_requests", requests.openRequest],
  ["GET", "/merge_requests/:iid", requests.showRequest],
  ["PUT", "/merge_requests/:iid", requests.changeRequest],
  ["PUT", "/merge_requests/:iid/merge", requests.mergeRequest],
  ["GET", "/merge_requests/:iid/commits", requests.listRequestCommits],
  ["GET", "/merge_requests/:iid/diffs", requests.listDiffs],
  ["GET", "/merge_requests/:iid/notes", requests.listNotes],
  ["POST", "/merge_requests/:iid/notes", requests.addNote],
  ["GET", "/merge_requests/:iid/resource_label_events", requests.listLabelEvents],
  ["GET", "/merge_requests/:iid/resource_state_events", requests.listStateEvents],
];

function answer(call: Call): Answer {
  const { request, credential } = call;
  if (isWrite(request) && credential?.scopes !== undefined && credential.scopes !== "api") return TOO_LITTLE;
  const person = aboutPeople(call);
  if (person !== undefined) return person;
  for (const [method, path, handle] of ROUTES) {
    const parts = matchPath(`/api/v4/projects/:id${path}`, request.path);
    if (parts !== undefined && method === request.method) return onProject(call, parts, handle);
  }
  return { status: 404, body: { error: "404 Not Found" } };
}

function onProject(call: Call, parts: Readonly<Record<string, string>>, handle: Handle): Answer {
  const { request, credential } = call;
  const repository = projectOf(call, parts.id ?? "");
  if (repository === undefined || !canSee(credential, repository)) return said(404, "404 Project Not Found");
  const moved = movedAnswer(call, repository, parts.id ?? "");
  if (moved !== undefined) return moved;
  if (isWrite(request) && repository.archivedAt !== undefined) return said(403, "403 Forbidden");
  const text = request.body.toString();
  const body = text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  return handle({ ...call, repository, body, part: (name) => parts[name] ?? "" });
}

function isWrite({ method }: Received): boolean {
  return !["GET", "HEAD"].includes(method);
}

const TOO_LITTLE: Answer = {
  status: 403,
  body: {
    error: "insufficient_scope",
    error_description: "The request requires higher privileges than provided by the access token.",
    scope: "api",
  },
};

/** A project by its number, or by its whole path as one segment. */
function projectOf({ world }: Call, id: string): Repository | undefined {
  if (/^\d+$/.test(id)) return findRepositoryById(world, Number(id));
  const [, owner = "", name = ""] = /^(.*)\/(.*)$/.exec(id) ?? [];
  return findRepository(world, owner, name);
}

/** By a name that a project had before, it is only read: at its number (https://docs.gitlab.com/api/rest/#redirects). */
function movedAnswer({ request, web }: Call, repository: Repository, id: string): Answer | undefined {
  if (/^\d+$/.test(id) || fullName(repository).toLowerCase() === id.toLowerCase()) return undefined;
  if (isWrite(request)) return said(405, "Non GET methods are not allowed for moved projects");
  const query = request.query.size === 0 ? "" : `?${request.query}`;
  const path = request.path.replace(/^\/api\/v4\/projects\/[^/]+/, `/api/v4/projects/${repository.databaseId}`);
  return { status: 301, headers: { location: `${web}${path}${query}` }, body: { message: "moved" } };
}

function aboutPeople(call: Call): Answer | undefined {
  const { request, credential, world } = call;
  const path = request.path.replace("/api/v4", "");
  if (!/^\/(?:user|users|personal_access_tokens)\b/.test(path)) return undefined;
  if (credential === undefined) return said(401, "401 Unauthorized");
  if (path === "/user") {
    const { login } = credential;
    const { email } = apiIdentity(login, world.clock());
    return { body: { ...user(call, login), email, commit_email: email, bot: isBot(login) } };
  }
  if (path === "/personal_access_tokens/self")
    return {
      body: { id: 42, scopes: [credential.scopes ?? "api"], expires_at: "2027-06-30", active: true, revoked: false },
    };
  const wanted = request.query.get("username");
  if (path === "/users")
    return {
      body: logins(world)
        .filter((login) => login === wanted)
        .map((login) => user(call, login)),
    };
  const found = logins(world).find((login) => `/users/${user(call, login).id}` === path);
  return found === undefined ? said(404, "404 User Not Found") : { body: { ...user(call, found), bot: isBot(found) } };
}

function showMember({ repository, part, ...call }: OnProject): Answer {
  const login = logins(call.world).find((one) => `${user(call, one).id}` === part("user"));
  const level = levelOf(repository, login);
  if (login === undefined || level === 0) return said(404, "404 Not found");
  return { body: { ...user(call, login), access_level: level, expires_at: null, membership_state: "active" } };
}

function limited(plain: Answer): Answer {
  const headers = { "ratelimit-limit": "2000", "ratelimit-remaining": "1999", "ratelimit-reset": "4102444800" };
  return { ...plain, headers: { ...headers, ...plain.headers } };
}

function refused(error: unknown): Answer {
  if (error instanceof Refused) return error.answer;
  if (!(error instanceof GraphQLError)) throw error;
  const { status, rest } = error.extensions as { status: number; rest: { message?: string } };
  return said(status, [rest.message ?? error.message]);
}
