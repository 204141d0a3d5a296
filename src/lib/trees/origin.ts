import type { ForgeId } from "../../domain/project.ts";
import type { ForgeProfile } from "../forge/profile.ts";
import { PROFILES } from "../forge/profiles.ts";
import { runGit } from "./git-listing.ts";

/** Where a checkout came from. */
export type Origin = {
  readonly host: string;
  /** The server's address: that of the remote, or what it is usually. */
  readonly url: string;
  /** `owner/name`, where the address has that form; on a forge that has groups within groups, with all of them. */
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
  const profile = profileOf(host, said);
  const form = profile?.nested === false ? /^[\w-][\w.-]*\/[\w.-]+$/ : /^[\w-][\w.-]*(?:\/[\w.-]+)+$/;
  return {
    ...{ host, url },
    ...(form.test(path) && { repository: path }),
    ...(profile !== undefined && {
      forge: { id: profile.id, title: profile.title, variable: profile.without.variable },
    }),
  };
}

/** Who is known is what it is; of others, what is said counts before what their names say. */
function profileOf(host: string, said: ForgeId | undefined): ForgeProfile | undefined {
  const profiles = Object.values(PROFILES);
  return (
    profiles.find(({ hosts }) => hosts.includes(host)) ??
    profiles.find(({ id }) => id === said) ??
    profiles.find(({ names }) => names.includes(host.split(".")[0] ?? ""))
  );
}
