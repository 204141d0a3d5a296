import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { createFetcher, type Fetcher } from "../../src/lib/fetcher.ts";
import { createGitHub } from "../../src/lib/github.ts";
import { createGitHubReader, type GitHubReader } from "../../src/lib/github-reader.ts";
import type { RepositorySweep, SweepRequest } from "../../src/lib/github-sweep-answer.ts";
import {
  addAsset,
  addRelease,
  addRepository,
  addTag,
  addToken,
  githubWorld,
  renameRepository,
} from "../upstreams/github/builders.ts";
import type { GithubWorld } from "../upstreams/github/world.ts";
import { type GithubOptions, startGithub } from "../upstreams/github.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function start(world: GithubWorld, options: GithubOptions = {}) {
  const standIn = await startGithub(world, options);
  const fetcher: Fetcher = createFetcher({ userAgent: "Headgate/test", allowPrivate: [new URL(standIn.url).host] });
  open.push(fetcher.close, standIn.close);
  const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
  const github = createGitHub({ fetcher, urls, credential: { kind: "token", token: addToken(world) }, clock: () => NOW });
  return { reader: createGitHubReader(github, () => NOW), standIn };
}

const world = () => githubWorld({ clock: () => NOW });

function aRequest(name: string, given: Partial<SweepRequest> = {}): SweepRequest {
  const [owner = "", repository = ""] = name.split("/");
  return { owner, name: repository, tagPrefix: "", pinnedTags: [], branches: [], ...given };
}

async function sweep(reader: GitHubReader, name: string, given: Partial<SweepRequest> = {}): Promise<RepositorySweep> {
  const swept = await reader.sweep(aRequest(name, given));
  if (isFailure(swept)) throw swept;
  return swept;
}

const sweeps = (standIn: Awaited<ReturnType<typeof startGithub>>) =>
  standIn.requests.filter((request) => request.body.includes("query Sweep("));

describe("a sweep", () => {
  it("asks for fifty repositories in one request once GitHub has shown that it can take it", async () => {
    const github = world();
    const names = Array.from({ length: 50 }, (_, index) => `acme/tool-${index}`);
    for (const name of names) addRepository(github, name);
    const { reader, standIn } = await start(github);
    await Promise.all(names.map((name) => sweep(reader, name)));
    expect(sweeps(standIn)).toHaveLength(2);
    const swept = await Promise.all(names.map((name) => sweep(reader, name)));
    expect(sweeps(standIn)).toHaveLength(3);
    expect(swept.map((one) => one.nameWithOwner)).toEqual(names);
  });

  it("halves a query that is too much for GitHub, and remembers the size that was not", async () => {
    const github = world();
    const names = Array.from({ length: 25 }, (_, index) => `acme/tool-${index}`);
    for (const name of names) addRepository(github, name);
    const { reader, standIn } = await start(github, { maxAliases: () => 6 });
    const swept = await Promise.all(names.map((name) => sweep(reader, name)));
    expect(swept.map((one) => one.nameWithOwner)).toEqual(names);
    const statuses = sweeps(standIn).map((request) => request.status);
    expect(statuses.slice(0, 3)).toEqual([502, 502, 200]);
  });

  it("fails only for the repository that is missing", async () => {
    const github = world();
    addRepository(github, "acme/tool");
    const { reader } = await start(github);
    const [there, gone] = await Promise.all([
      reader.sweep(aRequest("acme/tool")),
      reader.sweep(aRequest("acme/gone")),
    ]);
    expect(there).toMatchObject({ nameWithOwner: "acme/tool" });
    expect(gone).toMatchObject({ code: "not-found", message: expect.stringContaining("acme/gone") });
  });
});
void addAsset;
void addRelease;
void addTag;
void renameRepository;
