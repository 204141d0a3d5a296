import type { ForgeProfile } from "../forge.ts";
import { PERMISSION_USES } from "./permissions.ts";

/** GitHub, as the list of forges has it. */
export const GITHUB: ForgeProfile = {
  id: "github",
  title: "GitHub",
  noCredential: "no GitHub credential: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY",
  permissions: PERMISSION_USES,
  pageOf: (web, { owner, name }, at) => {
    const root = `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
    if (at === undefined) return root;
    return `${root}/blob/${at.commit}/${at.path.split("/").map(encodeURIComponent).join("/")}#L${at.line}`;
  },
};
