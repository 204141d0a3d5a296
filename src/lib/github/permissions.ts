import type { PermissionUse } from "../forge/grants.ts";

/** What a token may do, by the names that GitHub's API has for permissions. A `write` holds the `read`. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

/**
 * Everything that Headgate asks a token for, by the names of
 * https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app. docs/threat-model.md shows this
 * list, and `headgate doctor` goes through it. The scope `public_repo` gives something in public repositories only.
 */
export const PERMISSION_USES: readonly PermissionUse[] = [
  {
    permission: "contents",
    title: "Contents",
    level: "read",
    part: "reading",
    essential: true,
    for: "files and releases of private repositories",
    without: "private repositories are not found; public ones need no permission",
    scopes: ["repo"],
  },
  {
    permission: "attestations",
    title: "Attestations",
    level: "read",
    part: "reading",
    essential: false,
    for: "proofs of releases of private repositories",
    without: "such proofs are not checked; public ones need no permission",
    scopes: ["repo"],
  },
  {
    permission: "contents",
    title: "Contents",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "one branch with one commit per component",
    without: "GitHub refuses the branch: nothing is proposed by pull request",
    scopes: ["repo", "public_repo"],
  },
  {
    permission: "pull_requests",
    title: "Pull requests",
    level: "write",
    part: "pull-requests",
    essential: true,
    for: "opening, updating and closing our own pull requests, comments under them",
    without: "GitHub refuses the pull request",
    scopes: ["repo", "public_repo"],
  },
  {
    permission: "workflows",
    title: "Workflows",
    level: "write",
    part: "pull-requests",
    essential: false,
    for: "moving pins in `.github/workflows/`",
    without: "GitHub refuses commits that change a workflow",
    scopes: ["workflow"],
  },
  {
    permission: "statuses",
    title: "Commit statuses",
    level: "write",
    part: "status",
    essential: false,
    for: "the commit status that says what was decided (`deliver.pull-request.status`)",
    without: "pull requests come without the status",
    scopes: ["repo", "public_repo", "repo:status"],
  },
  {
    permission: "issues",
    title: "Issues",
    level: "write",
    part: "labels",
    essential: false,
    for: "labels, assignees and milestone of our own pull requests",
    without: "pull requests come without them",
    scopes: ["repo", "public_repo"],
  },
  {
    permission: "members",
    title: "Members (of the organisation)",
    level: "read",
    part: "teams",
    essential: false,
    for: "asking teams for review (`team-reviewers`)",
    without: "GitHub refuses to ask teams",
    scopes: ["read:org", "write:org", "admin:org"],
  },
];

/** What reading takes: of a private repository, or of a public one, where GitHub asks for none of it. */
const READING: Permissions = {
  metadata: "read",
  contents: "read",
  pull_requests: "read",
  issues: "read",
  attestations: "read",
};
/** Whether a commit changes a workflow is not seen from the request that moves a branch to it. */
const COMMITTING: Permissions = { metadata: "read", contents: "write", workflows: "write" };
const PROPOSING: Permissions = { metadata: "read", contents: "read", pull_requests: "write" };
const LABELLING: Permissions = { metadata: "read", pull_requests: "write", issues: "write" };

const REST_WRITES: readonly (readonly [path: RegExp, needs: Permissions])[] = [
  [/^\/repos\/[^/]+\/[^/]+\/git\//, COMMITTING],
  [/^\/repos\/[^/]+\/[^/]+\/statuses\//, { metadata: "read", statuses: "write" }],
  [/^\/repos\/[^/]+\/[^/]+\/pulls\/\d+\/requested_reviewers$/, { ...PROPOSING, members: "read" }],
  [/^\/repos\/[^/]+\/[^/]+\/issues\/\d+(?:\/assignees)?$/, LABELLING],
];

const MUTATIONS: Readonly<Record<string, Permissions>> = {
  createRef: COMMITTING,
  updateRef: COMMITTING,
  deleteRef: COMMITTING,
  createCommitOnBranch: COMMITTING,
  createPullRequest: PROPOSING,
  updatePullRequest: PROPOSING,
  closePullRequest: PROPOSING,
  reopenPullRequest: PROPOSING,
  addComment: PROPOSING,
  addLabelsToLabelable: LABELLING,
  enablePullRequestAutoMerge: { ...COMMITTING, ...PROPOSING, contents: "write" },
};

/** The least that a REST request takes. A write that nobody listed gets what reading takes: GitHub then refuses it, and says so. */
export function needsOfRest(method: string, path: string): Permissions {
  if (method === "GET") return READING;
  return REST_WRITES.find(([pattern]) => pattern.test(path))?.[1] ?? READING;
}

/** The least that a GraphQL document takes: that of its mutation, or of reading. */
export function needsOfGraphql(document: string): Permissions {
  const [, name = ""] = /^\s*mutation\b[^{]*\{\s*(?:\w+:\s*)?(\w+)/.exec(document) ?? [];
  return Object.hasOwn(MUTATIONS, name) ? (MUTATIONS[name] ?? READING) : READING;
}

/** Of what is wanted, what was granted: GitHub gives no token for more than an installation has. */
export function withinGranted(wanted: Permissions, granted: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, level]) => {
      const given = Object.hasOwn(granted, name) ? granted[name] : undefined;
      if (given === undefined) return [];
      return [[name, given === "write" ? level : given] as const];
    }),
  );
}

/** Whether something is written. */
export function writes(needs: Permissions): boolean {
  return Object.values(needs).includes("write");
}
