import { generateKeyPairSync } from "node:crypto";
import type { TokenForgeId } from "../../src/domain/project.ts";
import type { RepositoryName } from "../../src/lib/forge/branch.ts";
import type { Forge } from "../../src/lib/forge/forge.ts";
import { FORGES } from "../../src/lib/forge/forges.ts";
import type { ForgeProfile } from "../../src/lib/forge/profile.ts";
import { createGitHub, type GitHubCredential } from "../../src/lib/github/client.ts";
import { startForgejo } from "../upstreams/forgejo.ts";
import { addInstallation, addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import type { GithubWorld } from "../upstreams/github/world.ts";
import { startGithub } from "../upstreams/github.ts";
import { startGitLab } from "../upstreams/gitlab.ts";
import type { StandIn } from "../upstreams/stand-in.ts";
import { NO_BLOBS } from "./blob-cache.ts";
import { aFetcher } from "./fetcher.ts";
import { gitHubAlone } from "./forge-material.ts";
import { forgeUrls } from "./urls.ts";

/** A forge at a stand-in of its service, with one repository in which `maintainer` may write and `stranger` may not. */
export type ForgeAtWork = {
  readonly forge: Forge;
  readonly repository: RepositoryName;
  readonly profile: ForgeProfile;
  /** The address of a pull request below its repository's. */
  readonly requests: string;
  readonly close: () => Promise<void>;
};

/** Every forge and every way to log in there: how it is set up with these files on its default branch `main`. */
export const FORGE_WAYS: Readonly<Record<string, (files: Readonly<Record<string, string>>) => Promise<ForgeAtWork>>> = {
  "github, with a token": (files) =>
    startOnGitHub(files, (world) => ({ kind: "token", token: addToken(world, { login: "maintainer" }) })),
  "github, with an App": (files) =>
    startOnGitHub(files, (world) => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      addInstallation(world);
      return { kind: "app", appId: "1", privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    }),
  forgejo: (files) => startByToken("forgejo", files, (world) => startForgejo(world)),
  "forgejo, which is a Gitea": (files) =>
    startByToken("forgejo", files, (world) => startForgejo(world, { overwrites: "force_push" })),
  gitlab: (files) => startByToken("gitlab", files, (world) => startGitLab(world)),
  "gitlab, which signs, in a group within a group": (files) =>
    startByToken("gitlab", files, (world) => startGitLab(world, { signs: true }), "acme/apps"),
};

async function startByToken(
  id: TokenForgeId,
  files: Readonly<Record<string, string>>,
  start: (world: GithubWorld) => Promise<StandIn>,
  owner = "acme",
): Promise<ForgeAtWork> {
  const world = githubWorld({ clock: () => "2026-11-20T12:00:00.000Z" });
  addRepository(world, `${owner}/suite`, { files, collaborators: { maintainer: "admin" } });
  const standIn = await start(world);
  const fetcher = aFetcher([standIn]);
  const nowhere = "https://github.invalid";
  const urls = { github: { api: nowhere, graphql: nowhere, web: nowhere }, ...forgeUrls(standIn.url) };
  const tokens = { [id]: addToken(world, { login: "maintainer" }) };
  const forge = FORGES[id].create({ urls, fetcher, tokens, github: undefined, blobs: NO_BLOBS });
  if (forge === undefined) throw new Error("there is a token");
  const close = async () => {
    await fetcher.close();
    await standIn.close();
  };
  const requests = { forgejo: "pulls/1", gitlab: "-/merge_requests/1" }[id];
  return { forge, profile: FORGES[id].profile, repository: { owner, name: "suite" }, requests, close };
}

async function startOnGitHub(
  files: Readonly<Record<string, string>>,
  login: (world: GithubWorld) => GitHubCredential,
): Promise<ForgeAtWork> {
  const world = githubWorld({ clock: () => "2026-11-20T12:00:00.000Z" });
  addRepository(world, "acme/suite", { files });
  const standIn = await startGithub(world);
  const fetcher = aFetcher([standIn]);
  const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
  const github = createGitHub({ fetcher, urls, credential: login(world) });
  const forge = FORGES.github.create(gitHubAlone({ urls, github }));
  if (forge === undefined) throw new Error("there is a credential");
  const close = async () => {
    await fetcher.close();
    await standIn.close();
  };
  const repository = { owner: "acme", name: "suite" };
  return { forge, profile: FORGES.github.profile, repository, requests: "pull/1", close };
}
