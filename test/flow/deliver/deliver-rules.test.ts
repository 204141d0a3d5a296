import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { deliveriesOf } from "../../../src/db/deliveries/deliveries.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { discover } from "../../../src/discover/discover.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { WATCHED } from "../../demo/world.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import { commentOn, mergePullRequest, pushCommit } from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { listTree } from "../../upstreams/github/git-trees.ts";
import { findRepository, type PullRequest, type Repository } from "../../upstreams/github/world.ts";
import { yankFromPypi } from "../../upstreams/pypi.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

let suite: Suite;
afterEach(() => suite.close());

async function start(rules: string): Promise<Repository> {
  suite = await startSuite(undefined, `rules: ${rules}\n`, await server.fresh());
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(suite.world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  await look();
  return repository;
}

async function look(flow = suite.flow): Promise<void> {
  suite.days.now = plus(suite.days.now, HOUR);
  await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await deliverProject(flow, project);
}

/** Versions of an upstream that the files at a commit pin. */
function pinnedAt(repository: Repository, commit: string, upstream: string): string[] {
  return [
    ...new Set(
      discover(filesAt(repository, commit))
        .pins.filter((pin) => pin.upstream === upstream)
        .map((pin) => pin.version),
    ),
  ];
}

function filesAt(repository: Repository, commit: string): { path: string; text: string }[] {
  const tree = getObject(repository.objects, commit, "commit")?.tree ?? "";
  return listTree(repository.objects, tree).flatMap(({ path, sha }) => {
    const bytes = getObject(repository.objects, sha, "blob")?.bytes;
    return bytes === undefined ? [] : [{ path, text: bytes.toString() }];
  });
}

async function refusalOf(version: string): Promise<string | undefined> {
  const found = (await candidatesOf(suite.flow.db, "suite")).find((one) => one.to === version);
  return (await deliveriesOf(suite.flow.db, "candidate", [found?.id ?? ""])).findLast((one) => one.state === "refused")
    ?.error;
}

/** Why changes of step `pin` were not made. */
async function pinRefusals(): Promise<string[]> {
  const ids = (await candidatesOf(suite.flow.db, "suite")).filter(({ step }) => step === "pin").map(({ id }) => id);
  return (await deliveriesOf(suite.flow.db, "candidate", ids)).flatMap(({ error }) => error ?? []);
}

const GROUP = `[{ match: { kind: pypi }, group: python, labels: [], draft: true }]`;

describe("candidates of one group", () => {
  it("share one pull request with one commit that moves all of them", async () => {
    const repository = await start(GROUP);
    const [pull, ...others] = repository.pullRequests.filter((one) => one.title.includes("python:"));
    expect(others).toEqual([]);
    expect(pull).toMatchObject({ title: expect.stringMatching(/^Update python: 2 upstreams/), draft: true });
    const head = pull?.headRefOid ?? "";
    expect(pinnedAt(repository, head, "pkg:pypi/requests")).toEqual(["2.32.5"]);
    expect(pinnedAt(repository, head, "pkg:pypi/jinja2")).toEqual(["3.1.6"]);
    expect(pull?.body).toContain("GHSA-demo-0001-jinja");
    const states = (await candidatesOf(suite.flow.db, "suite")).filter((one) => ["2.32.5", "3.1.6"].includes(one.to));
    expect(states.map(({ state }) => state)).toEqual(["proposed", "proposed"]);
    await look();
    expect(repository.pullRequests.filter((one) => one.title.includes("python:"))).toHaveLength(1);
  });

  it("are all merged when it is", async () => {
    const repository = await start(GROUP);
    const pull = repository.pullRequests.find((one) => one.title.includes("python:"));
    mergePullRequest(suite.world.github, repository, pull?.number ?? 0);
    await look();
    const states = (await candidatesOf(suite.flow.db, "suite")).filter((one) => ["2.32.5", "3.1.6"].includes(one.to));
    expect(states.map(({ state }) => state)).toEqual(["merged", "merged"]);
  });

  it("stay without the one that a comment names, and all wait where none is named", async () => {
    const repository = await start(GROUP);
    const pull = repository.pullRequests.find((one) => one.title.includes("python:"));
    const idOf = async (version: string) =>
      (await candidatesOf(suite.flow.db, "suite")).find((one) => one.to === version)?.id;
    const id = await idOf("2.32.5");
    expect(pull?.body).toContain(`\`${id}\``);
    commentOn(suite.world.github, repository, pull?.number ?? 0, `/headgate skip ${id} it breaks the proxy`);
    await look();
    expect(pull?.comments.at(-1)?.body).toContain("Recorded: skip of `requests 2.32.5`.");
    expect(pinnedAt(repository, pull?.headRefOid ?? "", "pkg:pypi/requests")).toEqual(["2.32.3"]);
    expect(pinnedAt(repository, pull?.headRefOid ?? "", "pkg:pypi/jinja2")).toEqual(["3.1.6"]);
    commentOn(suite.world.github, repository, pull?.number ?? 0, "/headgate hold we release on Monday");
    await look();
    expect(pull?.state).toBe("OPEN");
    const held = await candidatesOf(suite.flow.db, "suite", ["held"]);
    expect(held.map(({ to }) => to)).toEqual(["3.1.6"]);
  });

  it("stay without the one that turned bad", async () => {
    const repository = await start(GROUP);
    yankFromPypi(suite.world.pypi, "requests", "2.32.5");
    yankFromPypi(suite.world.pypi, "requests", "2.32.4");
    await look();
    const pulls = repository.pullRequests.filter((one) => one.title.includes("python:"));
    expect(pulls.map(({ state }) => state)).toEqual(["OPEN"]);
    expect(pinnedAt(repository, pulls[0]?.headRefOid ?? "", "pkg:pypi/requests")).toEqual(["2.32.3"]);
    expect(pinnedAt(repository, pulls[0]?.headRefOid ?? "", "pkg:pypi/jinja2")).toEqual(["3.1.6"]);
  });
});

describe("a rule that groups what has pull requests already", () => {
  it("closes them once the group's is there, with its address, and the group's when it is taken away", async () => {
    const repository = await start("[]");
    const titles = () => repository.pullRequests.filter(({ state }) => state === "OPEN").map(({ title }) => title);
    const about = (title: string) => /requests|jinja2|python/i.test(title);
    const before = titles().filter(about);
    expect(before).toHaveLength(2);
    const rule = { match: { kind: "pypi" }, deliver: { group: "python" } };
    await look({ ...suite.flow, policy: { ...suite.flow.policy, rules: [rule] } });
    expect(titles().filter(about)).toEqual([expect.stringMatching(/^Update python: 2 upstreams/)]);
    const closed = repository.pullRequests.filter(({ title }) => before.includes(title));
    const { number } = repository.pullRequests.find(({ title }) => title.startsWith("Update python")) ?? { number: 0 };
    for (const pull of closed) {
      expect(pull.comments.at(-1)?.body).toContain(`/pull/${number} has this change now`);
      expect(repository.refs.has(`refs/heads/${pull.headRefName}`)).toBe(false);
    }
    const states = (await candidatesOf(suite.flow.db, "suite")).filter((one) => ["2.32.5", "3.1.6"].includes(one.to));
    expect(states.map(({ state }) => state)).toEqual(["proposed", "proposed"]);
    await look();
    expect(titles().filter(about).sort()).toEqual(before.sort());
    await look();
    expect(titles().filter(about).sort()).toEqual(before.sort());
  });
});

describe("the limit of open pull requests", () => {
  const LIMITED = `[{ match: { kind: pypi }, open-limit: 1 }]`;
  const openPulls = (repository: Repository) => repository.pullRequests.filter(({ state }) => state === "OPEN");

  it("of a rule counts a pull request that is open, though its candidate is held by now", async () => {
    const repository = await start(LIMITED);
    const aboutPypi = () => openPulls(repository).filter(({ title }) => /requests|jinja2/.test(title));
    expect(aboutPypi().map(({ title }) => title)).toEqual([expect.stringContaining("jinja2")]); // it fixes an advisory
    expect(await refusalOf("2.32.5")).toContain("1 of the 1 pull requests that rule 1 allows are open already");
    const [pull] = aboutPypi();
    commentOn(suite.world.github, repository, pull?.number ?? 0, "/headgate hold its tests fail");
    await look();
    await look();
    expect(aboutPypi()).toHaveLength(1);
    expect(await refusalOf("2.32.5")).toContain("waits for a place");
    mergePullRequest(suite.world.github, repository, pull?.number ?? 0);
    await look();
    expect(aboutPypi().map(({ title }) => title)).toEqual([expect.stringContaining("requests")]);
  });
});

describe("rules about deliveries", () => {
  it("keep a proposal for its hours, but no fix of an advisory", async () => {
    const day = new Date().toISOString();
    const tomorrow = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][new Date(day).getUTCDay()];
    const repository = await start(`[{ match: { kind: pypi }, window: "${tomorrow} 08:00-09:00" }]`);
    expect(repository.pullRequests.some((one) => one.title.includes("requests"))).toBe(false);
    expect(repository.pullRequests.some((one) => one.title.includes("jinja2"))).toBe(true);
    expect(await refusalOf("2.32.5")).toContain(`waits for its hours: ${tomorrow} 08:00-09:00 (UTC)`);
  });

  it("keep a proposal from a channel, and say how to apply it", async () => {
    const repository = await start(`[{ match: { upstream: "pkg:pypi/requests" }, channels: [e-mail] }]`);
    expect(repository.pullRequests.some((one) => one.title.includes("requests"))).toBe(false);
    expect(await refusalOf("2.32.5")).toContain("headgate apply");
  });

  it("give a pull request people of its own", async () => {
    const rule = `{ match: { upstream: "pkg:pypi/requests" }, reviewers: [maintainer], assignees: [maintainer] }`;
    const repository = await start(`[${rule}]`);
    const pull = repository.pullRequests.find((one) => one.title.includes("requests"));
    const other = repository.pullRequests.find((one) => one.title.includes("jinja2"));
    expect(pull).toMatchObject({ reviewers: ["maintainer"], assignees: ["maintainer"] });
    expect(other).toMatchObject({ reviewers: [], assignees: [] });
  });
});

