import type { PermissionUse } from "../forge/grants.ts";

/**
 * Everything that Headgate asks a token for: its scopes (https://docs.gitlab.com/security/tokens/#token-scopes) and the role
 * of its account in the project (https://docs.gitlab.com/user/permissions/).
 */
export const PERMISSION_USES: readonly PermissionUse[] = [
  {
    permission: "read_api",
    title: "read_api",
    level: "read",
    part: "reading",
    essential: true,
    for: "files of projects",
    without: "the project is not found",
    scopes: ["read_api", "api"],
  },
  {
    permission: "api",
    title: "api",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "one branch with one commit per component, its merge request, notes under it, labels and its status",
    without: "the branch is refused: nothing is proposed by merge request",
    scopes: ["api"],
  },
  {
    permission: "developer",
    title: "role Developer in the project (the account's, not the token's)",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "pushing branches that are not protected, and changing our merge requests",
    without: "the branch is refused: nothing is proposed by merge request",
    scopes: [],
  },
];
