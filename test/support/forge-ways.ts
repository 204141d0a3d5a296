import { generateKeyPairSync } from "node:crypto";
import type { Forge, ForgeProfile, RepositoryName } from "../../src/lib/forge.ts";
import { FORGES } from "../../src/lib/forges.ts";
import { createGitHub, type GitHubCredential } from "../../src/lib/github/client.ts";
import { type ForgejoOptions, startForgejo } from "../upstreams/forgejo.ts";
import { addInstallation, addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import type { GithubWorld } from "../upstreams/github/world.ts";
import { startGithub } from "../upstreams/github.ts";
import { NO_BLOBS } from "./blob-cache.ts";
import { aFetcher } from "./fetcher.ts";
import { gitHubAlone } from "./forge-material.ts";

/** A forge at a stand-in of its service, with one repository in which `maintainer` may write and `stranger` may not. */
export type ForgeAtWork = {
  readonly forge: Forge;
  readonly repository: RepositoryName;
  readonly profile: ForgeProfile;
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
  forgejo: (files) => startOnForgejo(files, {}),
  "forgejo, which is a Gitea": (files) => startOnForgejo(files, { overwrites: "force_push" }),
};

async function startOnForgejo(files: Readonly<Record<string, string>>, options: ForgejoOptions): Promise<ForgeAtWork> {
  const world = githubWorld({ clock: () => "2026-11-20T12:00:00.000Z" });
  addRepository(world, "acme/suite", { files, collaborators: { maintainer: "admin" } });
  const standIn = await startForgejo(world, options);
  const fetcher = aFetcher([standIn]);
  const nowhere = "https://github.invalid";
  const urls = { github: { api: nowhere, graphql: nowhere, web: nowhere }, forgejo: { url: standIn.url } };
  const tokens = { forgejo: addToken(world, { login: "maintainer" }) };
  const forge = FORGES.forgejo.create({ urls, fetcher, tokens, github: undefined, blobs: NO_BLOBS });
  if (forge === undefined) throw new Error("there is a token");
  const close = async () => {
    await fetcher.close();
    await standIn.close();
  };
  return { forge, profile: FORGES.forgejo.profile, repository: { owner: "acme", name: "suite" }, close };
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
  return { forge, profile: FORGES.github.profile, repository: { owner: "acme", name: "suite" }, close };
}
