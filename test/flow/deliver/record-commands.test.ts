import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { humanDecisionsFor } from "../../../src/db/decisions/human-decisions.ts";
import { HOUR, type Instant, plus } from "../../../src/domain/instant.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import { commentOn, labelPullRequest } from "../../upstreams/github/builders.ts";
import { type OpenPulls, startOpenPulls } from "./open-pulls.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

let suite: OpenPulls["suite"];
let repository: OpenPulls["repository"];
let look: OpenPulls["look"];
let pullAbout: OpenPulls["pullAbout"];
let stateOf: OpenPulls["stateOf"];

beforeEach(async () => {
  ({ suite, repository, look, pullAbout, stateOf } = await startOpenPulls(await server.fresh()));
});
afterEach(() => suite.close());

/** A comment of somebody who may write, by the forge's clock. */
function sayAt(createdAt: Instant, body: string): void {
  pullAbout("requests").comments.push({ id: suite.world.github.nextId++, author: "maintainer", body, createdAt });
}

describe("a comment", () => {
  it("of somebody who may write holds a candidate; its commit says so", async () => {
    const pull = pullAbout("requests");
    commentOn(suite.world.github, repository, pull.number, "/headgate hold the API changed");
    await look();
    expect(await stateOf("2.32.5")).toBe("held");
    expect(pull.state).toBe("OPEN");
    const statuses = repository.statuses.filter(({ sha }) => sha === pull.headRefOid);
    expect(statuses.at(-1)).toMatchObject({
      state: "pending",
      description: expect.stringContaining("the API changed"),
    });
    expect(pull.comments.at(-1)?.body).toContain("Recorded: hold of `requests 2.32.5`");
  });

  it("is read once, and a second look adds nothing", async () => {
    const pull = pullAbout("requests");
    commentOn(suite.world.github, repository, pull.number, "/headgate hold the API changed");
    await look();
    await look();
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said).toHaveLength(1);
    expect(pull.comments).toHaveLength(2);
  });

  it.each([
    ["ahead of", 2 * HOUR],
    ["behind", -2 * HOUR],
  ])("counts each time it is said, though the forge's clock is %s ours", async (_, skew) => {
    Object.assign(suite.world.github, { clock: () => plus(suite.days.now, skew) });
    for (const words of ["hold the API changed", "reopen it works", "hold the API changed"]) {
      commentOn(suite.world.github, repository, pullAbout("requests").number, `/headgate ${words}`);
      await look();
    }
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said.map(({ action }) => action)).toEqual(["hold", "reopen", "hold"]);
    expect(await stateOf("2.32.5")).toBe("held");
  });

  it("is read, though another one of the same second was read before", async () => {
    const second = plus(suite.days.now, HOUR);
    sayAt(second, "/headgate hold the API changed");
    await look();
    sayAt(second, "/headgate skip never");
    await look();
    await look();
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said.map(({ action }) => action)).toEqual(["hold", "skip"]);
  });

  it("of a stranger decides nothing", async () => {
    const pull = pullAbout("requests");
    commentOn(suite.world.github, repository, pull.number, "/headgate approve trust me", "stranger");
    await look();
    expect(await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests")).toEqual([]);
    expect(pull.comments.at(-1)?.body).toContain("Only people who may write here decide");
  });

  it("that only quotes a command asks for nothing", async () => {
    const pull = pullAbout("requests");
    commentOn(suite.world.github, repository, pull.number, "```\n/headgate skip no\n```\n> /headgate skip no");
    await look();
    expect(await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests")).toEqual([]);
    expect(pull.comments).toHaveLength(1);
  });
});

describe("a label", () => {
  it("of somebody who may write holds a candidate, and taking it off takes the word back", async () => {
    const pull = pullAbout("requests");
    labelPullRequest(suite.world.github, repository, pull.number, { name: "headgate:hold" });
    await look();
    expect(await stateOf("2.32.5")).toBe("held");
    expect(pull.comments.at(-1)?.body).toContain("Recorded: hold of `requests 2.32.5`");
    labelPullRequest(suite.world.github, repository, pull.number, { name: "headgate:hold", added: false });
    await look();
    expect(await stateOf("2.32.5")).toBe("proposed");
    expect(repository.statuses.filter(({ sha }) => sha === pull.headRefOid).map(({ state }) => state)).toEqual([
      "success",
      "pending",
      "success",
    ]);
    const said = await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests");
    expect(said.map(({ action, by, reason }) => [action, by, reason])).toEqual([
      ["hold", "maintainer", "put the label headgate:hold on the pull request"],
      ["reopen", "maintainer", "took the label headgate:hold off the pull request"],
    ]);
  });

  it("of somebody who may write skips it: the pull request is closed", async () => {
    const pull = pullAbout("requests");
    labelPullRequest(suite.world.github, repository, pull.number, { name: "headgate:skip" });
    await look();
    expect(pull.state).toBe("CLOSED");
    expect(await stateOf("2.32.5")).toBe("skipped");
  });

  it.each([
    ["a bot", "tidy[bot]", "headgate:skip", 0],
    ["a stranger", "stranger", "headgate:skip", 1],
    ["another meaning", "maintainer", "dependencies", 0],
  ])("of %s decides nothing", async (_, by, name, answers) => {
    const pull = pullAbout("requests");
    labelPullRequest(suite.world.github, repository, pull.number, { name, by });
    await look();
    expect(await humanDecisionsFor(suite.flow.db, "suite", "pkg:pypi/requests")).toEqual([]);
    expect(pull.state).toBe("OPEN");
    expect(pull.comments).toHaveLength(answers);
  });
});
