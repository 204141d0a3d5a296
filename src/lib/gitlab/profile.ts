import type { RepositoryName } from "../forge/branch.ts";
import type { ForgeProfile } from "../forge/profile.ts";
import { PERMISSION_USES } from "./permissions.ts";

/** GitLab, of any edition, as the list of forges has it. */
export const GITLAB: ForgeProfile = {
  id: "gitlab",
  title: "GitLab",
  software: "GitLab",
  hosts: ["gitlab.com", "salsa.debian.org", "invent.kde.org", "code.videolan.org"],
  names: ["gitlab"],
  nested: true,
  noCredential: "no GitLab credential: set GITLAB_TOKEN",
  without: {
    variable: "GITLAB_TOKEN",
    projects: "files of projects on GitLab and merge requests there are not possible",
    advice:
      "Make a token with the scope api and the role Developer under Settings, Access tokens of the project (of its group, where several are watched), and set GITLAB_TOKEN or GITLAB_TOKEN_FILE; docs/guides/gitlab.md has the ways.",
  },
  // the server takes 1,048,576 characters (https://docs.gitlab.com/api/merge_requests/): this is as long as anybody reads
  body: { longest: 60_000, quietLink },
  lackingIn: ({ code, message }) => {
    if (code === "forbidden" && /not allowed to push/i.test(message))
      return `its account may not push there (${message}): make it a Developer, and let it write branches that begin with headgate/`;
    if (code === "forbidden")
      return `the token or its account may not do that (${message}): give it the scope api and the role Developer`;
    return message.includes(LINE_ENDS) ? message : undefined;
  },
  permissions: PERMISSION_USES,
  pageOf: (web, repository, at) => {
    const root = `${web}/${pathIn(repository)}`;
    return at === undefined
      ? root
      : `${root}/-/blob/${at.commit}/${at.path.split("/").map(encodeURIComponent).join("/")}#L${at.line}`;
  },
};

/** What a commit is refused for that would change more than it says; a person can make it. */
export const LINE_ENDS = "has line ends of Windows, which GitLab's API would change";

function pathIn({ owner, name }: RepositoryName): string {
  return [...owner.split("/"), name].map(encodeURIComponent).join("/");
}

/**
 * A whole address of an issue, merge request, commit … of the same server refers to it, as `#1` or `!1` does
 * (https://docs.gitlab.com/user/markdown/#gitlab-specific-references). Older addresses lack the dash.
 */
function quietLink(url: URL, web: string): URL | undefined {
  const refers = /\/(?:issues|merge_requests|work_items|epics|snippets)\/\d|\/commit\/[\da-f]{7}/.test(url.pathname);
  return refers && url.host === new URL(web).host ? undefined : url;
}
