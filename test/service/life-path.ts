import { candidatesOf } from "../../src/db/decisions/candidates.ts";
import type { ForgeId } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { entriesOf } from "../../src/flow/letters/digest-material.ts";
import { previewDigest } from "../../src/flow/letters/send-digest.ts";
import type { DemoWorld } from "../demo/world.ts";
import { getObject } from "../upstreams/github/git-objects.ts";
import { entryAt, type GivenFile } from "../upstreams/github/git-trees.ts";
import { findRepository, history, type PullRequest, type Repository } from "../upstreams/github/world.ts";

/** One repository that is watched, and what happens to its pull request. */
export type Path = {
  /** Before anything is proposed. */
  readonly before?: (here: Place) => void;
  /** Once 1.1.0 is proposed. */
  readonly act?: (here: Place) => void;
  /** A look later. */
  readonly later?: (here: Place) => void;
  /** Publishes 1.2.0 and lets its wait pass. */
  readonly newer?: true;
  /** By default a list of requirements with the package of its name in 1.0.0. */
  readonly files?: (world: DemoWorld) => Readonly<Record<string, GivenFile>>;
  /** How many packages it takes; default: the one of its name. The second is called `NAME-two`. */
  readonly packages?: 0 | 2;
  /** It takes the action `life/NAME-action`, too. */
  readonly action?: true;
  /** What a rule of the configuration says of it. */
  readonly rule?: string;
  /** What its repository is like. */
  readonly repository?: Partial<Pick<Repository, "autoMergeAllowed" | "protectedBranches">>;
  /** Nobody gave leave to write there. */
  readonly readOnly?: true;
  /** Enough is known of its package to score it. */
  readonly scored?: true;
  readonly expected: Expected;
  /** On forges that have no such notion: which, why, and what happens there instead. */
  readonly elsewhere?: { readonly on: readonly ForgeId[]; readonly since: string; readonly expected: Expected };
};

type Expected = (here: Place) => Promise<void> | void;

/** Paths by the name of their repository. */
export type Paths = Readonly<Record<string, Path>>;

/** Where a path is walked. */
export type Place = {
  readonly name: string;
  readonly forge: ForgeId;
  readonly flow: FlowContext;
  readonly world: DemoWorld;
  readonly repository: Repository;
  /** Pull requests of Headgate, oldest first. */
  readonly ours: () => PullRequest[];
  /** The only one; every path but those that open another has one. */
  readonly pull: () => PullRequest;
  readonly text: (pull: PullRequest, path?: string) => string;
  readonly stateOf: (version: string) => Promise<string | undefined>;
  /** What the digest says, at the end, of a version that is wanted and of its pull request. */
  readonly said: (version: string) => Promise<string | undefined>;
  /** The digest, when pull requests of 1.1.0 were opened and at the end. */
  readonly digests: { readonly early: string; readonly late: string };
  /** An account that the forge tells to be a program's. */
  readonly bot: string;
};

const BOTS: Readonly<Record<ForgeId, string>> = {
  github: "tidy[bot]",
  forgejo: "forgejo-actions",
  gitlab: "project_7_bot_4ffca233d8298ea1",
};

/** The place of a path as it is now. */
export function placeOf(
  name: string,
  { flow, world, forge, digests }: Pick<Place, "flow" | "world" | "forge" | "digests">,
): Place {
  const repository = repositoryAt(world, name);
  const ours = () => repository.pullRequests.filter((pull) => pull.headRefName.startsWith("headgate/"));
  return {
    ...{ name, forge, flow, world, repository, ours, digests },
    pull: () => {
      const [pull, ...more] = ours();
      if (pull === undefined || more.length > 0)
        throw new Error(`${name} has ${pull === undefined ? 0 : more.length + 1} pull requests`);
      return pull;
    },
    text: (pull, path = "requirements.txt") => {
      const blob = getObject(repository.objects, fileOf(repository, pull, path)?.sha, "blob");
      return blob?.bytes.toString() ?? "";
    },
    bot: BOTS[forge],
    stateOf: async (version) => (await candidatesOf(flow.db, name)).find((one) => one.to === version)?.state,
    said: async (version) =>
      (await entriesOf(flow, name)).find(({ candidate }) => candidate.to.version === version)?.byHand,
  };
}

/** The digest as Markdown, without what only keeps Markdown from meaning something. */
export async function digestNow(flow: FlowContext): Promise<string> {
  return (await previewDigest(flow)).markdown.replace(/[\\`]/g, "");
}

/** A repository of the world. */
export function repositoryAt(world: DemoWorld, name: string): Repository {
  const repository = findRepository(world.github, "life", name);
  if (repository === undefined) throw new Error(`life/${name} is gone`);
  return repository;
}

/** A file at the head of a pull request. */
export function fileOf(repository: Repository, pull: PullRequest, path: string) {
  const tree = getObject(repository.objects, pull.headRefOid, "commit")?.tree ?? "";
  return entryAt(repository.objects, tree, path);
}

/** Commits on a branch that are not on the base. */
export function ownCommits(repository: Repository, pull: PullRequest): number {
  const base = new Set(history(repository, repository.refs.get("refs/heads/main") ?? "").map(({ oid }) => oid));
  return history(repository, pull.headRefOid).filter(({ oid }) => !base.has(oid)).length;
}

/** The verdicts that a pull request shows, oldest first. */
export function statusesOf({ statuses }: Repository, pull: PullRequest): string[] {
  return statuses.filter(({ sha }) => sha === pull.headRefOid).map(({ state }) => state);
}

/** Branches that begin as ours do. */
export function ourBranches({ refs }: Repository): string[] {
  return [...refs.keys()].filter((name) => name.startsWith("refs/heads/headgate/"));
}

/** An action that takes another one of an exact commit, that of the action's first version. */
export function actionFile(world: DemoWorld, name: string): string {
  const commit = repositoryAt(world, `${name}-action`).refs.get("refs/tags/v1.0.0");
  return `runs:\n  using: composite\n  steps:\n    - uses: life/${name}-action@${commit} # v1.0.0\n`;
}
