import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import { mergePullRequest, pushCommit } from "../../upstreams/github/builders.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { pushImage } from "../../upstreams/oci/world.ts";
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

beforeEach(async () => {
  ({ suite, repository, look, pullsAbout } = await startOpenPulls(await server.fresh()));
});
afterEach(() => suite.close());

/** Pushes an image's tag again, and waits until its new content may be taken. */
async function rebuild(content: string): Promise<void> {
  pushImage(suite.world.hub, "acme/base", "1", { content, pushedAt: suite.days.now });
  await look();
  suite.days.now = plus(suite.days.now, 20 * DAY);
  await look();
}

it("content that its publisher replaced and went back to is proposed again, though it was merged before", async () => {
  pushImage(suite.world.hub, "acme/base", "1", { content: "first", pushedAt: plus(suite.days.now, -400 * DAY) });
  const text = `FROM acme/base:1@${digestOf({ content: "first" })}\n`;
  pushCommit(suite.world.github, repository, { message: "A base", files: { "base/Dockerfile": text } });
  await look();
  for (const content of ["second", "third"]) {
    await rebuild(content);
    mergePullRequest(suite.world.github, repository, pullsAbout("acme/base").at(-1)?.number ?? 0, "maintainer");
    await look();
  }
  await rebuild("second");
  expect(pullsAbout("acme/base").map(({ state }) => state)).toEqual(["MERGED", "MERGED", "OPEN"]);
});
