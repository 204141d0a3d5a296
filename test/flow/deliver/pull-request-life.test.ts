import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { humanDecisionsFor } from "../../../src/db/decisions/human-decisions.ts";
import { eventsSince } from "../../../src/db/deliveries/events.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { decideByHand } from "../../../src/flow/decide/record-human-decision.ts";
import { entriesOf } from "../../../src/flow/letters/digest-material.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { WATCHED } from "../../demo/world.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import {
  closePullRequest,
  commentOn,
  mergePullRequest,
  pushCommit,
  renameRepository,
  reopenPullRequest,
} from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { entryAt } from "../../upstreams/github/git-trees.ts";
import { publishToPypi, yankFromPypi } from "../../upstreams/pypi.ts";
import { type OpenPulls, startOpenPulls } from "./open-pulls.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

let suite: OpenPulls["suite"];
let repository: OpenPulls["repository"];
let look: OpenPulls["look"];
let pullsAbout: OpenPulls["pullsAbout"];
let pullAbout: OpenPulls["pullAbout"];
let stateOf: OpenPulls["stateOf"];

beforeEach(async () => {
  ({ suite, repository, look, pullsAbout, pullAbout, stateOf } = await startOpenPulls(await server.fresh()));
});
afterEach(() => suite.close());

async function movesOf(version: string) {
  const id = (await candidatesOf(suite.flow.db, "suite")).find((one) => one.to === version)?.id;
  const events = await eventsSince(suite.flow.db, { after: 0 }, { kinds: ["candidate-moved"] });
  return events.filter((event) => event.candidate === id).map((event) => event.data);
}

describe("a pull request that somebody merges", () => {
  it("ends its candidate, and it is known who merged it", async () => {
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("merged");
    expect(await movesOf("2.32.5")).toContainEqual(
      expect.objectContaining({ before: "proposed", after: "merged", by: "maintainer" }),
    );
    expect(pullsAbout("requests")).toHaveLength(1);
  });

  it("is proposed again when its files were taken back and a person asks for it", async () => {
    const before = repository.refs.get("refs/heads/main") ?? "";
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    repository.refs.set("refs/heads/main", before);
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["MERGED"]);
    expect(await stateOf("2.32.5")).toBe("skipped");
    const { markdown } = await previewDigest(suite.flow);
    expect(markdown).toMatch(/## Merged, then taken back by hand \(1\)\n\n.*requests 2\\?\.32\\?\.3 → 2\\?\.32\\?\.5/);
    expect(markdown).toMatch(/taken back: Merged on .* and the base branch has 2\\?\.32\\?\.3 again/);
    const candidate = (await candidatesOf(suite.flow.db, "suite")).find((one) => one.to === "2.32.5")?.id ?? "";
    await decideByHand(suite.flow, { candidate, action: "reopen", by: "maintainer", reason: "the tests were wrong" });
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
    expect(await stateOf("2.32.5")).toBe("proposed");
  });
});

it("is as old as its opening, however often it is looked at", async () => {
  const opened = suite.days.now;
  suite.days.now = plus(suite.days.now, 3 * DAY);
  await look();
  await look();
  const [entry] = (await entriesOf(suite.flow, "suite")).filter(({ candidate }) => candidate.to.version === "2.32.5");
  expect(entry?.proposedAt).toBe(opened);
});

it("lives on when its repository gets another name", async () => {
  renameRepository(suite.world.github, WATCHED, "harbourlights/suite-of-old");
  const { number } = pullAbout("requests");
  commentOn(suite.world.github, repository, number, "/headgate hold the tests fail");
  await look();
  expect(await stateOf("2.32.5")).toBe("held");
  commentOn(suite.world.github, repository, number, "/headgate reopen they pass");
  await look();
  publishToPypi(suite.world.pypi, "requests", "2.32.6", suite.days.now);
  await look();
  suite.days.now = plus(suite.days.now, 20 * DAY);
  await look();
  expect(pullsAbout("requests").map(({ state, title }) => [state, title])).toEqual([
    ["OPEN", "Bump requests from 2.32.3 to 2.32.6"],
  ]);
});

