import type { ForgeId } from "../domain/project.ts";
import { FORGES } from "./forges.ts";
import { runGit } from "./trees/git.ts";

/** Where a checkout came from. */
export type Origin = {
  readonly host: string;
  /** The server's address: that of the remote, or what it is usually. */
  readonly url: string;
  /** `owner/name`, where the address has that form. */
  readonly repository?: string;
  /** What forge the host is, where that is known; `variable`: what is set with its credential. */
  readonly forge?: { readonly id: ForgeId; readonly title: string; readonly variable: string };
};

/**
 * Reads the remote `origin` of a checkout; undefined without one. Logins in its address are left out. `said`: the forge of a
 * host that is none of those everybody knows.
 */
export async function originOf(folder: string, said?: ForgeId): Promise<Origin | undefined> {
  const address = (await runGit(folder, ["config", "--get", "remote.origin.url"]))?.trim() ?? "";
  const [, scheme = "", name, port = "", path = ""] =
    /^(?:([a-z+]+):\/\/)?(?:[^@/]*@)?([a-z\d][\w.-]*)(:\d+)?[:/](.+?)(?:\.git)?\/?$/i.exec(address) ?? [];
  if (name?.includes(".") !== true) return undefined;
  const host = name.toLowerCase();
  const url = /^https?$/i.test(scheme) ? `${scheme.toLowerCase()}://${host}${port}` : `https://${host}`;
  const forge = forgeOf(host, said);
  return {
    ...{ host, url },
    ...(/^[\w-][\w.-]*\/[\w.-]+$/.test(path) && { repository: path }),
    ...(forge !== undefined && { forge }),
  };
}

function forgeOf(host: string, said: ForgeId | undefined): Origin["forge"] {
  const profiles = Object.values(FORGES).map(({ profile }) => profile);
  const profile = profiles.find(({ hosts }) => hosts.includes(host)) ?? profiles.find(({ id }) => id === said);
  return profile === undefined
    ? undefined
    : { id: profile.id, title: profile.title, variable: profile.without.variable };
}