describe("pins, when they are asked for", () => {
  const PIN = `[{ match: { kind: docker }, pin: true }]`;

  it("share one pull request that gives every tag its digest and changes nothing else", async () => {
    const repository = await start(PIN);
    const pulls = repository.pullRequests.filter((one) => one.headRefName.startsWith("headgate/group-pins-"));
    expect(pulls).toHaveLength(1);
    const [pull] = pulls;
    const main = repository.refs.get("refs/heads/main") ?? "";
    const pinnedOf = (commit: string) =>
      filesAt(repository, commit).flatMap((files) => discover([files]).pins.map((pin) => ({ ...pin, edits: [] })));
    const before = pinnedOf(main);
    const after = pinnedOf(pull?.headRefOid ?? "");
    const isOpen = (pin: (typeof before)[number]) =>
      pin.upstream.startsWith("pkg:docker/") && pin.digest === undefined && pin.own !== true;
    expect(before.filter(isOpen).length).toBeGreaterThan(3);
    expect(after.filter(isOpen).map((pin) => `${pin.name} ${pin.text}`)).toEqual([]);
    expect(after.map((pin) => [pin.path, pin.line, pin.upstream, pin.version])).toEqual(
      before.map((pin) => [pin.path, pin.line, pin.upstream, pin.version]),
    );
    expect(pull?.body).toContain("stands for now");
    await look();
    expect(repository.pullRequests.filter((one) => one.headRefName === pull?.headRefName)).toHaveLength(1);
  });

  it("are not proposed to those who did not ask", async () => {
    const repository = await start("[]");
    expect(repository.pullRequests.filter((one) => one.headRefName.includes("pins"))).toEqual([]);
    expect((await candidatesOf(suite.flow.db, "suite")).filter((one) => one.step === "pin")).toEqual([]);
  });

  it("come back as a new proposal when the tag appears in another file, or again in one, once the first ones are merged", async () => {
    const repository = await start(PIN);
    const pull = repository.pullRequests.find((one) => one.headRefName.startsWith("headgate/group-pins-"));
    mergePullRequest(suite.world.github, repository, pull?.number ?? 0);
    await look();
    expect((await candidatesOf(suite.flow.db, "suite", ["merged"])).map((one) => one.step)).toContain("pin");
    const files = { "extra/Dockerfile": "FROM debian:13-slim\n" };
    pushCommit(suite.world.github, repository, { message: "one more", files });
    await look();
    const open = repository.pullRequests.filter((one) => one.state === "OPEN" && one.headRefName === pull?.headRefName);
    expect(open).toHaveLength(1);
    const [file] = filesAt(repository, open[0]?.headRefOid ?? "").filter(({ path }) => path === "extra/Dockerfile");
    expect(file?.text).toMatch(/^FROM debian:13-slim@sha256:[0-9a-f]{64}\n$/);
    mergePullRequest(suite.world.github, repository, open[0]?.number ?? 0);
    await look();
    const again = { "extra/Dockerfile": `${file?.text}FROM debian:13-slim\n` };
    pushCommit(suite.world.github, repository, { message: "once more in that file", files: again });
    await look();
    const states = repository.pullRequests.filter((one) => one.headRefName === pull?.headRefName);
    expect(states.map(({ state }) => state)).toEqual(["MERGED", "MERGED", "OPEN"]);
  });

  it("say what to write where no edit can, beside what was changed or, when that is all, in the digest", async () => {
    const repository = await start(PIN);
    const isAboutPins = ({ headRefName, state }: PullRequest) =>
      state === "OPEN" && headRefName.startsWith("headgate/group-pins-");
    const ofParts = "ARG RELEASE=13\nARG KIND=slim\nFROM debian:${RELEASE}-${KIND}\n";
    pushCommit(suite.world.github, repository, { message: "of parts", files: { "extra/Dockerfile": ofParts } });
    await look();
    const pull = repository.pullRequests.find(isAboutPins);
    expect(pull?.body.match(/extra\/Dockerfile:1`/g)).toHaveLength(1);
    expect(pull?.body).toContain("its tag is put together elsewhere");
    mergePullRequest(suite.world.github, repository, pull?.number ?? 0);
    await look();
    pushCommit(suite.world.github, repository, { message: "again", files: { "extra/Dockerfile": ofParts } });
    await look();
    expect(repository.pullRequests.filter(isAboutPins)).toEqual([]);
    const { markdown } = await previewDigest(suite.flow);
    const said =
      /extra\/Dockerfile:1: its tag is put together elsewhere: write debian:13-slim@sha256:[0-9a-f]{64}, which.*\(extra\/Dockerfile:3\)/;
    expect(await pinRefusals()).toContainEqual(expect.stringMatching(said));
    expect(markdown.replace(/[\\`]/g, "")).toMatch(said);
  });

  describe.each([
    ["the pin", "headgate/group-pins-", "headgate/actions-checkout-"],
    ["the bump", "headgate/actions-checkout-", "headgate/group-pins-"],
  ])("and a bump of the same line, when %s is merged first", (_, first, second) => {
    const UPSTREAM = "pkg:githubactions/actions/checkout";
    const open = (repository: Repository, branch: string) =>
      repository.pullRequests.filter(({ state, headRefName }) => state === "OPEN" && headRefName.startsWith(branch));
    const commitOf = (tag: string) => {
      const upstream = findRepository(suite.world.github, "actions", "checkout");
      return upstream?.refs.get(`refs/tags/${tag}`) ?? "";
    };
    const exactAt = (repository: Repository, commit: string) =>
      discover(filesAt(repository, commit)).pins.flatMap(({ upstream, version, digest }) =>
        upstream === UPSTREAM ? [`${version} ${digest ?? "by its tag"}`] : [],
      );

    it("the other follows on top of it, nothing flaps, and the commit is never lost", async () => {
      const repository = await start("[{ match: { kind: githubactions }, pin: true }]");
      const [one, ...others] = open(repository, first);
      const [two] = open(repository, second);
      expect(others).toEqual([]);
      expect(two?.number).toBeGreaterThan(0);
      mergePullRequest(suite.world.github, repository, one?.number ?? 0);
      for (let looks = 0; looks < 4; looks++) await look();
      const ofSecond = repository.pullRequests.filter(({ headRefName }) => headRefName.startsWith(second));
      expect(ofSecond.map(({ state }) => state)).toEqual(["OPEN"]);
      expect(open(repository, first)).toEqual([]);
      const [left] = ofSecond;
      expect(exactAt(repository, left?.headRefOid ?? "")).toEqual([`5.1.0 ${commitOf("v5.1.0")}`]);
      expect(left?.comments).toEqual([]);
      mergePullRequest(suite.world.github, repository, left?.number ?? 0);
      await look();
      expect(exactAt(repository, repository.refs.get("refs/heads/main") ?? "")).toEqual([
        `5.1.0 ${commitOf("v5.1.0")}`,
      ]);
      expect([...open(repository, first), ...open(repository, second)]).toEqual([]);
    });
  });
});
