import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { WriteState } from "../../../src/lib/forge/branch.ts";
import type { Forge } from "../../../src/lib/forge/forge.ts";
import { createForgejoForge } from "../../../src/lib/forgejo/forge.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { NO_BLOBS } from "../../support/blob-cache.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type ForgejoOptions, startForgejo } from "../../upstreams/forgejo.ts";
import {
  addLabel,
  addRepository,
  addToken,
  commentOn,
  githubWorld,
  labelPullRequest,
} from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { entryAt } from "../../upstreams/github/git-trees.ts";
import type { Repository } from "../../upstreams/github/world.ts";

const HERE = { owner: "acme", name: "suite" };
const BRANCH = "headgate/tool-1";
const OLD = "#!/bin/sh\nTOOL=1.0.0\n";

let repository: Repository;
let world: ReturnType<typeof githubWorld>;
const opened: (() => Promise<void>)[] = [];
let tick = 0;

beforeEach(() => {
  tick = 0;
  world = githubWorld({ clock: () => new Date(Date.UTC(2026, 10, 20, 12, 0, tick++)).toISOString() });
  const files = { "build.sh": { text: OLD, mode: "100755" } } as const;
  repository = addRepository(world, "acme/suite", {
    files,
    collaborators: { bot: "admin", reader: "read", maintainer: "write" },
  });
});
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function start(
  given: ForgejoOptions & { readonly login?: string; readonly token?: string } = {},
): Promise<Forge> {
  const { login = "bot", ...options } = given;
  const standIn = await startForgejo(world, options);
  const fetcher = aFetcher([standIn]);
  opened.push(standIn.close, fetcher.close);
  return createForgejoForge(fetcher, { url: standIn.url, token: given.token ?? addToken(world, { login }) }, NO_BLOBS);
}

async function look(forge: Forge, labels: readonly string[] = []): Promise<WriteState> {
  const state = await forge.readWriteState(HERE, { base: undefined, head: BRANCH, labels, pullRequestId: undefined });
  if (isFailure(state)) throw state;
  return state;
}

async function commit(forge: Forge, state: WriteState, version: string, before = blobId(OLD)) {
  const { repositoryId, base, head: existing } = state;
  const changes = [{ path: "build.sh", mode: "100755", before, text: OLD.replace("1.0.0", version) }];
  const message = { headline: `Bump tool to ${version}`, body: "Headgate-Change: x" };
  return forge.commit({
    repository: HERE,
    repositoryId,
    base,
    branch: BRANCH,
    existing,
    shown: false,
    changes,
    message,
  });
}

/** A pull request of ours, by its id and the commit that it shows. */
async function open(forge: Forge, draft = false) {
  const state = await look(forge);
  const oid = await commit(forge, state, "1.1.0");
  const text = { title: "Bump tool", body: "Because.", draft };
  const made = await forge.open(HERE, { repositoryId: state.repositoryId, base: "main", head: BRANCH, ...text });
  if (isFailure(made) || isFailure(oid)) throw new Error("it was not opened");
  return { id: made.id, number: made.number, oid };
}

