import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Grant, Grants, PermissionUse } from "../forge/grants.ts";
import type { GitHub } from "./client.ts";
import { PERMISSION_USES, type Permissions } from "./permissions.ts";

/** Which permissions the credential has in a repository. A `not-found` or `forbidden` failure: it does not even see it. */
export async function readGrants(github: GitHub, repository: RepositoryName): Promise<Grants | Failure> {
  if (github.granted !== undefined) {
    const granted = await github.granted(repository);
    if (isFailure(granted)) return granted;
    const settings = "/settings/apps (then accept the change where the App is installed)";
    return { settings, grants: PERMISSION_USES.map((use) => ofApp(use, granted)) };
  }
  const path = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;
  const answer = await github.rest("GET", path);
  if (isFailure(answer)) return answer;
  const standing = STANDING.parse(answer.data);
  // GitHub says it of classic tokens alone (https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps)
  const scopes = answer.headers["x-oauth-scopes"]?.split(",").map((scope) => scope.trim());
  if (scopes !== undefined)
    return {
      settings: "/settings/tokens",
      grants: PERMISSION_USES.map((use) => ofScopes(use, scopes, standing)),
    };
  const tried = await Promise.all(
    PERMISSION_USES.map((use) => tryReading(github, { path, owner: repository.owner }, use, standing)),
  );
  return { settings: "/settings/personal-access-tokens", grants: tried };
}

const STANDING = z
  .object({
    private: z.boolean().catch(false),
    owner: z.object({ type: z.string() }).catch({ type: "" }),
    permissions: z.object({ push: z.boolean().catch(true) }).catch({ push: true }),
  })
  .catch({ private: false, owner: { type: "" }, permissions: { push: true } });
type Standing = z.output<typeof STANDING>;

function ofApp(use: PermissionUse, granted: Permissions): Grant {
  const level = Object.hasOwn(granted, use.permission) ? granted[use.permission] : undefined;
  const given = level === "write" || level === use.level;
  return { use, certainty: "known", given, because: `the App's installation was granted ${level ?? "nothing"}` };
}

function ofScopes(use: PermissionUse, scopes: readonly string[], standing: Standing): Grant {
  if (isOpen(use, standing)) return open(use);
  const usable = use.scopes.filter((scope) => scope !== "public_repo" || !standing.private);
  const scope = usable.find((one) => scopes.includes(one));
  const known = (given: boolean, because: string): Grant => ({ use, certainty: "known", given, because });
  if (scope === undefined) return known(false, `the token has none of the scopes ${usable.join(", ")}`);
  if (use.level === "write" && !standing.permissions.push)
    return known(false, `the token has the scope ${scope}, but may not push here`);
  return known(true, `the token has the scope ${scope}`);
}

/** Requests that change nothing, and that GitHub refuses without the read permission. */
const READS: Readonly<Record<string, string>> = {
  contents: "/commits?per_page=1",
  pull_requests: "/pulls?per_page=1",
  issues: "/issues?per_page=1",
  statuses: "/commits/HEAD/statuses?per_page=1",
};

/** A fine-grained token tells nobody what it may do; that it cannot even read says enough. */
async function tryReading(
  github: GitHub,
  { path, owner }: { readonly path: string; readonly owner: string },
  use: PermissionUse,
  standing: Standing,
): Promise<Grant> {
  if (isOpen(use, standing)) return open(use);
  const inferred = (given: boolean, because: string): Grant => ({ use, certainty: "inferred", given, because });
  if (use.level === "write" && !standing.permissions.push)
    return inferred(false, "GitHub says that it may not push here");
  if (use.permission === "members") return tryMembers(github, owner, use, standing);
  const read = standing.private ? READS[use.permission] : undefined;
  if (read === undefined) return unknown(use, "GitHub tells nobody what such a token may do");
  const answer = await github.rest("GET", path + read);
  if (isFailure(answer) && (answer.code === "forbidden" || answer.code === "not-found"))
    return inferred(false, "it is refused even to read");
  if (isFailure(answer)) return unknown(use, answer.message);
  return use.level === "read" ? inferred(true, "it reads") : unknown(use, "it reads, and only a write would show more");
}

async function tryMembers(github: GitHub, owner: string, use: PermissionUse, standing: Standing): Promise<Grant> {
  if (standing.owner.type === "User") return { use, certainty: "known", given: true, because: "there are no teams" };
  const answer = await github.rest("GET", `/orgs/${encodeURIComponent(owner)}/teams?per_page=1`);
  if (!isFailure(answer)) return { use, certainty: "inferred", given: true, because: "it reads the teams" };
  if (answer.code !== "forbidden") return unknown(use, answer.message);
  return { use, certainty: "inferred", given: false, because: "it is refused to read the teams" };
}

/** What is public is read by everybody. */
function isOpen(use: PermissionUse, standing: Standing): boolean {
  return use.level === "read" && use.permission !== "members" && !standing.private;
}

function open(use: PermissionUse): Grant {
  return { use, certainty: "known", given: true, because: "the repository is public" };
}

function unknown(use: PermissionUse, because: string): Grant {
  return { use, certainty: "unknown", given: undefined, because };
}
