import { refusal } from "./refusal.ts";
import { type Credential, fullName, type GithubWorld, type Repository } from "./world.ts";

/** Who asks: a credential, nobody (`undefined`), or somebody whose credential is wrong or over. */
export function whoAsks(world: GithubWorld, authorization: string | undefined): Credential | undefined | "bad" {
  if (authorization === undefined) return undefined;
  const secret = /^(?:bearer|token) (\S+)$/i.exec(authorization)?.[1];
  const credential = world.tokens.get(secret ?? "");
  if (credential === undefined) return "bad";
  return credential.expiresAt !== undefined && credential.expiresAt <= world.clock() ? "bad" : credential;
}

/** Whether the repository exists for who asks: private ones only for credentials that name them. */
export function canSee(credential: Credential | undefined, repository: Repository): boolean {
  return repository.visibility === "PUBLIC" || (credential !== undefined && covers(credential, repository));
}

/** Refuses with GitHub's sentence when the credential may not write this to the repository. */
export function mustBeAllowed(
  credential: Credential | undefined,
  repository: Repository,
  permission: "contents" | "pull_requests" | "issues" | "statuses",
): void {
  if (repository.archivedAt !== undefined) throw refusal("FORBIDDEN", "Repository was archived so is read-only.");
  if (credential?.permissions[permission] === "write" && covers(credential, repository)) return;
  throw refusal("FORBIDDEN", inaccessible(credential), { accepted: `${permission}=write` });
}

/** Refuses to show a part of a private repository without the permission to read it; what is public everybody reads. */
export function mustBeAllowedToRead(
  credential: Credential | undefined,
  repository: Repository,
  permission: "contents" | "pull_requests" | "issues" | "statuses",
): void {
  if (repository.visibility === "PUBLIC" || credential?.permissions[permission] !== undefined) return;
  throw refusal("FORBIDDEN", inaccessible(credential), { accepted: `${permission}=read` });
}

/** Files below `.github/workflows/` need a permission of their own. */
export function mustBeAllowedPaths(credential: Credential | undefined, paths: readonly string[]): void {
  const workflow = paths.find((path) => path.startsWith(".github/workflows/"));
  if (workflow === undefined || credential?.permissions.workflows === "write") return;
  const who = credential?.kind === "app" ? "a GitHub App" : "a Personal Access Token";
  const lacking = credential?.scopes === undefined ? "`workflows` permission" : "`workflow` scope";
  throw refusal(
    "FORBIDDEN",
    `refusing to allow ${who} to create or update workflow \`${workflow}\` without ${lacking}`,
  );
}

/** GitHub's sentence for a credential that lacks a permission. */
export function inaccessible(credential: Credential | undefined): string {
  return `Resource not accessible by ${credential?.kind === "app" ? "integration" : "personal access token"}`;
}

/** Whether the credential was given for this repository. */
export function covers(credential: Credential, repository: Repository): boolean {
  return credential.repositories === "all" || credential.repositories.includes(fullName(repository));
}
