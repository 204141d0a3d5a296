import type { ForgeProfile } from "../forge/profile.ts";
import { PERMISSION_USES } from "./permissions.ts";

/** Forgejo and Gitea, and so Codeberg, as the list of forges has them: one API. */
export const FORGEJO: ForgeProfile = {
  id: "forgejo",
  title: "Forgejo",
  software: "Forgejo or Gitea",
  hosts: ["codeberg.org", "gitea.com"],
  names: ["forgejo", "gitea"],
  nested: false,
  noCredential: "no Forgejo credential: set FORGEJO_TOKEN",
  without: {
    variable: "FORGEJO_TOKEN",
    projects: "files of repositories on Forgejo or Gitea and pull requests there are not possible",
    advice:
      "Make a token with read:user, write:repository and write:issue under Settings, Applications there, and set FORGEJO_TOKEN or FORGEJO_TOKEN_FILE.",
  },
  // no limit of the server's own is documented: this is as long as anybody reads
  body: { longest: 60_000, quietLink },
  lackingIn: ({ code, message }) =>
    code === "forbidden"
      ? `the token or its account may not do that (${message}): give it write:repository`
      : undefined,
  permissions: PERMISSION_USES,
  pageOf: (web, { owner, name }, at) => {
    const root = `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
    if (at === undefined) return root;
    return `${root}/src/commit/${at.commit}/${at.path.split("/").map(encodeURIComponent).join("/")}#L${at.line}`;
  },
};

/** A whole address of an issue or pull request of the same server refers to it, as `#1` does. */
function quietLink(url: URL, web: string): URL | undefined {
  const refers = /\/[^/]+\/[^/]+\/(?:issues|pulls)\/\d/.test(url.pathname);
  return refers && url.host === new URL(web).host ? undefined : url;
}
