import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Grant, Grants, PermissionUse } from "../forge/grants.ts";
import { type Forgejo, pathOf } from "./client.ts";
import { PERMISSION_USES } from "./permissions.ts";

const STANDING = z.object({
  permissions: z.object({ admin: z.boolean(), push: z.boolean(), pull: z.boolean() }),
});
type Standing = z.output<typeof STANDING>["permissions"];

/** What the token's account may do in a repository is told; which scopes the token has is told to nobody. */
export async function readGrants(forgejo: Forgejo, repository: RepositoryName): Promise<Grants | Failure> {
  const about = await forgejo.read(pathOf(repository), STANDING);
  if (isFailure(about)) return about;
  const me = await forgejo.me();
  const settings = "/user/settings/applications";
  return { settings, grants: PERMISSION_USES.map((use) => grantOf(use, about.permissions, !isFailure(me))) };
}

function grantOf(use: PermissionUse, { admin, push }: Standing, isKnown: boolean): Grant {
  const known = (given: boolean, because: string): Grant => ({ use, certainty: "known", given, because });
  if (use.permission === "administration") return known(admin, `its account is ${admin ? "" : "not "}an administrator`);
  if (use.permission === "user")
    return known(isKnown, `it ${isKnown ? "reads" : "is refused to read"} its own account`);
  if (use.level === "read") return known(true, "it reads the repository");
  if (!push) return known(false, "its account may not push here");
  return { use, certainty: "unknown", given: undefined, because: "the server tells nobody which scopes a token has" };
}
