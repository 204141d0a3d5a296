import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenPlace } from "../../../src/deliver/channel.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import { readMarker } from "../../../src/deliver/render/pull-request.ts";
import type { Delivery, FileChange } from "../../../src/domain/bump.ts";
import type { OpenLimit } from "../../../src/domain/policy.ts";
import type { Project } from "../../../src/domain/project.ts";
import { type Failure, isFailure } from "../../../src/lib/failure.ts";
import { openForges } from "../../../src/lib/forges.ts";
import { createGitHub, type GitHubCredential } from "../../../src/lib/github/client.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { aCandidate, aCheck, aComponent, aDecision, anAdvisory, aPin, aRelease, aScore } from "../../support/build.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { gitHubAlone } from "../../support/forge-material.ts";
import {
  addInstallation,
  addLabel,
  addRepository,
  addToken,
  closePullRequest,
  githubWorld,
  mergePullRequest,
  openPullRequestOf,
  pushCommit,
} from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { entryAt } from "../../upstreams/github/git-trees.ts";
import { nodeId } from "../../upstreams/github/handles.ts";
import { type GithubWorld, history, type Repository } from "../../upstreams/github/world.ts";
import { startGithub } from "../../upstreams/github.ts";
import { aContext } from "../support.ts";

const project: Project = {
  id: "suite",
  name: "suite",
  source: { kind: "github", owner: "acme", name: "suite" },
  ignorePaths: [],
};
const NAMES = Array.from({ length: 9 }, (_, index) => `images/${index}/Dockerfile`);
const line = (version: string) => `ENV TOOL_VERSION=${version}\n`;

let world: GithubWorld;
let repository: Repository;
let standIn: Awaited<ReturnType<typeof startGithub>>;
let tick = 0;

beforeEach(async () => {
  tick = 0;
  world = githubWorld({ clock: () => new Date(Date.UTC(2026, 10, 20, 12, 0, tick++)).toISOString() });
  const files = Object.fromEntries([...NAMES, "untouched.txt"].map((path) => [path, line("1.0.0")]));
  repository = addRepository(world, "acme/suite", {
    files: { ...files, "build.sh": { text: line("1.0.0"), mode: "100755" } },
  });
  standIn = await startGithub(world);
});

afterEach(async () => {
  await standIn.close();
});

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

async function bump(given: Given = {}) {
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

const pulls = () => repository.pullRequests;
const onlyPull = () => {
  const [pull, ...others] = pulls();
  if (pull === undefined || others.length > 0) throw new Error(`there are ${pulls().length} pull requests`);
  return pull;
};
const branchesOfOurs = () => [...repository.refs.keys()].filter((name) => name.startsWith("refs/heads/headgate/"));
const textAt = (commit: string, path: string) => {
  const entry = entryAt(repository.objects, getObject(repository.objects, commit, "commit")?.tree ?? "", path);
  return entry === undefined
    ? undefined
    : { mode: entry.mode, text: getObject(repository.objects, entry.sha, "blob")?.bytes.toString() };
};

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
});

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

