import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { WriteState } from "../../../src/lib/forge/branch.ts";
import type { Forge } from "../../../src/lib/forge/forge.ts";
import { createGitLabForge } from "../../../src/lib/gitlab/forge.ts";
import { GITLAB } from "../../../src/lib/gitlab/profile.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { NO_BLOBS } from "../../support/blob-cache.ts";
import { aFetcher } from "../../support/fetcher.ts";
import {
  addLabel,
  addRepository,
  addToken,
  closePullRequest,
  commentOn,
  githubWorld,
  labelPullRequest,
  pushCommit,
  renameRepository,
} from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { entryAt } from "../../upstreams/github/git-trees.ts";
import type { Credential, Repository } from "../../upstreams/github/world.ts";
import type { GitLabOptions } from "../../upstreams/gitlab/call.ts";
import { startGitLab } from "../../upstreams/gitlab.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

const HERE = { owner: "acme/apps", name: "suite" };
const BRANCH = "headgate/tool-1";
const OLD = "#!/bin/sh\nTOOL=1.0.0\n";
const BOT = "project_7_bot_4ffca233d8298ea1";

let repository: Repository;
let world: ReturnType<typeof githubWorld>;
let standIn: StandIn;
let pauses: number[];
const opened: (() => Promise<void>)[] = [];
let tick = 0;

beforeEach(() => {
  [tick, pauses] = [0, []];
  world = githubWorld({ clock: () => new Date(Date.UTC(2026, 10, 20, 12, 0, tick++)).toISOString() });
  const files = {
    "build.sh": { text: OLD, mode: "100755" },
    "windows.bat": { text: "set TOOL=1.0.0\r\n" },
  } as const;
  repository = addRepository(world, "acme/apps/suite", {
    files,
    collaborators: { [BOT]: "admin", reader: "read", maintainer: "write" },
  });
});
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

type Given = GitLabOptions & Partial<Pick<Credential, "login" | "scopes">> & { readonly token?: string };

async function start({ login = BOT, scopes = "api", token, ...options }: Given = {}): Promise<Forge> {
  standIn = await startGitLab(world, options);
  const fetcher = aFetcher([standIn]);
  opened.push(standIn.close, fetcher.close);
  const address = { url: standIn.url, token: token ?? addToken(world, { login, scopes }) };
  return createGitLabForge(fetcher, address, NO_BLOBS, async (wait) => void pauses.push(wait));
}

function value<Value>(result: Value): Exclude<Value, Error> {
  if (isFailure(result)) throw result;
  return result as Exclude<Value, Error>;
}

async function look(forge: Forge, labels: readonly string[] = []): Promise<WriteState> {
  return value(await forge.readWriteState(HERE, { base: undefined, head: BRANCH, labels, pullRequestId: undefined }));
}

const SHELL = { path: "build.sh", mode: "100755", before: blobId(OLD), text: OLD.replace("1.0.0", "1.1.0") };

async function commit(forge: Forge, state: WriteState, change = SHELL) {
  const { repositoryId, base, head: existing } = state;
  const message = { headline: "Bump tool to 1.1.0", body: "Headgate-Change: x" };
  const request = { repository: HERE, repositoryId, base, branch: BRANCH, existing, shown: false, message };
  return forge.commit({ ...request, changes: [change] });
}

/** A merge request of ours, by its id and the commit that it shows. */
async function open(forge: Forge, { draft = false, title = "Bump tool" } = {}) {
  const { repositoryId } = await look(forge);
  const oid = value(await commit(forge, await look(forge)));
  const made = { repositoryId, base: "main", head: BRANCH, title, body: "Because.", draft };
  return { ...value(await forge.open(HERE, made)), oid };
}

const written = () => repository.pullRequests[0];