describe("Forgejo", () => {
  it("keeps an executable file executable, and knows the commit for one of ours", async () => {
    const forge = await start();
    const oid = await commit(forge, await look(forge), "1.1.0");
    const tree = getObject(repository.objects, `${oid}`, "commit")?.tree ?? "";
    expect(entryAt(repository.objects, tree, "build.sh")?.mode).toBe("100755");
    expect((await look(forge)).head).toMatchObject({ oid, parents: 1, madeThroughForge: true });
  });

  it("says of a commit that somebody else rewrote that it is not ours", async () => {
    const forge = await start();
    await commit(forge, await look(forge), "1.1.0");
    const other = await start({ login: "maintainer" });
    await commit(other, await look(other), "1.1.1");
    const again = await start();
    expect((await look(again)).head).toMatchObject({ madeThroughForge: false });
  });

  it("takes a file that has changed since it was read for a conflict", async () => {
    const forge = await start();
    const result = await commit(forge, await look(forge), "1.1.0", blobId("something else"));
    expect(result).toMatchObject({ code: "conflict", message: expect.stringContaining("sha does not match") });
  });

  it("says what to do where an old server cannot write a branch anew", async () => {
    const forge = await start({ overwrites: "never" });
    await commit(forge, await look(forge), "1.1.0");
    const result = await commit(forge, await look(forge), "1.2.0");
    expect(result).toMatchObject({
      code: "refused",
      message: expect.stringContaining("update it, or delete the branch"),
    });
  });

  it("merges by itself only where checks are required, and only the commit that it was told", async () => {
    const forge = await start();
    const { id, oid } = await open(forge);
    const refused = await forge.autoMerge(HERE, id, oid, "squash");
    expect(refused).toMatchObject({ code: "refused", message: expect.stringContaining("requires no status check") });
    repository.protectedBranches.push("main");
    expect(await forge.autoMerge(HERE, id, "0".repeat(40), "squash")).toMatchObject({ code: "conflict" });
    expect(await forge.autoMerge(HERE, id, oid, "squash")).toBeUndefined();
    expect(repository.pullRequests[0]?.autoMerge).toBe("SQUASH");
  });

  it("opens drafts, and leaves them drafts", async () => {
    const forge = await start();
    const { id } = await open(forge, true);
    expect(repository.pullRequests[0]?.title).toBe("WIP: Bump tool");
    await forge.update(HERE, { id, title: "Bump tool again", body: "" });
    expect(repository.pullRequests[0]?.title).toBe("WIP: Bump tool again");
  });

  it("gives labels that exist, reviewers, assignees and a milestone", async () => {
    addLabel(world, repository, "dependencies");
    const forge = await start();
    const pull = await open(forge);
    const { labelIds } = await look(forge, ["dependencies", "unknown"]);
    const wish = { reviewers: ["maintainer"], teamReviewers: [], assignees: ["maintainer"], milestone: 4 };
    expect(await forge.decorate(HERE, pull, { labelIds, ...wish })).toEqual([]);
    expect(repository.pullRequests[0]).toMatchObject({
      labels: ["dependencies"],
      reviewers: ["maintainer"],
      assignees: ["maintainer"],
      milestone: 4,
    });
  });

  it("tells labels that were put on and taken off, comments, and who closed it, oldest first", async () => {
    const forge = await start();
    const { id, number } = await open(forge);
    labelPullRequest(world, repository, number, { name: "headgate:hold" });
    commentOn(world, repository, number, "/headgate skip not now");
    labelPullRequest(world, repository, number, { name: "headgate:hold", added: false });
    await forge.close(HERE, id);
    const lives = await forge.readLives(HERE, [id, "7/99", "nonsense"]);
    if (isFailure(lives)) throw lives;
    expect([...lives.keys()]).toEqual([id]);
    expect(lives.get(id)).toMatchObject({
      state: "CLOSED",
      endedBy: { login: "bot", bot: false },
      comments: [{ author: { login: "maintainer" }, body: "/headgate skip not now" }],
      labelEvents: [
        { name: "headgate:hold", added: true, by: { login: "maintainer" } },
        { name: "headgate:hold", added: false },
      ],
    });
  });

  it("tells who may write to administrators alone", async () => {
    const forge = await start();
    const may = await Promise.all(["maintainer", "reader", "stranger"].map((login) => forge.mayWrite(HERE, login)));
    expect(may).toEqual([true, false, false]);
    const plain = await start({ login: "maintainer" });
    expect(await plain.mayWrite(HERE, "reader")).toMatchObject({ code: "forbidden" });
    const grants = await plain.readGrants(HERE);
    if (isFailure(grants)) throw grants;
    const given = grants.grants.map(({ use, given: it, certainty }) => [use.permission, use.level, it, certainty]);
    expect(given).toEqual([
      ["repository", "read", true, "known"],
      ["user", "read", true, "known"],
      ["repository", "write", undefined, "unknown"],
      ["issue", "write", undefined, "unknown"],
      ["administration", "read", false, "known"],
    ]);
  });

  it("does not take a pull request of another number or server for ours", async () => {
    const forge = await start();
    const { id, number } = await open(forge);
    const other = `${Number(id.split("/")[0]) + 1}/${number}`;
    expect(await forge.update(HERE, { id: other, title: "x", body: "" })).toMatchObject({ code: "not-found" });
    expect(repository.pullRequests[0]?.title).toBe("Bump tool");
  });

  it("says whose token is not accepted", async () => {
    const forge = await start({ token: "wrong" });
    expect(await forge.checkCredential()).toMatchObject({ code: "unauthorized" });
  });
});
