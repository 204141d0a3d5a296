import type { ForgeProfile } from "../forge/profile.ts";
import { withoutBackReference } from "../forge/quiet-link.ts";
import { PERMISSION_USES } from "./permissions.ts";

/** GitHub, as the list of forges has it. */
export const GITHUB: ForgeProfile = {
  id: "github",
  title: "GitHub",
  software: "GitHub",
  hosts: ["github.com"],
  names: [],
  nested: false,
  noCredential: "no GitHub credential: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY",
  without: {
    variable: "GITHUB_TOKEN",
    projects: "files of repositories and pull requests are not possible",
    upstreams: "tags come by the git protocol; release notes and trust facts are not possible",
    advice:
      "Make a token without any permission at https://github.com/settings/personal-access-tokens/new (for pull requests: contents and pull requests, read and write, of the watched repositories) and set GITHUB_TOKEN or GITHUB_TOKEN_FILE; docs/guides/github-app.md has the better way for teams.",
  },
  // GitHub refuses more than 65,536
  body: { longest: 60_000, quietLink },
  lackingIn: ({ code, message }) => {
    if (code !== "forbidden") return undefined;
    return /workflows?\b.*(?:permission|scope)/i.test(message)
      ? "the credential may not change files under .github/workflows: give it the workflows permission"
      : `the credential may not do that here (${message.replace(/\.$/, "")}): give it contents and pull requests of this repository, read and write`;
  },
  permissions: PERMISSION_USES,
  pageOf: (web, { owner, name }, at) => {
    const root = `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
    if (at === undefined) return root;
    return `${root}/blob/${at.commit}/${at.path.split("/").map(encodeURIComponent).join("/")}#L${at.line}`;
  },
};

/** A server of one's own has no name under which its pages refer to nothing. */
function quietLink(url: URL, web: string): URL | undefined {
  const quiet = withoutBackReference(url);
  const refers = /^\/[^/]+\/[^/]+\/(issues|pull|discussions|commit)\//.test(quiet.pathname);
  return refers && quiet.host === new URL(web).host ? undefined : quiet;
}
