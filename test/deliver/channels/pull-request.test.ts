import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/domain/bump.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { addInstallation, addLabel, addToken, mergePullRequest, pushCommit } from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { history } from "../../upstreams/github/world.ts";
import { type Deliveries, line, NAMES, startDeliveries } from "../deliveries.ts";

let world: Deliveries["world"];
let repository: Deliveries["repository"];
let standIn: Deliveries["standIn"];
let bump: Deliveries["bump"];
let onlyPull: Deliveries["onlyPull"];
let branchesOfOurs: Deliveries["branchesOfOurs"];
let textAt: Deliveries["textAt"];

beforeEach(async () => {
  ({ world, repository, standIn, bump, onlyPull, branchesOfOurs, textAt } = await startDeliveries());
});

afterEach(() => standIn.close());

/** In the last block of the message, by the name and address that the commit has. */
function expectSignedOff(): void {
  const { author, message } = getObject(repository.objects, onlyPull().headRefOid, "commit") ?? {};
  const trailers = message?.trimEnd().split("\n\n").at(-1)?.split("\n");
  expect(trailers?.[0]).toMatch(/^Headgate-Candidate: /);
  expect(trailers?.at(-1)).toBe(`Signed-off-by: ${author?.name} <${author?.email}>`);
}

describe("a proposal for nine files", () => {
  it("becomes one pull request with one commit of GitHub's signing that changes all of them", async () => {
    const { result } = await bump();
    const base = repository.refs.get("refs/heads/main");
    const commits = history(repository, onlyPull().headRefOid).filter(({ oid }) => oid !== base);
    expect(result).toMatchObject({
      state: "sent",
      url: `${standIn.url}/acme/suite/pull/1`,
      commit: onlyPull().headRefOid,
    });
    expect(commits).toHaveLength(1);
    expect(commits[0]?.commit).toMatchObject({ parents: [base], verification: { byGithub: true } });
    expect(NAMES.map((path) => textAt(onlyPull().headRefOid, path)?.text)).toEqual(NAMES.map(() => line("1.1.0")));
    expect(textAt(onlyPull().headRefOid, "untouched.txt")?.text).toBe(line("1.0.0"));
    expect(onlyPull()).toMatchObject({ title: "Bump example/tool from 1.0.0 to 1.1.0", baseRefName: "main" });
  });

  it("is signed off as its author where the repository wants that", async () => {
    repository.signoffRequired = true;
    await bump();
    expectSignedOff();
  });

  it("is signed off elsewhere only where the configuration wants that", async () => {
    const messageOf = () => getObject(repository.objects, onlyPull().headRefOid, "commit")?.message;
    const first = await bump();
    expect(messageOf()).not.toContain("Signed-off-by");
    await bump({ to: "1.2.0", earlier: [first.result], options: { "sign-off": "always" } });
    expect(messageOf()).toMatch(/^Signed-off-by: .+ <.+@.+>$/m);
  });

  it("is recorded before the first write and after the last", async () => {
    const { recorded, result } = await bump();
    expect(recorded.map((delivery) => delivery.state)).toEqual(["started", "sent"]);
    expect(recorded[1]).toEqual(result);
  });

  it("writes nothing the second time, with or without a memory of the first", async () => {
    const first = await bump();
    for (const earlier of [[first.result], []]) {
      const { result, writes, recorded } = await bump({ earlier });
      expect(result).toMatchObject({ state: "unchanged", externalId: (first.result as Delivery).externalId });
      expect(writes).toEqual([]);
      expect(recorded).toEqual([]);
    }
  });

  it("writes nothing when only the wording of a check changed, and only the text when its outcome did", async () => {
    const first = await bump({ summary: "8 days old." });
    const head = onlyPull().headRefOid;
    expect((await bump({ earlier: [first.result], summary: "9 days old." })).writes).toEqual([]);
    const { result } = await bump({ earlier: [first.result], outcome: "warn", summary: "The tag is missing." });
    expect(result).toMatchObject({ state: "sent" });
    expect(onlyPull().body).toMatch(/^> \[!WARNING\]/);
    expect(onlyPull().headRefOid).toBe(head);
  });

  it("gets the labels that exist, and says which do not, as long as it stands as it was written", async () => {
    addLabel(world, repository, "dependencies");
    const labels = ["dependencies", "unknown"];
    const first = await bump({ labels });
    expect(onlyPull().labels).toEqual(["dependencies"]);
    const said = "not everything was given to it: labels that this repository does not have: unknown";
    expect(first.result).toMatchObject({ state: "sent", error: said });
    const { result, writes } = await bump({ labels, earlier: [first.result] });
    expect([result, writes]).toMatchObject([{ state: "unchanged", error: said }, []]);
  });

  it("follows the default branch to another name", async () => {
    const first = await bump();
    const develop = pushCommit(world, repository, { branch: "develop", files: { "untouched.txt": "new\n" } });
    repository.defaultBranch = "develop";
    const { result } = await bump({ earlier: [first.result] });
    expect(result).toMatchObject({ state: "sent", externalId: (first.result as Delivery).externalId });
    expect(onlyPull().baseRefName).toBe("develop");
    expect(getObject(repository.objects, onlyPull().headRefOid, "commit")?.parents).toEqual([develop]);
    const again = await bump({ earlier: [result] });
    expect(again.writes).toEqual([]);
  });
});