describe("GitLab, where it is written to", () => {
  it("keeps an executable file executable, and knows the commit for one of ours, signed or not", async () => {
    for (const signs of [true, false]) {
      const forge = await start({ signs });
      const oid = value(await commit(forge, await look(forge)));
      const tree = getObject(repository.objects, oid, "commit")?.tree ?? "";
      expect(entryAt(repository.objects, tree, "build.sh")?.mode).toBe("100755");
      expect((await look(forge)).head).toMatchObject({ oid, parents: 1, madeThroughForge: true });
    }
  });

  it("says of commits that somebody else made or pushed that they are not ours", async () => {
    const forge = await start();
    const other = await start({ login: "maintainer" });
    await commit(other, await look(other));
    expect((await look(forge)).head).toMatchObject({ madeThroughForge: false });
    pushCommit(world, repository, { branch: BRANCH, message: "Mine", author: BOT });
    expect((await look(forge)).head).toMatchObject({ madeThroughForge: false });
  });

  it("does not write over what somebody pushed since it was looked at", async () => {
    const forge = await start();
    const state = await look(forge);
    const oid = pushCommit(world, repository, { branch: BRANCH, message: "Mine" });
    expect(await commit(forge, state)).toMatchObject({ code: "conflict" });
    expect(repository.refs.get(`refs/heads/${BRANCH}`)).toBe(oid);
  });

  it("leaves a file with line ends of Windows to people, since GitLab would change all of them", async () => {
    const forge = await start();
    const text = "set TOOL=1.1.0\r\n";
    const refused = await commit(forge, await look(forge), { path: "windows.bat", mode: "100644", before: "", text });
    expect(refused).toMatchObject({ code: "refused", message: expect.stringContaining("line ends of Windows") });
    expect(isFailure(refused) && GITLAB.lackingIn(refused)).toMatch(/^windows\.bat has line ends/);
    expect(repository.refs.has(`refs/heads/${BRANCH}`)).toBe(false);
  });

  it("passes on what a push rule minds, and says what a token or an account lacks", async () => {
    const ruled = await start({ commitMessages: /^PROJ-\d+/ });
    const refused = await commit(ruled, await look(ruled));
    expect(refused).toMatchObject({ code: "refused", message: expect.stringContaining("does not follow the pattern") });
    for (const [given, words] of [
      [{ scopes: "read_api" }, "requires higher privileges"],
      [{ login: "reader" }, "let it write branches that begin with headgate/"],
    ] as const) {
      const forge = await start(given);
      const lacking = await commit(forge, await look(forge));
      const phrase = isFailure(lacking) && GITLAB.lackingIn(lacking);
      expect(phrase).toMatch(/Developer/);
      expect(phrase).toContain(words);
    }
  });

  it("says so where merge requests are switched off", async () => {
    const forge = await start({ mergeRequests: "disabled" });
    const refused = await forge.readWriteState(HERE, {
      base: undefined,
      head: BRANCH,
      labels: [],
      pullRequestId: undefined,
    });
    expect(refused).toMatchObject({
      code: "refused",
      message: expect.stringContaining("switched off in acme/apps/suite"),
    });
  });

  it("writes to a project that got another name, which is read where it was", async () => {
    const forge = await start();
    const { id, oid } = await open(forge);
    renameRepository(world, "acme/apps/suite", "acme/tools/suite");
    expect(await forge.update(HERE, { id, title: "Bump again", body: "" })).toBeUndefined();
    expect(await forge.setStatus(HERE, oid, { state: "success", description: "Fine." })).toBeUndefined();
    value(await commit(forge, await look(forge)));
    expect(await forge.deleteBranch(HERE, BRANCH, (await look(forge)).head?.oid ?? "")).toBeUndefined();
    expect([written()?.title, repository.refs.has(`refs/heads/${BRANCH}`)]).toEqual(["Bump again", false]);
  });

  it("opens drafts and leaves them drafts, and cuts a title that is too long", async () => {
    const forge = await start();
    const { id } = await open(forge, { draft: true });
    expect(written()?.title).toBe("Draft: Bump tool");
    expect(await forge.update(HERE, { id, title: "t".repeat(300), body: "" })).toBeUndefined();
    expect(written()?.title).toMatch(/^Draft: t{247}…$/);
  });

  it("takes a second merge request of the branch for a conflict, and nothing of another id for ours", async () => {
    const forge = await start();
    const { id } = await open(forge);
    const again = {
      repositoryId: `${repository.databaseId}`,
      base: "main",
      head: BRANCH,
      title: "x",
      body: "",
      draft: false,
    };
    expect(await forge.open(HERE, again)).toMatchObject({ code: "conflict", message: expect.stringContaining("!1") });
    const other = id.replace(/^\d+/, "7");
    expect(await forge.update(HERE, { id: other, title: "x", body: "" })).toMatchObject({ code: "not-found" });
    expect(await forge.comment(HERE, "nonsense", "x")).toMatchObject({ code: "not-found" });
    expect(written()?.title).toBe("Bump tool");
  });

  it("gives labels that exist, reviewers, assignees and a milestone, and says what it could not give", async () => {
    addLabel(world, repository, "dependencies");
    const forge = await start({ plan: "free" });
    const pull = await open(forge);
    const { labelIds } = await look(forge, ["dependencies", "unknown"]);
    const people = { reviewers: ["maintainer", "reader"], teamReviewers: ["core"], assignees: ["nobody-here"] };
    expect(await forge.decorate(HERE, pull, { labelIds, ...people, milestone: 4 })).toEqual([
      "reviewers: GitLab did not take reader",
      "assignees: there is no account nobody-here",
      "team-reviewers: GitLab asks people, not teams: name them under reviewers",
    ]);
    expect(written()).toMatchObject({ labels: ["dependencies"], reviewers: ["maintainer"], milestone: 4 });
    const only = (milestone: number) => ({ labelIds: [], reviewers: [], teamReviewers: [], assignees: [], milestone });
    expect(await forge.decorate(HERE, pull, only(404))).toEqual(["milestone: there is no milestone 404"]);
    expect(await forge.decorate(HERE, pull, only(40))).toEqual([]);
    expect(written()?.milestone, "of a group").toBe(140);
  });
});

