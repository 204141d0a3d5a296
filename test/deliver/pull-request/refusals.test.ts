import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addToken, closePullRequest, openPullRequestOf, pushCommit } from "../../upstreams/github/builders.ts";
import { type Deliveries, line, NAMES, startDeliveries } from "../deliveries.ts";

let world: Deliveries["world"];
let repository: Deliveries["repository"];
let standIn: Deliveries["standIn"];
let bump: Deliveries["bump"];
let pulls: Deliveries["pulls"];
let onlyPull: Deliveries["onlyPull"];

beforeEach(async () => {
  ({ world, repository, standIn, bump, pulls, onlyPull } = await startDeliveries());
});

afterEach(() => standIn.close());

describe("what people did is respected", () => {
  it("freezes a branch with somebody's commit", async () => {
    const first = await bump();
    const branch = onlyPull().headRefName;
    const theirs = pushCommit(world, repository, {
      branch,
      files: { "untouched.txt": "by hand" },
      author: "maintainer",
    });
    for (const earlier of [[first.result], []]) {
      const same = await bump({ earlier });
      expect(same.result).toMatchObject({
        state: "unchanged",
        error: expect.stringContaining("somebody else committed"),
      });
      const newer = await bump({ to: "1.2.0", earlier });
      expect(newer.result).toMatchObject({
        state: "refused",
        error: expect.stringMatching(/^waits for #1, .*committed/),
      });
      expect([...same.writes, ...newer.writes]).toEqual([]);
    }
    expect(onlyPull().headRefOid).toBe(theirs);
  });

  it("does not open a closed pull request again, but proposes the next version", async () => {
    const first = await bump();
    Object.assign(onlyPull(), { state: "CLOSED", closedAt: world.clock() });
    for (const earlier of [[first.result], []]) {
      const { result, writes } = await bump({ earlier });
      expect(result).toMatchObject({ state: "unchanged", error: expect.stringContaining("somebody closed") });
      expect(writes).toEqual([]);
    }
    expect(await bump({ to: "1.2.0", earlier: [first.result] })).toMatchObject({ result: { state: "sent" } });
    expect(pulls().map((pull) => pull.state)).toEqual(["CLOSED", "OPEN"]);
  });

  it("leaves a branch of the same name with other commits alone", async () => {
    await bump();
    const branch = onlyPull().headRefName;
    pulls().pop();
    pushCommit(world, repository, { branch, files: { "untouched.txt": "by hand" }, author: "maintainer" });
    const { result, writes } = await bump({ to: "1.2.0" });
    expect(result).toMatchObject({ state: "refused", error: expect.stringContaining(branch) });
    expect(writes).toEqual([]);
  });

  it("does not take a pull request of the same branch name from a fork for its own", async () => {
    await bump();
    const ours = onlyPull();
    pulls()[0] = { ...ours, headRepository: "stranger/suite" };
    const { result } = await bump();
    expect(result).toMatchObject({ state: "sent", url: `${standIn.url}/acme/suite/pull/2` });
  });
});

describe("nothing is written", () => {
  it("when a file changed since the change was planned", async () => {
    pushCommit(world, repository, { files: { [NAMES[4] ?? ""]: "other\n" } });
    const { result, writes } = await bump();
    expect(result).toMatchObject({ code: "conflict", message: expect.stringContaining("images/4/Dockerfile") });
    expect(writes).toEqual([]);
  });

  it("when a token would take an executable file's mode away; a patch is offered", async () => {
    const { result, writes } = await bump({ paths: ["build.sh"], mode: "100755" });
    expect(result).toMatchObject({
      state: "refused",
      error: expect.stringMatching(/build\.sh is executable.*headgate apply candidate-110 --patch/),
    });
    expect(writes).toEqual([]);
  });

  it.each([
    ["a fine-grained token without the permission", {}],
    ["a classic token without the scope", { scopes: "repo" }],
  ])("to a workflow by %s; a patch is offered, and no branch is left", async (_, kind) => {
    const path = ".github/workflows/ci.yml";
    pushCommit(world, repository, { files: { [path]: line("1.0.0") } });
    const permissions = { contents: "write", pull_requests: "write", metadata: "read" } as const;
    const token = addToken(world, { permissions: { ...permissions }, ...kind });
    const { result } = await bump({ paths: [path], credential: { kind: "token", token } });
    expect(result).toMatchObject({
      state: "refused",
      error: expect.stringMatching(/workflows permission, or .* --patch/),
    });
    expect(pulls()).toEqual([]);
    expect([...repository.refs.keys()].filter((name) => name.startsWith("refs/heads/headgate/"))).toEqual([]);
  });

  it("without a credential; a patch is offered", async () => {
    const { result } = await bump({ credential: null });
    expect(result).toMatchObject({ state: "refused", error: expect.stringMatching(/GITHUB_TOKEN.*headgate apply/) });
  });

  it("for a project that is a local folder; the command that writes it there is named", async () => {
    const { result, writes } = await bump({ source: { kind: "path", path: "/srv/suite" } });
    expect(result).toMatchObject({ state: "refused", error: expect.stringContaining("headgate apply candidate-110") });
    expect(writes).toEqual([]);
  });

  it("to an archived repository", async () => {
    repository.archivedAt = "2026-11-01T00:00:00.000Z";
    const { result, writes } = await bump();
    expect(result).toMatchObject({ state: "refused", error: expect.stringContaining("archived") });
    expect(writes).toEqual([]);
  });
});

describe("a pull request that was closed", () => {
  it("by a person is an answer", async () => {
    await bump();
    closePullRequest(world, repository, 1);
    const { result, writes } = await bump();
    expect(result).toMatchObject({ state: "unchanged", error: expect.stringContaining("not proposed again") });
    expect(writes).toEqual([]);
  });

  it("by a bot is none: it is opened again", async () => {
    await bump();
    closePullRequest(world, repository, 1, "stale[bot]");
    const { result } = await bump();
    expect(result).toMatchObject({ state: "sent" });
    expect(pulls().map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
  });

  it("by a bot a second time stays closed, and the digest says what to do", async () => {
    await bump();
    closePullRequest(world, repository, 1, "stale[bot]");
    await bump();
    closePullRequest(world, repository, 2, "stale[bot]");
    const { result } = await bump();
    expect(result).toMatchObject({
      state: "unchanged",
      error: expect.stringMatching(/stale closes it again and again/),
    });
    expect(pulls()).toHaveLength(2);
  });

  it("by a person is opened anew when a person asks for it again", async () => {
    await bump();
    closePullRequest(world, repository, 1);
    const { result } = await bump({ reopenedAt: "2026-11-21T00:00:00.000Z" });
    expect(result).toMatchObject({ state: "sent" });
    expect(pulls().map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
  });
});

describe("a pin that somebody else's pull request changes", () => {
  it("gets no second one", async () => {
    const title = "Bump something else entirely";
    openPullRequestOf(world, repository, "dependabot[bot]", {
      branch: "dependabot/docker/images/0/tool-1.1.0",
      title,
      files: { "images/0/Dockerfile": line("1.1.0") },
    });
    const { result, writes } = await bump();
    expect(result).toMatchObject({
      state: "refused",
      url: `${standIn.url}/acme/suite/pull/1`,
      error: "covered by #1 of dependabot, which changes images/0/Dockerfile:1",
    });
    expect(writes).toEqual([]);
  });

  it("is not covered by a title, nor by a change of other files", async () => {
    openPullRequestOf(world, repository, "stranger", {
      branch: "tool-1.1.0",
      title: "Bump example/tool from 1.0.0 to 1.1.0",
      files: { "untouched.txt": "touched" },
    });
    expect((await bump()).result).toMatchObject({ state: "sent" });
  });
});