describe("with a GitHub App", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const app = {
    kind: "app",
    appId: "1",
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  } as const;

  beforeEach(() => {
    addInstallation(world);
  });

  it("is signed off as the App where the repository wants that", async () => {
    repository.signoffRequired = true;
    await bump({ credential: app });
    expectSignedOff();
  });

  it("the commit is GitHub's own, and every file keeps its mode", async () => {
    const { result } = await bump({ credential: app, paths: ["build.sh"], mode: "100755" });
    const base = repository.refs.get("refs/heads/main");
    expect(result).toMatchObject({ state: "sent", commit: onlyPull().headRefOid });
    expect(textAt(onlyPull().headRefOid, "build.sh")).toEqual({ mode: "100755", text: line("1.1.0") });
    expect(textAt(onlyPull().headRefOid, NAMES[0] ?? "")).toEqual({ mode: "100644", text: line("1.0.0") });
    expect(getObject(repository.objects, onlyPull().headRefOid, "commit")).toMatchObject({
      parents: [base],
      verification: { reason: "valid", byGithub: true },
    });
  });

  it("nine files are one commit, and the second time writes nothing", async () => {
    const first = await bump({ credential: app });
    expect(NAMES.map((path) => textAt(onlyPull().headRefOid, path)?.text)).toEqual(NAMES.map(() => line("1.1.0")));
    const { result, writes } = await bump({ credential: app, earlier: [first.result] });
    expect(result).toMatchObject({ state: "unchanged" });
    expect(writes).toEqual([]);
  });

  it.each(["with", "without"])(
    "a newer version supersedes in place, %s a memory of the first delivery",
    async (memory) => {
      const first = await bump({ credential: app });
      await bump({ credential: app, to: "1.2.0", earlier: memory === "with" ? [first.result] : [] });
      expect(onlyPull()).toMatchObject({ state: "OPEN", title: "Bump example/tool from 1.0.0 to 1.2.0" });
      expect(textAt(onlyPull().headRefOid, NAMES[8] ?? "")?.text).toBe(line("1.2.0"));
    },
  );

  it("a symbolic link is still refused", async () => {
    const { result } = await bump({ credential: app, paths: ["build.sh"], mode: "120000" });
    expect(result).toMatchObject({ state: "refused", error: expect.stringContaining("file mode 120000") });
  });

  it("nothing is written where it is not installed", async () => {
    world.installations.length = 0;
    const { result, writes } = await bump({ credential: app });
    expect(isFailure(result)).toBe(true);
    expect(writes).toEqual([]);
  });
});

