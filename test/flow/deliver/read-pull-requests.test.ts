import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FlowContext } from "../../../src/flow/context.ts";
import { readPullRequests } from "../../../src/flow/deliver/read-pull-requests.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog } from "../../../src/lib/log.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import { type OpenPulls, startOpenPulls } from "./open-pulls.ts";

describe("pull requests that cannot be looked at", () => {
  let server: TestServer;
  let suite: OpenPulls["suite"];
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ suite } = await startOpenPulls(await server.fresh()));
  });
  afterEach(() => suite.close());

  it("are in the log when that begins, when it is for another reason, and when it is over: the store remembers", async () => {
    const github = suite.standIns.github;
    const look = async () => {
      const said: string[] = [];
      const log = createLog({ json: true, level: "info", write: (line) => void said.push(line) });
      const flow: FlowContext = { ...suite.flow, log }; // nothing is kept between looks but what the store holds
      const [project] = flow.projects;
      if (project === undefined) throw new Error("nothing is watched");
      const read = await readPullRequests(flow, project);
      const messages = said.map((line) => (JSON.parse(line) as { message: string }).message);
      return [isFailure(read) ? read.code : "read", ...messages.filter((message) => message.includes("pull requests"))];
    };
    expect(await look()).toEqual(["read"]);
    github.fail(() => true, { status: 401, body: { message: "Bad credentials" } });
    expect(await look()).toEqual(["unauthorized", expect.stringContaining("could not be looked at")]);
    expect(await look()).toEqual(["unauthorized"]);
    github.heal();
    github.fail(() => true, { status: 404, body: { message: "Not Found" } });
    expect(await look()).toEqual([
      expect.not.stringMatching(/^(?:read|unauthorized)$/),
      expect.stringContaining("could not be looked at"),
    ]);
    expect(await look()).toHaveLength(1);
    github.heal();
    expect(await look()).toEqual(["read", "suite: its pull requests can be looked at again"]);
    expect(await look()).toEqual(["read"]);
  });
});
