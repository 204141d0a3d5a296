import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import type { WriteState } from "../../src/lib/forge/branch.ts";
import { FORGES } from "../../src/lib/forge/forges.ts";
import type { PullRequest } from "../../src/lib/forge/pull-request.ts";
import { blobId } from "../../src/lib/trees/blob-id.ts";
import { FORGE_WAYS, type ForgeAtWork } from "../support/forge-ways.ts";

const FILES = { "a/Dockerfile": "FROM alpine:3.22\n", "b/Dockerfile": "FROM alpine:3.22\n" };
const BRANCH = "headgate/alpine-12345678";
const NEW = "FROM alpine:3.23\n";

function value<Value>(result: Value): Exclude<Value, Error> {
  if (isFailure(result)) throw result;
  return result as Exclude<Value, Error>;
}

it("every forge of the list runs through this contract", () => {
  const ways = Object.keys(FORGE_WAYS).map((way) => way.split(",")[0]);
  expect([...new Set(ways)].sort()).toEqual(Object.keys(FORGES).sort());
});

describe.each(Object.entries(FORGE_WAYS))("the forge %s", (_, start) => {
  let at: ForgeAtWork;
  beforeEach(async () => {
    at = await start(FILES);
  });
  afterEach(() => at.close());

  const look = async (pullRequestId?: string): Promise<WriteState> => {
    const question = { base: undefined, head: BRANCH, labels: [], pullRequestId };
    return value(await at.forge.readWriteState(at.repository, question));
  };

  /** One commit with a change of one file, on top of the base as it is. */
  async function commit(text: string, state: WriteState, shown = false): Promise<string> {
    const { repository, forge } = at;
    const changes = [{ path: "a/Dockerfile", mode: "100644", before: blobId(FILES["a/Dockerfile"]), text }];
    const message = { headline: "Bump alpine", body: "Because." };
    const { repositoryId, base, head: existing } = state;
    return value(
      await forge.commit({ repository, repositoryId, base, branch: BRANCH, existing, shown, changes, message }),
    );
  }

  async function open(): Promise<{ readonly state: WriteState; readonly pull: PullRequest; readonly oid: string }> {
    const before = await look();
    const oid = await commit(NEW, before);
    const text = { title: "Bump alpine", body: "From 3.22.", draft: false };
    const names = { repositoryId: before.repositoryId, base: before.base.name, head: BRANCH };
    const { id } = value(await at.forge.open(at.repository, { ...names, ...text }));
    const state = await look(id);
    const pull = state.pulls.find((one) => one.id === id);
    if (pull === undefined) throw new Error("it is not there");
    return { state, pull, oid };
  }

  it("reads the files of a branch as they are there", async () => {
    for (const branch of [undefined, "main"]) {
      const tree = value(await at.forge.readTree(at.repository, branch));
      const texts = await Promise.all(tree.entries.map(async (entry) => [entry.path, value(await tree.read(entry))]));
      expect([tree.branch, Object.fromEntries(texts)]).toEqual(["main", FILES]);
      expect(tree.commit).toBe((await look()).base.oid);
    }
    expect(await at.forge.readTree(at.repository, "none")).toMatchObject({ code: "not-found" });
  });

  it("says of each permission of its list whether it was given, and where that is changed", async () => {
    const { grants, settings } = value(await at.forge.readGrants(at.repository));
    expect(grants.map(({ use }) => use)).toEqual(at.profile.permissions);
    for (const { given, certainty, because } of grants) {
      expect(given === undefined).toBe(certainty === "unknown");
      expect(because).toMatch(/\w/);
    }
    expect(settings).toMatch(/^\//);
  });

  it("is known by its profile: its id, its pages, and what to set where there is no credential", () => {
    const { id, title, noCredential, pageOf } = at.profile;
    expect(at.forge.id).toBe(id);
    expect(at.forge.title).toContain(title);
    expect(noCredential).toMatch(/set [A-Z_]+/);
    const page = new URL(pageOf("https://forge.example", at.repository));
    const line = pageOf(page.origin, at.repository, { path: "a b/Dockerfile", line: 3, commit: "0".repeat(40) });
    expect(line).toContain(`${page.href}/`);
    expect(line).toContain("a%20b/Dockerfile");
  });

  it("says what it makes of texts: how long they may be, and which links it would write into", () => {
    const { body } = at.profile;
    expect(body.longest).toBeGreaterThan(10_000);
    const web = "https://forge.example";
    const quiet = (path: string) => body.quietLink(new URL(`${web}/acme/suite/${path}`), web)?.host;
    const { requests } = at; // what a pull request's address is there means nothing on the others
    const others = ["pull/1", "pulls/1", "-/merge_requests/1"].filter((path) => path !== requests);
    expect(others.map(quiet)).toEqual(["forge.example", "forge.example"]);
    expect([requests, "issues/1"].map(quiet)).toEqual([undefined, undefined]);
    expect(quiet("releases/tag/v1")).toBe("forge.example");
  });

  it("says what is lacking without a credential, what to do, and that its own is accepted", async () => {
    const { without, noCredential } = at.profile;
    expect(noCredential).toContain(without.variable);
    for (const words of [without.projects, without.advice]) expect(words).toMatch(/\w+ \w+/);
    expect(value(await at.forge.checkCredential())).toMatch(/\w/);
  });

  it("shows a repository to which nothing was written", async () => {
    const state = await look();
    expect(state).toMatchObject({ archived: false, head: undefined, pulls: [] });
    expect(state.base.name).toBe("main");
    const ids = value(await at.forge.readBlobIds(at.repository, state.base.oid, ["a/Dockerfile", "none"]));
    expect([ids.get("a/Dockerfile"), ids.get("none")]).toEqual([blobId(FILES["a/Dockerfile"]), undefined]);
  });

  it("makes one commit on a branch, and shows it in a pull request with its text", async () => {
    const { state, pull, oid } = await open();
    expect(pull).toMatchObject({ state: "OPEN", title: "Bump alpine", body: "From 3.22.", headOid: oid, commits: 1 });
    expect(state.head).toMatchObject({ oid, parents: 1 });
    const ids = value(await at.forge.readBlobIds(at.repository, oid, Object.keys(FILES)));
    expect([...ids.values()]).toEqual([blobId(NEW), blobId(FILES["b/Dockerfile"])]);
    const listed = value(await at.forge.listOpen(at.repository));
    expect(listed).toMatchObject([{ id: pull.id, headBranch: BRANCH, paths: ["a/Dockerfile"] }]);
    const removed = value(await at.forge.readRemovedLines(at.repository, pull.number));
    expect(removed.get("a/Dockerfile")?.map((line) => line.trim())).toEqual(["FROM alpine:3.22"]);
  });

  it("replaces the commit of an open pull request, which stays the same one", async () => {
    const { state, pull } = await open();
    const oid = await commit("FROM alpine:3.24\n", state, true);
    expect(await at.forge.update(at.repository, { id: pull.id, title: "Bump again", body: "Newer." })).toBeUndefined();
    const [now, ...more] = (await look(pull.id)).pulls;
    expect(more).toEqual([]);
    expect(now).toMatchObject({
      id: pull.id,
      state: "OPEN",
      title: "Bump again",
      body: "Newer.",
      headOid: oid,
      commits: 1,
    });
  });

  it("tells what became of a pull request, who ended it and what was said under it", async () => {
    const { pull, oid } = await open();
    expect(await at.forge.comment(at.repository, pull.id, "Why not.")).toBeUndefined();
    expect(await at.forge.setStatus(at.repository, oid, { state: "success", description: "Fine." })).toBeUndefined();
    expect(await at.forge.close(at.repository, pull.id)).toBeUndefined();
    const life = value(await at.forge.readLives(at.repository, [pull.id])).get(pull.id);
    expect(life).toMatchObject({ state: "CLOSED", headBranch: BRANCH, comments: [{ body: "Why not." }] });
    expect(life?.endedBy?.login).toBe(life?.comments[0]?.author.login); // by this a close of our own is known
    expect(life?.reopened).toBeUndefined();
    expect(await at.forge.reopen(at.repository, pull.id)).toBeUndefined();
    expect((await look(pull.id)).pulls).toMatchObject([{ id: pull.id, state: "OPEN" }]);
    const again = value(await at.forge.readLives(at.repository, [pull.id])).get(pull.id);
    expect(again?.reopened?.by.login).toBe(life?.comments[0]?.author.login);
    expect(again?.reopened?.at).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it("tells which branch a pull request is for, and moves it to another one", async () => {
    const { state, pull } = await open();
    expect(pull.base).toBe("main");
    const { repositoryId } = state;
    const changes = [{ path: "b/Dockerfile", mode: "100644", before: blobId(FILES["b/Dockerfile"]), text: NEW }];
    const message = { headline: "Another branch", body: "Because." };
    const given = { repository: at.repository, repositoryId, base: state.base, branch: "next", changes, message };
    value(await at.forge.commit({ ...given, existing: undefined, shown: false }));
    const text = { id: pull.id, title: pull.title, body: pull.body };
    expect(await at.forge.update(at.repository, { ...text, base: "next" })).toBeUndefined();
    expect((await look(pull.id)).pulls).toMatchObject([{ id: pull.id, base: "next", title: pull.title }]);
  });

  it("knows or makes each label that is wanted, or names it as missing", async () => {
    const question = { base: undefined, head: BRANCH, labels: ["none such"], pullRequestId: undefined };
    const state = value(await at.forge.readWriteState(at.repository, question));
    expect([...state.labelIds, ...state.missingLabels]).toHaveLength(1);
  });

  it("deletes a branch only where it still points at the commit that is named", async () => {
    const { state, oid } = await open();
    await at.forge.deleteBranch(at.repository, BRANCH, state.base.oid);
    expect((await look()).head?.oid).toBe(oid);
    expect(await at.forge.deleteBranch(at.repository, BRANCH, oid)).toBeUndefined();
    expect((await look()).head).toBeUndefined();
  });

  it("leaves out what is not there, and says that strangers may not write", async () => {
    const { pull } = await open();
    const lives = value(await at.forge.readLives(at.repository, [pull.id]));
    expect([...lives.keys()]).toEqual([pull.id]);
    expect(value(await at.forge.mayWrite(at.repository, "stranger"))).toBe(false);
  });

  it("answers about a repository that is not there with a failure", async () => {
    const nowhere = { owner: "acme", name: "nowhere" };
    const question = { base: undefined, head: BRANCH, labels: [], pullRequestId: undefined };
    expect(isFailure(await at.forge.readWriteState(nowhere, question))).toBe(true);
    expect(isFailure(await at.forge.listOpen(nowhere))).toBe(true);
  });
});
