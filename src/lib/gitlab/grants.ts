import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Grant, Grants, PermissionUse } from "../forge/grants.ts";
import { type GitLab, pathOf } from "./client.ts";
import { DEVELOPER, readAccessLevel } from "./membership.ts";
import { PERMISSION_USES } from "./permissions.ts";

/** A token about itself (https://docs.gitlab.com/api/personal_access_tokens/#self-inform); one of OAuth has no such page. */
const TOKEN = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() });

/** The scopes of the token and the day on which it ends; a failure where it cannot be asked about itself. */
export function readToken(gitlab: GitLab) {
  return gitlab.read("/personal_access_tokens/self", TOKEN);
}

/** The scopes of a token and the role of its account are both told. */
export async function readGrants(gitlab: GitLab, repository: RepositoryName): Promise<Grants | Failure> {
  const about = await gitlab.read(pathOf(repository), z.object({ path_with_namespace: z.string() }));
  if (isFailure(about)) return about;
  const me = await gitlab.me();
  if (isFailure(me)) return me;
  const level = await readAccessLevel(gitlab, repository, me.id);
  if (isFailure(level)) return level;
  const token = await readToken(gitlab);
  const known = { level, scopes: isFailure(token) ? undefined : token.scopes };
  const settings = me.bot
    ? `/${about.path_with_namespace}/-/settings/access_tokens`
    : "/-/user_settings/personal_access_tokens";
  return { settings, grants: PERMISSION_USES.map((use) => grantOf(use, known)) };
}

type Known = { readonly level: number; readonly scopes: readonly string[] | undefined };

function grantOf(use: PermissionUse, { level, scopes }: Known): Grant {
  const known = (given: boolean, because: string): Grant => ({ use, certainty: "known", given, because });
  if (use.part === "reading") return known(true, "it reads the project");
  if (use.scopes.length === 0)
    return known(level >= DEVELOPER, `its account has the access level ${level}, and ${DEVELOPER} is Developer`);
  // a token whose rights are given one by one says `granular` and not which
  if (scopes === undefined || scopes.includes("granular"))
    return { use, certainty: "unknown", given: undefined, because: "the token does not say which scopes it has" };
  return known(
    use.scopes.some((scope) => scopes.includes(scope)),
    `its scopes are ${scopes.join(", ") || "none"}`,
  );
}