describe("GitLab, where a merge request waits for its pipeline", () => {
  it("merges by itself only where pipelines must succeed, and only the commit that it was told", async () => {
    const forge = await start({ looksBeforePipeline: 4 });
    const { id, oid } = await open(forge);
    expect(await forge.autoMerge(HERE, id, oid, "squash")).toMatchObject({
      message: expect.stringContaining("at once"),
    });
    repository.protectedBranches.push("main");
    expect(await forge.autoMerge(HERE, id, oid, "rebase")).toMatchObject({
      message: expect.stringContaining("merge commits"),
    });
    expect(await forge.autoMerge(HERE, id, oid, "squash")).toBeUndefined();
    expect([written()?.state, written()?.autoMerge]).toEqual(["OPEN", "SQUASH"]);
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000]);
    expect(await forge.autoMerge(HERE, id, "0".repeat(40), "squash")).toMatchObject({ code: "conflict" });
  });

  it("does not let its own status be all that a merge waits for", async () => {
    repository.protectedBranches.push("main");
    const forge = await start({ source: "external" });
    const { id, oid } = await open(forge);
    const refused = await forge.autoMerge(HERE, id, oid, "merge");
    expect(refused).toMatchObject({ code: "refused", message: expect.stringContaining("no pipeline of its own") });
    expect([written()?.state, pauses]).toEqual(["OPEN", [500, 1_000, 2_000, 4_000]]);
  });

  it("says so where its account may not merge", async () => {
    repository.protectedBranches.push("main");
    const forge = await start({ login: "maintainer" });
    const { id, oid } = await open(forge);
    const refused = await forge.autoMerge(HERE, id, oid, "merge");
    expect(refused).toMatchObject({ code: "forbidden", message: expect.stringContaining("may not merge") });
  });

  it("sets its status in the pipeline of the commit, once that is there, and the same again without complaint", async () => {
    const forge = await start({ looksBeforePipeline: 1 });
    const { oid } = await open(forge);
    const status = {
      state: "pending",
      description: "Held.",
      url: `https://headgate.example/${"x".repeat(255)}`,
    } as const;
    for (let time = 0; time < 2; time++) expect(await forge.setStatus(HERE, oid, status)).toBeUndefined();
    const sent = standIn.requests
      .filter(({ path }) => path.includes("/statuses/"))
      .map(({ body }) => JSON.parse(`${body}`));
    expect(sent[0]).toEqual({ state: "pending", name: "headgate", description: "Held.", pipeline_id: 47 });
    expect([repository.statuses.length, pauses]).toEqual([1, [1_000]]);
  });

  it("sets its status where nothing else runs", async () => {
    const forge = await start({ looksBeforePipeline: 9 });
    const { oid } = await open(forge);
    expect(await forge.setStatus(HERE, oid, { state: "failure", description: "Blocked." })).toBeUndefined();
    expect(repository.statuses).toMatchObject([{ state: "failure", context: "headgate" }]);
  });
});

