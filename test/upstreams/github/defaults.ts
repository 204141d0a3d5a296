import type { Credential } from "./world.ts";

/** All that Headgate can make use of. */
export const ALL_PERMISSIONS: Credential["permissions"] = {
  metadata: "read",
  contents: "write",
  pull_requests: "write",
  issues: "write",
  workflows: "write",
  statuses: "write",
};

/** An ordinary public repository of an organisation. */
export const DEFAULTS = {
  ownerType: "Organization",
  ownerVerified: false,
  visibility: "PUBLIC",
  disabled: false,
  locked: false,
  fork: false,
  blocked: false,
  stars: 100,
  forks: 10,
  watchers: 5,
  contributors: 8,
  openIssues: 3,
  closedIssues: 40,
  defaultBranch: "main",
  autoMergeAllowed: false,
  signoffRequired: false,
} as const;
