import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { deliveriesOf } from "../../../src/db/deliveries/deliveries.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { deliveriesByState } from "../../../src/db/service/measure.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { keepDelivery } from "../../../src/flow/deliver/keep-delivery.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog, type Log } from "../../../src/lib/log.ts";
import { openFlow } from "../../../src/service/open-flow.ts";
import { aCandidate } from "../../support/build.ts";
import { emptyTables, limited, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openOffice, plan } from "../../support/post-office.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { openTestServer, type TestServer } from "../../support/test-server.ts";
import type { Received } from "../../upstreams/stand-in.ts";

/** Pull requests of the demo's suite on a forge that fails and works again; each hour everything is planned and delivered. */
describe.skipIf(limited())("a delivery that fails is in the log", () => {
  let server: TestServer;
  let suite: Suite;
  let flow: FlowContext;
  let url: string | undefined;
  let said: string[];
  const log: Log = createLog({ json: true, level: "info", write: (line) => void said.push(line) });
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    said = [];
    url = await server.fresh();
    suite = await startSuite(undefined, "", url);
    flow = { ...suite.flow, log };
  });
  afterEach(() => suite.close());

  /** An hour later everything is delivered once; gives the lines about it. */
  const anHourLater = async (of = flow) => {
    said = [];
    suite.days.now = plus(suite.days.now, HOUR);
    const [project] = of.projects;
    if (project === undefined) throw new Error("nothing is watched");
    await pollUpstreams(of, await watchedUpstreams(of.db));
    await deliverProject(of, project);
    return said
      .map((line) => JSON.parse(line) as { level: string; message: string; candidate?: string })
      .filter(({ message }) => message.includes("pull-request"));
  };
  const writes = ({ method, path, body }: Received) =>
    path === "/graphql" ? body.includes("mutation") : method !== "GET";
  const failing = async () =>
    (await deliveriesByState(suite.flow.db, suite.days.now))
      .filter(({ labels }) => labels.state === "failed")
      .reduce((sum, { count }) => sum + count, 0);
  /** What a process that is started anew has of it: the store alone. */
  const restarted = async (work: (of: FlowContext) => Promise<void>) => {
    const environment = { GITHUB_TOKEN: suite.world.token, ...(url !== undefined && { DATABASE_URL: url }) };
    const config = readConfig({ file: suite.config, environment });
    if (isFailure(config)) throw config;
    const opened = await openFlow(config, log, () => suite.days.now);
    if (isFailure(opened)) throw opened;
    await work(opened.flow).finally(opened.close);
  };

  it("once while it fails in the same way, again in another way, and when it works again", async () => {
    suite.standIns.github.fail(writes, { status: 502, body: { message: "Bad gateway" } });
    const first = await anHourLater();
    expect(first.length).toBeGreaterThan(0);
    expect(new Set(first.map(({ level }) => level))).toEqual(new Set(["warn"]));
    expect(new Set(first.map(({ candidate }) => candidate)).size).toBe(first.length);
    expect(await failing()).toBe(first.length);
    expect(await anHourLater()).toEqual([]);
    await restarted(async (of) => expect(await anHourLater(of)).toEqual([]));
    expect(await failing()).toBe(first.length);

    suite.standIns.github.heal();
    suite.standIns.github.fail(writes, { status: 500, body: { message: "Something went wrong" } });
    const other = await anHourLater();
    expect(other.map(({ level, candidate }) => [level, candidate])).toEqual(
      first.map(({ candidate }) => ["warn", candidate]),
    );
    await restarted(async (of) => expect(await anHourLater(of)).toEqual([]));

    suite.standIns.github.heal();
    suite.days.now = plus(suite.days.now, DAY); // whatever patience was asked for is over
    const again = await anHourLater();
    expect(again.map(({ level, message, candidate }) => [level, message, candidate])).toEqual(
      first.map(({ candidate }) => ["info", expect.stringContaining("done, after it had failed"), candidate]),
    );
    expect(await failing()).toBe(0); // so that an alarm about it ends
    expect(await anHourLater()).toEqual([]);
  });
});

describe("what came of tries, one after another", () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase();
  });
  afterAll(() => store?.close());

  const { id } = aCandidate();
  const failed = (error: string) => ({ state: "failed", key: `pull-request/${id}`, error }) as const;
  const done = (state: "sent" | "unchanged") =>
    ({ state, key: `pull-request/${id}/text`, externalId: "PR_1", url: "https://forge.example/1" }) as const;
  const refused = { state: "refused", key: `pull-request/${id}/rules`, error: "waits for its hours" } as const;

  it("is said when it is news: of tries of the same candidate the last one counts, and no refusal of a rule", async () => {
    await emptyTables(store.db);
    const { flow, days, said } = await openOffice(store.db, "smtp://127.0.0.1:1");
    await plan(store.db, aCandidate());
    const [project] = flow.projects;
    if (project === undefined) throw new Error("nothing is watched");
    const linesOf = async (made: Pick<Delivery, "state" | "key" | "error" | "externalId" | "url">) => {
      said.length = 0;
      days.now = plus(days.now, HOUR);
      const earlier = await deliveriesOf(store.db, "candidate", [id]);
      const subject = { kind: "candidate", id } as const;
      await keepDelivery(flow, project, { ...made, subject, channel: "pull-request", at: days.now }, earlier);
      return said
        .map((line) => (JSON.parse(line) as { message: string }).message)
        .filter((message) => message.includes("pull-request"));
    };
    const away = ["example: pull-request: away"];
    const full = ["example: pull-request: full"];
    const well = ["example: pull-request: done, after it had failed"];
    expect(await linesOf(failed("away"))).toEqual(away);
    expect(await linesOf(failed("away"))).toEqual([]);
    expect(await linesOf(refused)).toEqual([]);
    expect(await linesOf(failed("away"))).toEqual([]);
    expect(await linesOf(failed("full"))).toEqual(full);
    expect(await linesOf(done("sent"))).toEqual(well);
    expect(await linesOf(done("unchanged"))).toEqual([]);
    expect(await linesOf(failed("full"))).toEqual(full); // in the same words as before it worked
    expect(await linesOf(failed("full"))).toEqual([]);
    expect(await linesOf(done("unchanged"))).toEqual(well);
  });
});
