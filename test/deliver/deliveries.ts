import { deliver } from "../../src/deliver/deliver.ts";
import type { Delivery, FileChange } from "../../src/domain/bump.ts";
import type { Project } from "../../src/domain/project.ts";
import { type Failure, isFailure } from "../../src/lib/failure.ts";
import { openForges } from "../../src/lib/forge/forges.ts";
import { createGitHub, type GitHubCredential } from "../../src/lib/github/client.ts";
import { blobId } from "../../src/lib/trees/blob-id.ts";
import { aCandidate, aCheck, aComponent, aDecision, aPin, aRelease, aScore } from "../support/build.ts";
import { aFetcher } from "../support/fetcher.ts";
import { gitHubAlone } from "../support/forge-material.ts";
import { addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import { getObject } from "../upstreams/github/git-objects.ts";
import { entryAt } from "../upstreams/github/git-trees.ts";
import type { GithubWorld, PullRequest, Repository } from "../upstreams/github/world.ts";
import { startGithub } from "../upstreams/github.ts";
import type { Received } from "../upstreams/stand-in.ts";
import { aContext } from "./support.ts";

/** The project whose repository is `acme/suite`. */
export const project: Project = {
  id: "suite",
  name: "suite",
  source: { kind: "github", owner: "acme", name: "suite" },
  ignorePaths: [],
};
/** Its nine files with a pin each. */
export const NAMES = Array.from({ length: 9 }, (_, index) => `images/${index}/Dockerfile`);
/** What each of them holds. */
export const line = (version: string) => `ENV TOOL_VERSION=${version}\n`;

/** Everything that is asked of one delivery: which version, of which files, with what delivered before. */
type Given = {
  readonly to?: string;
  readonly paths?: readonly string[];
  readonly from?: string;
  readonly mode?: string;
  readonly source?: Project["source"];
  readonly earlier?: readonly (Delivery | Failure)[];
  readonly credential?: GitHubCredential | null;
  readonly labels?: readonly string[];
  readonly options?: object;
  readonly reopenedAt?: string;
  readonly warning?: string;
  readonly outcome?: "pass" | "warn";
  readonly summary?: string;
};

/** A GitHub with the project's repository, and deliveries to it. */
export type Deliveries = {
  readonly world: GithubWorld;
  readonly repository: Repository;
  readonly standIn: Awaited<ReturnType<typeof startGithub>>;
  /** Delivers one proposal; `writes` are the requests that change something. */
  readonly bump: (given?: Given) => Promise<{
    readonly result: Delivery | Failure;
    readonly writes: readonly Received[];
    readonly recorded: readonly Delivery[];
  }>;
  readonly pulls: () => PullRequest[];
  /** The one pull request there is. */
  readonly onlyPull: () => PullRequest;
  readonly branchesOfOurs: () => string[];
  readonly textAt: (
    commit: string,
    path: string,
  ) => { readonly mode: string; readonly text: string | undefined } | undefined;
};

/** Starts it. */
export async function startDeliveries(): Promise<Deliveries> {
  let tick = 0;
  const world = githubWorld({ clock: () => new Date(Date.UTC(2026, 10, 20, 12, 0, tick++)).toISOString() });
  const files = Object.fromEntries([...NAMES, "untouched.txt"].map((path) => [path, line("1.0.0")]));
  const repository = addRepository(world, "acme/suite", {
    files: { ...files, "build.sh": { text: line("1.0.0"), mode: "100755" } },
  });
  const standIn = await startGithub(world);
  const pulls = () => repository.pullRequests;
  return {
    ...{ world, repository, standIn, pulls },
    bump: (given = {}) => bump(world, standIn, given),
    onlyPull: () => {
      const [pull, ...others] = pulls();
      if (pull === undefined || others.length > 0) throw new Error(`there are ${pulls().length} pull requests`);
      return pull;
    },
    branchesOfOurs: () => [...repository.refs.keys()].filter((name) => name.startsWith("refs/heads/headgate/")),
    textAt: (commit, path) => {
      const entry = entryAt(repository.objects, getObject(repository.objects, commit, "commit")?.tree ?? "", path);
      return entry === undefined
        ? undefined
        : { mode: entry.mode, text: getObject(repository.objects, entry.sha, "blob")?.bytes.toString() };
    },
  };
}

async function bump(world: GithubWorld, standIn: Deliveries["standIn"], given: Given) {
  const { to = "1.1.0", paths = NAMES, from = "1.0.0", mode = "100644", earlier = [], labels = [] } = given;
  const pins = paths.map((path) => aPin({ path, text: from }));
  const candidate = aCandidate({
    id: `candidate-${to.replaceAll(".", "")}`,
    component: aComponent({ project: "suite", pins }),
    to: aRelease({ version: to }),
  });
  const changes = paths.map((path): FileChange => ({ path, mode, before: blobId(line(from)), text: line(to) }));
  const token = { kind: "token", token: addToken(world) } as const;
  const fetcher = aFetcher([standIn]);
  const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
  const credential = given.credential === undefined ? token : given.credential;
  const github = credential === null ? undefined : createGitHub({ fetcher, urls, credential });
  const context = aContext({
    fetcher,
    forge: openForges(gitHubAlone({ urls, github })).github,
    options: { labels, ...given.options },
  });
  const checks = [aCheck({ outcome: given.outcome ?? "pass", summary: given.summary ?? "Fine." })];
  const reason = { rule: "jump", level: "warn", summary: given.warning ?? "" } as const;
  const warned = given.warning === undefined ? {} : { reasons: [reason] };
  const item = {
    proposal: { project: "suite", candidate, decision: aDecision(warned), changes, byHand: [] },
    ...(given.reopenedAt !== undefined && { reopenedAt: given.reopenedAt }),
    card: { upstream: candidate.component.upstream, score: aScore(), checks },
    earlier: earlier.filter((one): one is Delivery => !isFailure(one)),
  };
  const before = standIn.requests.length;
  const [result] = await deliver(
    { kind: "proposals", project: { ...project, source: given.source ?? project.source }, proposals: [item], open: [] },
    "pull-request",
    context,
  );
  await fetcher.close();
  if (result === undefined) throw new Error("nothing came of it");
  const writes = standIn.requests.slice(before).filter(isWrite);
  return { result, writes, recorded: context.recorded };
}

const isWrite = ({ method, path, body }: { method: string; path: string; body: Buffer }) =>
  path === "/graphql" ? body.toString().includes("mutation") : method !== "GET" && !path.startsWith("/app/");
