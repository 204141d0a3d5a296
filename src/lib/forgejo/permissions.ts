import type { PermissionUse } from "../forge/grants.ts";

/**
 * Everything that Headgate asks a token for, by the categories of
 * https://forgejo.org/docs/latest/user/token-scope/ (Gitea has the same), and what its account has to be in a repository.
 */
export const PERMISSION_USES: readonly PermissionUse[] = [
  {
    permission: "repository",
    title: "repository",
    level: "read",
    part: "reading",
    essential: true,
    for: "files of repositories",
    without: "the repository is not found",
    scopes: ["read:repository", "write:repository"],
  },
  {
    permission: "user",
    title: "user",
    level: "read",
    part: "pull-requests",
    essential: true,
    for: "knowing which account the token is of: by it our own commits and pull requests are told from others",
    without: "nothing is proposed by pull request",
    scopes: ["read:user", "write:user"],
  },
  {
    permission: "repository",
    title: "repository",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "one branch with one commit per component, its pull request, and its status",
    without: "the branch is refused: nothing is proposed by pull request",
    scopes: ["write:repository"],
  },
  {
    permission: "issue",
    title: "issue",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "comments under our pull requests, labels and assignees",
    without: "nothing is said under pull requests, and they get no labels",
    scopes: ["write:issue"],
  },
  {
    permission: "administration",
    title: "administrator of the repository (the account, not the token)",
    level: "read",
    part: "pull-requests",
    essential: false,
    for: "knowing whether who asks for something under a pull request may write: the API tells administrators alone",
    without:
      "commands in comments and labels wait, and closes by people are not remembered; the dashboard and the command line decide",
    scopes: [],
  },
];