it("keeps line ends, a last line without one, and paths of any letters", async () => {
  const path = "büro & co/a b/requirements.txt";
  const text = "# both\r\nrequests==2.32.3 ; python_version > '3'\r\nrequests==2.32.3";
  pushCommit(suite.world.github, repository, { message: "More", files: { [path]: text } });
  await look();
  const { tree = "" } = getObject(repository.objects, pullAbout("requests").headRefOid, "commit") ?? {};
  const blob = getObject(repository.objects, entryAt(repository.objects, tree, path)?.sha, "blob");
  expect(blob?.bytes.toString()).toBe(text.replaceAll("2.32.3", "2.32.5"));
  expect(pullAbout("requests").body).toContain("`büro & co/a b/requirements.txt:3`");
});

describe("a pull request that somebody committed to", () => {
  beforeEach(async () => {
    const branch = pullAbout("requests").headRefName;
    pushCommit(suite.world.github, repository, { branch, message: "Mine", files: { "fix.txt": "mine\n" } });
    publishToPypi(suite.world.pypi, "requests", "2.32.6", suite.days.now);
    await look();
    suite.days.now = plus(suite.days.now, 20 * DAY);
    await look();
    expect(await stateOf("2.32.6")).toBe("seen");
  });

  it("is of the version that it carries, and a newer one follows when it is merged", async () => {
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("merged");
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
    expect(await stateOf("2.32.6")).toBe("proposed");
  });

  it("is withdrawn when that version turns bad, and its branch stays", async () => {
    yankFromPypi(suite.world.pypi, "requests", "2.32.5", "wrong branch");
    await look();
    const [ours] = pullsAbout("requests");
    expect(ours).toMatchObject({ state: "CLOSED", comments: [{ body: expect.stringContaining("wrong branch") }] });
    expect(repository.refs.has(`refs/heads/${ours?.headRefName}`)).toBe(true);
  });
});

describe("a pull request that could not be written again", () => {
  it("is of the version that it carries", async () => {
    publishToPypi(suite.world.pypi, "requests", "2.32.6", suite.days.now);
    await look();
    suite.days.now = plus(suite.days.now, 20 * DAY);
    const token = suite.world.github.tokens.get(suite.world.token);
    if (token === undefined) throw new Error("the token is gone");
    token.permissions.contents = "read";
    await look();
    expect(pullAbout("requests").title).toContain("2.32.5");
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect([await stateOf("2.32.5"), await stateOf("2.32.6")]).toEqual(["merged", "seen"]);
  });
});

describe("a pull request that stands while its candidate is held", () => {
  beforeEach(async () => {
    commentOn(suite.world.github, repository, pullAbout("requests").number, "/headgate hold the API changed");
    await look();
    expect(await stateOf("2.32.5")).toBe("held");
  });

  it("is merged when somebody merges it all the same", async () => {
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("merged");
  });

  it("is closed when somebody closes it", async () => {
    closePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("closed");
  });
});

describe("a pull request that somebody closes", () => {
  it("is remembered as that person's word, which is said under it once", async () => {
    closePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    await look();
    expect(await stateOf("2.32.5")).toBe("closed");
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said).toMatchObject([{ action: "skip", range: "=2.32.5", by: "maintainer" }]);
    expect(pullsAbout("requests")).toHaveLength(1);
    expect(pullAbout("requests").comments.map(({ body }) => body)).toEqual([
      expect.stringContaining("not proposed again"),
    ]);
  });

  it("lives on when somebody who may write opens it again, and not when a bot does", async () => {
    const { number } = pullAbout("requests");
    closePullRequest(suite.world.github, repository, number, "maintainer");
    await look();
    reopenPullRequest(suite.world.github, repository, number, "tidy[bot]");
    await look();
    expect(await stateOf("2.32.5")).toBe("closed");
    reopenPullRequest(suite.world.github, repository, number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("proposed");
    await look();
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said.map(({ action }) => action)).toEqual(["skip", "reopen"]);
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["OPEN"]);
    closePullRequest(suite.world.github, repository, number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("closed");
  });

  it("comes back when somebody who may write asks for it in a comment", async () => {
    const { number } = pullAbout("requests");
    closePullRequest(suite.world.github, repository, number, "maintainer");
    await look();
    commentOn(suite.world.github, repository, number, "On second thoughts:\n\n/headgate reopen we need it after all");
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
    expect(await stateOf("2.32.5")).toBe("proposed");
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
  });
});