describe("a newer version", () => {
  it.each(["with", "without"])("supersedes in place, %s a memory of the first delivery", async (memory) => {
    const first = await bump();
    const { result } = await bump({ to: "1.2.0", earlier: memory === "with" ? [first.result] : [] });
    expect(result).toMatchObject({ state: "sent", externalId: (first.result as Delivery).externalId });
    expect(onlyPull()).toMatchObject({ state: "OPEN", title: "Bump example/tool from 1.0.0 to 1.2.0" });
    expect(textAt(onlyPull().headRefOid, NAMES[0] ?? "")?.text).toBe(line("1.2.0"));
    expect(branchesOfOurs()).toHaveLength(1);
  });

  it("is regenerated from a base that moved elsewhere", async () => {
    const first = await bump();
    const base = pushCommit(world, repository, { files: { "untouched.txt": "new" } });
    await bump({ to: "1.2.0", earlier: [first.result] });
    expect(getObject(repository.objects, onlyPull().headRefOid, "commit")?.parents).toEqual([base]);
  });

  it("gets a pull request of its own once the old one is merged", async () => {
    const first = await bump();
    mergePullRequest(world, repository, 1);
    const { result } = await bump({ from: "1.1.0", to: "1.2.0", earlier: [first.result] });
    expect(result).toMatchObject({ state: "sent", url: `${standIn.url}/acme/suite/pull/2` });
  });

  it.each([
    ["main", { state: "unchanged", error: "merged already" }],
    ["release", { state: "sent" }],
  ])("is not made again for what was merged into the watched branch: merged into %s", async (base, expected) => {
    const first = await bump();
    const main = repository.refs.get("refs/heads/main") ?? "";
    repository.refs.set("refs/heads/release", main);
    onlyPull().baseRefName = base;
    mergePullRequest(world, repository, 1);
    repository.refs.set("refs/heads/main", main);
    const { result } = await bump({ earlier: [first.result] });
    expect(result).toMatchObject(expected);
  });
});

describe("what a pull request is given", () => {
  it("is reviewers, assignees, a milestone and a draft's standing, where the configuration says so", async () => {
    const options = { reviewers: ["maintainer"], assignees: ["maintainer"], milestone: 4, draft: true };
    await bump({ options });
    expect(onlyPull()).toMatchObject({
      reviewers: ["maintainer"],
      assignees: ["maintainer"],
      milestone: 4,
      draft: true,
    });
  });

  it("is nobody's attention by default", async () => {
    await bump();
    expect(onlyPull()).toMatchObject({ reviewers: [], assignees: [], draft: false, labels: [] });
  });

  it("is a status with the verdict on its commit", async () => {
    await bump();
    expect(repository.statuses).toEqual([
      { sha: onlyPull().headRefOid, state: "success", context: "headgate", description: "proposed" },
    ]);
  });

  it("is opened all the same when the token may not set statuses", async () => {
    const permissions = { contents: "write", pull_requests: "write", workflows: "write" } as const;
    const { result } = await bump({ credential: { kind: "token", token: addToken(world, { permissions }) } });
    expect(result).toMatchObject({ state: "sent" });
    expect("error" in result).toBe(false);
    expect(repository.statuses).toEqual([]);
  });
});

it("that may not be opened leaves no branch, and says what is lacking", async () => {
  const permissions = { contents: "write", workflows: "write" } as const;
  const { result } = await bump({ credential: { kind: "token", token: addToken(world, { permissions }) } });
  const error = expect.stringMatching(/give it contents and pull requests .*, or apply it: headgate apply .* --patch$/);
  expect(result).toMatchObject({ state: "refused", error });
  expect([branchesOfOurs(), repository.pullRequests]).toEqual([[], []]);
});

describe("auto-merge", () => {
  beforeEach(() => {
    repository.autoMergeAllowed = true;
    repository.protectedBranches = ["main"];
  });

  it("is off by default", async () => {
    await bump();
    expect(onlyPull().autoMerge).toBeUndefined();
  });

  it("is for exactly the commit that was judged", async () => {
    await bump({ options: { "auto-merge": "squash" } });
    expect(onlyPull().autoMerge).toBe("SQUASH");
  });

  it("is never for what has a warning", async () => {
    await bump({ options: { "auto-merge": "squash" }, warning: "A version was skipped." });
    expect(onlyPull().autoMerge).toBeUndefined();
  });

  it("that the repository does not allow is said, and the pull request stays", async () => {
    repository.autoMergeAllowed = false;
    const { result } = await bump({ options: { "auto-merge": "squash" } });
    expect(result).toMatchObject({ state: "sent", error: expect.stringContaining("Auto merge is not allowed") });
  });
});
