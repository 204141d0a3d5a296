import { runGit } from "./trees/git.ts";

/** Where a checkout came from: owner and name on GitHub, or the host of another forge; undefined without a remote. */
export type Origin = { readonly host: string; readonly repository?: string };

/** Reads the remote `origin` of a checkout. Logins in its address are left out. */
export async function originOf(folder: string): Promise<Origin | undefined> {
  const url = (await runGit(folder, ["config", "--get", "remote.origin.url"]))?.trim() ?? "";
  const [, host, path = ""] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?\/?$/i.exec(url) ?? [];
  if (host === undefined || !host.includes(".")) return undefined;
  const isGitHub = host.toLowerCase() === "github.com" && /^[\w-]+\/[\w.-]+$/.test(path);
  return { host: host.toLowerCase(), ...(isGitHub && { repository: path }) };
}