describe("GitLab, where people speak", () => {
  it("tells labels, comments and who closed it, oldest first, and nothing that GitLab noted by itself", async () => {
    for (const filtersNotes of [true, false]) {
      repository.pullRequests.splice(0);
      repository.refs.delete(`refs/heads/${BRANCH}`);
      const forge = await start({ filtersNotes });
      const { id, number } = await open(forge);
      labelPullRequest(world, repository, number, { name: "headgate:hold" });
      commentOn(world, repository, number, "/headgate skip not now");
      labelPullRequest(world, repository, number, { name: "headgate:hold", added: false });
      await forge.comment(HERE, id, "Recorded.");
      closePullRequest(world, repository, number, BOT);
      const lives = value(await forge.readLives(HERE, [id, "7/7/99", "nonsense"]));
      expect([...lives.keys()]).toEqual([id]);
      expect(lives.get(id)).toMatchObject({
        state: "CLOSED",
        endedBy: { login: BOT, bot: true },
        comments: [
          { author: { login: "maintainer", bot: false }, body: "/headgate skip not now" },
          { author: { bot: true } },
        ],
        labelEvents: [
          { name: "headgate:hold", added: true, by: { login: "maintainer" } },
          { name: "headgate:hold", added: false },
        ],
      });
    }
  });

  it("asks once who somebody is", async () => {
    const forge = await start();
    const { id, number } = await open(forge);
    for (let time = 0; time < 3; time++) commentOn(world, repository, number, "again");
    await forge.readLives(HERE, [id]);
    await forge.readLives(HERE, [id]);
    expect(standIn.requests.filter(({ path }) => path.startsWith("/api/v4/users/"))).toHaveLength(1);
  });

  it("tells everybody who may write: developers and those above them", async () => {
    const forge = await start({ login: "reader" });
    const may = await Promise.all(
      ["maintainer", BOT, "reader", "stranger"].map((login) => forge.mayWrite(HERE, login)),
    );
    expect(may).toEqual([true, true, false, false]);
  });
});

describe("GitLab, where it is read", () => {
  it("reads a tree of more pages than one", async () => {
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`d/${index}.txt`, `${index}\n`]));
    pushCommit(world, repository, { files, message: "Many" });
    const tree = value(await (await start()).readTree(HERE, undefined));
    expect([tree.entries.length, tree.problems]).toEqual([252, []]);
    expect(standIn.requests.filter(({ path }) => path.endsWith("/tree"))).toHaveLength(3);
  });

  it("says whose token it is and when it ends, and which scopes and role it has", async () => {
    const forge = await start();
    expect(await forge.checkCredential()).toMatch(/^a token of project_7_bot_\w+ at .*, which ends on 2027-06-30$/);
    const grantsOf = async (given: Given) => {
      const { settings, grants } = value(await (await start(given)).readGrants(HERE));
      return [settings, ...grants.map(({ given: it, certainty }) => (certainty === "known" ? it : certainty))];
    };
    expect(await grantsOf({})).toEqual(["/acme/apps/suite/-/settings/access_tokens", true, true, true]);
    const personal = "/-/user_settings/personal_access_tokens";
    expect(await grantsOf({ login: "reader", scopes: "read_api" })).toEqual([personal, true, false, false]);
    expect(await grantsOf({ login: "maintainer", scopes: "granular" })).toEqual([personal, true, "unknown", true]);
  });

  it("says whose token is not accepted", async () => {
    const forge = await start({ token: "wrong" });
    const refused = await forge.checkCredential();
    expect(refused).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("make another and set GITLAB_TOKEN"),
    });
  });

  it("comes back when it was asked too much", async () => {
    const forge = await start();
    standIn.fail(() => true, { status: 429, headers: { "retry-after": "60" }, body: "Retry later\n" });
    const asked = await forge.readTree(HERE, undefined);
    expect(asked).toMatchObject({ code: "rate-limited", retryAt: expect.any(String) });
  });
});