describe("when GitHub stumbles", () => {
  const mutation = (name: string) => (request: { path: string; body: Buffer }) =>
    request.path === "/graphql" && request.body.toString().includes(`${name}(input`);
  const stale = {
    body: {
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: "STALE_DATA",
          path: ["createCommitOnBranch"],
          message: "Expected branch to point to x but it did not.  Pull and try again.",
        },
      ],
    },
  };

  it("tries a commit again when a replica does not know the branch yet", async () => {
    standIn.fail(mutation("createCommitOnBranch"), stale, 2);
    expect(await bump()).toMatchObject({ result: { state: "sent" } });
  });

  it("gives up after three, leaves no branch behind, and says when to try again", async () => {
    standIn.fail(mutation("createCommitOnBranch"), stale);
    const { result, recorded } = await bump();
    expect(result).toMatchObject({
      state: "failed",
      retryAt: expect.any(String),
      error: expect.stringContaining("Pull and try again"),
    });
    expect(recorded.map((delivery) => delivery.state)).toEqual(["started", "failed"]);
    expect(branchesOfOurs()).toEqual([]);
  });

  it("finishes what a crash left: a branch with our commit and no pull request", async () => {
    standIn.fail(mutation("createPullRequest"), { status: 502 });
    const { recorded } = await bump();
    standIn.heal();
    expect(pulls()).toEqual([]);
    const { result, writes } = await bump({ earlier: recorded });
    expect(result).toMatchObject({ state: "sent" });
    expect(writes.filter(({ path }) => !path.includes("/statuses/"))).toHaveLength(1);
    expect(readMarker(onlyPull().body)?.candidate).toBe("candidate-110");
  });

  it("finishes what a crash left: a branch at an old base", async () => {
    const base = repository.refs.get("refs/heads/main") ?? "";
    await bump();
    const name = branchesOfOurs()[0] ?? "";
    pulls().pop();
    repository.refs.set(name, base);
    pushCommit(world, repository, { files: { "untouched.txt": "new" } });
    expect(await bump()).toMatchObject({ result: { state: "sent" } });
  });

  it("never lets a shown branch point at its base", async () => {
    const first = await bump();
    standIn.fail(mutation("createCommitOnBranch"), { status: 502 });
    const { result } = await bump({ to: "1.2.0", earlier: [first.result] });
    expect(result).toMatchObject({ state: "failed" });
    expect(onlyPull()).toMatchObject({ state: "OPEN", headRefOid: (first.result as Delivery).commit });
    standIn.heal();
    expect(await bump({ to: "1.2.0", earlier: [first.result] })).toMatchObject({ result: { state: "sent" } });
    expect(branchesOfOurs()).toHaveLength(1);
  });

  it("reports a missing permission in GitHub's words", async () => {
    const token = addToken(world, { permissions: { contents: "read", metadata: "read" } });
    const { result } = await bump({ credential: { kind: "token", token } });
    expect(result).toMatchObject({
      state: "failed",
      error: expect.stringContaining("not accessible by personal access token"),
    });
    expect("retryAt" in result).toBe(false);
  });
});

