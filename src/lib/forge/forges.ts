import type { ForgeId, TokenForgeId } from "../../domain/project.ts";
import type { Fetcher } from "../fetcher.ts";
import { createForgejoForge } from "../forgejo/forge.ts";
import type { GitHub } from "../github/client.ts";
import { createGitHubForge } from "../github/forge.ts";
import { createGitLabForge } from "../gitlab/forge.ts";
import type { ForgeUrls, ServiceUrls } from "../http/urls.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { BlobCache } from "../trees/github.ts";
import type { Forge, WatchedForge } from "./forge.ts";
import type { ForgeProfile } from "./profile.ts";
import { PROFILES } from "./profiles.ts";

/** What forges are made of: the clients that there are credentials for, and what they share. */
export type ForgeMaterial = {
  readonly urls: Pick<ServiceUrls, "github"> & ForgeUrls;
  readonly fetcher: Fetcher;
  /** Tokens of forges besides GitHub. */
  readonly tokens: Secrets["forgeTokens"];
  readonly github: GitHub | undefined;
  readonly blobs: BlobCache;
};

/** A forge of the list: what is known of it, where its pages are, and how it is made; undefined without a credential. */
type ListedForge = {
  readonly profile: ForgeProfile;
  readonly web: (material: ForgeMaterial) => string;
  readonly create: (material: ForgeMaterial) => Forge | undefined;
  /** Anything, where the environment has a credential for it. */
  readonly credentialIn: (secrets: Secrets) => unknown;
};

/** Every forge that a project can be on. */
export const FORGES: Readonly<Record<ForgeId, ListedForge>> = {
  github: {
    profile: PROFILES.github,
    web: ({ urls }) => urls.github.web,
    create: ({ github, blobs }) => (github === undefined ? undefined : createGitHubForge(github, blobs)),
    credentialIn: ({ github }) => github,
  },
  forgejo: byToken("forgejo", createForgejoForge),
  gitlab: byToken("gitlab", createGitLabForge),
};

/** A forge that is all at one address, for which there is one token. */
function byToken(
  id: TokenForgeId,
  create: (fetcher: Fetcher, address: { readonly url: string; readonly token: string }, blobs: BlobCache) => Forge,
): ListedForge {
  return {
    profile: PROFILES[id],
    web: ({ urls }) => urls[id].url,
    create: ({ urls, fetcher, tokens: { [id]: token }, blobs }) =>
      token === undefined ? undefined : create(fetcher, { url: urls[id].url, token }, blobs),
    credentialIn: ({ forgeTokens }) => forgeTokens[id],
  };
}

/** Every forge as this process reaches it. */
export function openForges(material: ForgeMaterial): Readonly<Record<ForgeId, WatchedForge>> {
  const open = ({ profile, web, create }: ListedForge): WatchedForge => ({
    ...profile,
    web: web(material),
    forge: create(material),
  });
  const opened = Object.entries(FORGES).map(([id, listed]) => [id, open(listed)]);
  return Object.fromEntries(opened) as Record<ForgeId, WatchedForge>;
}