describe("a version that turns bad", () => {
  it("is withdrawn with the reason, and the good version before it is proposed instead", async () => {
    const pull = pullAbout("requests");
    yankFromPypi(suite.world.pypi, "requests", "2.32.5", "breaks sessions");
    await look();
    expect(pull.state).toBe("CLOSED");
    expect(pull.comments.at(-1)?.body).toMatch(/2\.32\.5 .*yanked.*breaks sessions/s);
    expect(await stateOf("2.32.5")).toBe("withdrawn");
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
    expect(pullAbout("requests").title).toContain("2.32.4");
  });

  it("that was merged already gets a pull request that goes back", async () => {
    mergePullRequest(suite.world.github, repository, pullAbout("requests").number);
    await look();
    for (const version of ["2.32.5", "2.32.4"]) yankFromPypi(suite.world.pypi, "requests", version, "breaks sessions");
    await look();
    expect(pullAbout("requests")).toMatchObject({
      title: "Go back from requests 2.32.5 to 2.32.3",
      state: "OPEN",
      body: expect.stringContaining("breaks sessions"),
    });
    const tree = getObject(repository.objects, pullAbout("requests").headRefOid, "commit")?.tree ?? "";
    const sha = entryAt(repository.objects, tree, "requirements.txt")?.sha;
    expect(getObject(repository.objects, sha, "blob")?.bytes.toString()).toContain("requests==2.32.3");
    await look();
    expect(pullsAbout("requests").map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
  });

  it("leaves a branch with somebody else's commit where it is", async () => {
    const pull = pullAbout("requests");
    pushCommit(suite.world.github, repository, {
      branch: pull.headRefName,
      message: "fix it up",
      files: { "a.txt": "a" },
    });
    yankFromPypi(suite.world.pypi, "requests", "2.32.5", "breaks sessions");
    await look();
    expect(pull.state).toBe("CLOSED");
    expect(repository.refs.has(`refs/heads/${pull.headRefName}`)).toBe(true);
  });
});

describe("a pull request that a process of ours closed, and ended before it could say so", () => {
  it("is no person's close: its branch goes, and no word is recorded", async () => {
    const pull = pullAbout("requests");
    yankFromPypi(suite.world.pypi, "requests", "2.32.5");
    commentOn(suite.world.github, repository, pull.number, "<!-- headgate: closed -->\nIt was yanked.", "headgate");
    closePullRequest(suite.world.github, repository, pull.number, "headgate");
    await look();
    expect(pull.comments).toHaveLength(1);
    expect(await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests")).toEqual([]);
    expect(await stateOf("2.32.5")).toBe("withdrawn");
    expect(pullAbout("requests").title).toContain("2.32.4"); // the branch was free for the version before
  });
});

describe("a pull request with nothing left to do", () => {
  /** Somebody bumps the pin by hand on the base branch. */
  function bumpByHand(): void {
    const pull = pullAbout("requests");
    const tree = getObject(repository.objects, pull.headRefOid, "commit")?.tree ?? "";
    const path = "requirements.txt";
    const entry = entryAt(repository.objects, tree, path);
    const text = getObject(repository.objects, entry?.sha, "blob")?.bytes.toString();
    if (text === undefined) throw new Error(`there is no ${path}`);
    pushCommit(suite.world.github, repository, { message: "by hand", files: { [path]: text } });
  }

  it("is closed at the second look that says so, not at the first", async () => {
    const pull = pullAbout("requests");
    bumpByHand();
    await look();
    expect(pull.state).toBe("OPEN");
    await look();
    expect(pull.state).toBe("CLOSED");
    expect(pull.comments.at(-1)?.body).toContain("already");
    expect(repository.refs.has(`refs/heads/${pull.headRefName}`)).toBe(false);
  });

  it("stays open while its upstream does not answer", async () => {
    const pull = pullAbout("requests");
    bumpByHand();
    suite.standIns.pypi.fail(() => true, { status: 503 });
    await look();
    await look();
    await look();
    expect(pull.state).toBe("OPEN");
  });
});

describe("when GitHub does not say what became of pull requests", () => {
  it("nothing is concluded, closed or opened", async () => {
    const before = repository.pullRequests.map(({ number, state }) => [number, state]);
    suite.standIns.github.fail(({ body }) => body.toString().includes("query Lives"), { status: 502 });
    closePullRequest(suite.world.github, repository, pullAbout("requests").number, "maintainer");
    await look();
    expect(await stateOf("2.32.5")).toBe("proposed");
    expect(repository.pullRequests).toHaveLength(before.length);
  });
});