describe("the limit of open pull requests", () => {
  type Tools = {
    readonly fixing?: string;
    readonly earlier?: readonly Delivery[];
    readonly limits?: Record<string, OpenLimit[]>;
    readonly open?: readonly OpenPlace[];
  };

  /** What is open on the forge, with the limits of the tool whose name the title has. */
  const openNow = (limits: Record<string, OpenLimit[]> = {}): OpenPlace[] =>
    pulls()
      .filter(({ state }) => state === "OPEN")
      .map((pull) => ({
        id: nodeId("PR", repository, pull.number),
        limits: Object.entries(limits).flatMap(([name, said]) => (pull.title.includes(name) ? said : [])),
      }));

  /** Proposals for tools of their own, one file each; those named in `fixing` fix an advisory. */
  async function deliverTools(names: readonly string[], limit: number, given: Tools = {}) {
    const fetcher = aFetcher([standIn]);
    const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
    const credential = { kind: "token", token: addToken(world) } as const;
    const github = createGitHub({ fetcher, urls, credential });
    const forge = openForges(gitHubAlone({ urls, github })).github;
    const proposals = names.map((name, index) => {
      const path = `images/${index}/Dockerfile`;
      const pins = [aPin({ path, text: "1.0.0", upstream: `pkg:github/example/${name}` })];
      const fixes = given.fixing === name ? [anAdvisory()] : [];
      const candidate = aCandidate({
        id: `candidate-${name}`,
        component: aComponent({ project: "suite", pins }),
        to: aRelease({ version: "1.1.0" }),
        fixes,
      });
      const changes = [{ path, mode: "100644", before: blobId(line("1.0.0")), text: line("1.1.0") }];
      const earlier = (given.earlier ?? []).filter((delivery) => delivery.subject.id === candidate.id);
      return {
        proposal: { project: "suite", candidate, decision: aDecision(), changes, byHand: [] },
        card: { upstream: candidate.component.upstream, score: aScore(), checks: [] },
        earlier,
        limits: given.limits?.[name] ?? [],
      };
    });
    const results = await deliver(
      { kind: "proposals", project, proposals, open: given.open ?? openNow(given.limits) },
      "pull-request",
      aContext({ fetcher, forge, options: { "open-limit": limit } }),
    );
    await fetcher.close();
    return results.filter((one): one is Delivery => !isFailure(one));
  }

  it("lets the rest wait, and says so", async () => {
    const results = await deliverTools(["anchor", "beacon", "chart"], 2);
    expect(results.map((one) => one.state)).toEqual(["sent", "sent", "refused"]);
    expect(results[2]?.error).toMatch(/2 pull requests are open already/);
    expect(pulls()).toHaveLength(2);
  });

  it("of a rule counts what the rule matches, and leaves the others alone", async () => {
    const mine = [{ rule: 3, most: 1, counts: true }];
    const overruled = [{ rule: 3, most: 1, counts: false }];
    const limits = { anchor: overruled, beacon: mine, chart: [] };
    const results = await deliverTools(["anchor", "beacon", "chart"], 10, { limits });
    expect(results.map((one) => one.state)).toEqual(["sent", "refused", "sent"]);
    expect(results[1]?.error).toBe(
      "waits for a place: 1 of the 1 pull requests that rule 3 allows are open already (rules[].open-limit)",
    );
    const fixing = await deliverTools(["anchor", "beacon", "chart"], 10, {
      limits,
      earlier: results,
      fixing: "beacon",
    });
    expect(fixing.map((one) => one.state)).toEqual(["unchanged", "sent", "unchanged"]);
  });

  it("never holds up a fix of an advisory, nor a pull request that is open already", async () => {
    const first = await deliverTools(["anchor", "beacon", "chart"], 1, { fixing: "chart" });
    expect(first.map((one) => one.state)).toEqual(["refused", "refused", "sent"]);
    const second = await deliverTools(["anchor", "beacon", "chart"], 1, { fixing: "chart", earlier: first });
    expect(second.map((one) => one.state)).toEqual(["refused", "refused", "unchanged"]);
  });

  it("keeps the place of a pull request that could not be looked at just now", async () => {
    const first = await deliverTools(["anchor", "beacon"], 1);
    standIn.fail((request) => request.path === "/graphql", { status: 500 }, 3);
    const second = await deliverTools(["anchor", "beacon"], 1, { earlier: first });
    standIn.heal();
    expect(second.map((one) => one.state)).toEqual(["refused"]);
    expect(pulls()).toHaveLength(1);
  });

  it("counts what is open in the project, though nothing of this batch is about it", async () => {
    const first = await deliverTools(["anchor", "beacon"], 10);
    expect(first.map((one) => one.state)).toEqual(["sent", "sent"]);
    const second = await deliverTools(["chart"], 2);
    expect(second[0]?.error).toMatch(/2 pull requests are open already/);
    const limits = { beacon: [{ rule: 1, most: 1, counts: true }], chart: [{ rule: 1, most: 1, counts: true }] };
    expect((await deliverTools(["chart"], 10, { limits }))[0]?.error).toMatch(/1 of the 1 pull requests that rule 1/);
    expect(pulls()).toHaveLength(2);
  });

  it("holds up what had a pull request once that is not open any more", async () => {
    const first = await deliverTools(["anchor", "beacon"], 10);
    const [pull] = pulls();
    if (pull !== undefined) pull.state = "MERGED";
    const newer = await deliverTools(["anchor"], 1, { earlier: first });
    expect(newer[0]?.error).toMatch(/1 pull requests are open already/);
  });

  it("lets the store lose a pull request that is open: it keeps its place, and is known again", async () => {
    await deliverTools(["anchor", "beacon"], 10);
    const again = await deliverTools(["anchor", "chart"], 1, { open: [{ id: "elsewhere", limits: [] }] });
    expect(again.map((one) => one.state)).toEqual(["unchanged", "refused"]);
  });

  it("gives a place free when a person closes a pull request", async () => {
    const first = await deliverTools(["anchor", "beacon"], 1);
    onlyPull().state = "CLOSED";
    const second = await deliverTools(["anchor", "beacon"], 1, { earlier: first });
    expect(second.map((one) => one.state)).toEqual(["unchanged", "sent"]);
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
