import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemLines } from "../../../src/db/pages/problem-lines.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { keepTrustRoots, trustRoots, trustTroubles } from "../../../src/flow/trust/trust-roots.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createLog } from "../../../src/lib/log.ts";
import { NO_KEYS } from "../../../src/lib/verify/signatures/pinned-keys.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aFolder } from "../../support/folder.ts";
import { aSigstore } from "../../support/sigstore.ts";
import { anyUrls } from "../../support/urls.ts";
import { startTrustRepository, type TrustRepositoryStandIn } from "../../upstreams/trust-repository.ts";

let server: TrustRepositoryStandIn;
let fetcher: Fetcher;
let said: string[];
let store: TestDatabase;

beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store?.close());

beforeEach(async () => {
  await emptyTables(store.db);
  server = await startTrustRepository({ "trusted_root.json": JSON.stringify((await aSigstore()).trustedRoot) });
  fetcher = aFetcher([server], { retries: 0 });
  said = [];
});
afterEach(async () => {
  await fetcher.close();
  await server.close();
});

function aContext(refresh = true) {
  const directory = aFolder();
  mkdirSync(join(directory, "github"));
  writeFileSync(join(directory, "github", "root.json"), server.root);
  const log = createLog({ json: true, level: "warn", write: (line) => void said.push(line) });
  const trust = { directory, refresh, keysOf: () => NO_KEYS };
  return {
    db: store.db,
    trust,
    fetcher,
    log,
    urls: anyUrls({ trustRoots: { sigstore: `${server.url}/none`, github: server.url } }),
  };
}

describe("the trust roots", () => {
  it("are those that ship until somebody refreshes them; what fails is said beside them", async () => {
    const context = aContext();
    expect(await trustRoots(context, {})).toMatchObject([{ source: "shipped" }, { source: "missing" }]);
    expect(server.requests).toEqual([]);
    expect(await trustRoots(context, { refresh: true })).toMatchObject([
      { name: "sigstore", source: "shipped", problem: expect.stringContaining("sigstore") },
      { name: "github", source: "refreshed" },
    ]);
  });

  it("are refreshed by the daemon, and tried again when that failed", async () => {
    const context = aContext();
    const now = new Date().toISOString();
    await keepTrustRoots(context, now);
    expect((await trustRoots(context, {}))[1]).toMatchObject({ source: "refreshed" });
    expect(said.join()).toContain("sigstore");
    const asked = server.requests.length;
    await keepTrustRoots(context, plus(now, DAY / 24));
    expect(server.requests.length).toBeGreaterThan(asked);
  });

  it("that cannot be renewed are told to the log once and then once a day, and stand among the problems until they are", async () => {
    const context = aContext();
    const problems = async (at: string) => (await problemLines(store.db, { page: 1, kind: "trust-root" }, at)).rows;
    const now = new Date().toISOString();
    for (let hour = 0; hour < 24; hour++) await keepTrustRoots(context, plus(now, hour * HOUR));
    expect(said).toHaveLength(1);
    expect(await problems(now)).toMatchObject([{ subjects: ["sigstore"], since: now }]);
    expect((await trustTroubles(store.db)).get("sigstore")).toMatchObject({ since: now });
    await keepTrustRoots(context, plus(now, DAY));
    expect(said).toHaveLength(2);
    await keepTrustRoots({ ...context, urls: aContext().urls, trust: { ...context.trust, refresh: false } }, now);
    expect(await problems(now)).toEqual([]);
  });

  it("are left alone where the configuration says so", async () => {
    await keepTrustRoots(aContext(false), new Date().toISOString());
    expect(server.requests).toEqual([]);
  });
});
