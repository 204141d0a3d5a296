import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDepsDev, type DepsDev, packageVersionOf } from "../../../src/lib/facts/deps-dev.ts";
import { createScorecards } from "../../../src/lib/facts/scorecard.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { aFetcher } from "../../support/fetcher.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";
import { startTrustData, type TrustData } from "../../upstreams/trust-data.ts";

const date = "2026-11-16";
const world: TrustData = {
  scorecards: { "acme/tool": { date, checks: { "Code-Review": 8, Fuzzing: -1 } } },
  fresh: { "acme/new": { date, checks: { SAST: 3 } } },
  versions: {
    "PYPI/tool/1.0": { attested: true, repository: "github.com/Acme/Tool", provenance: "PYPI_PUBLISH_ATTESTATION" },
    "PYPI/tool/0.9": { repository: "github.com/acme/popular", dependents: 42 },
    "MAVEN/org.acme:tool/1.0": { dependents: 0 },
  },
};
let service: StandIn;
let fetcher: Fetcher;
let depsDev: DepsDev;

beforeEach(async () => {
  service = await startTrustData(world);
  fetcher = aFetcher([service], { retries: 0 });
  depsDev = createDepsDev(fetcher, service.url);
});
afterEach(async () => {
  delete world.pageSize;
  await fetcher.close();
  await service.close();
});

const version = (number: string) => ({ system: "PYPI", name: "tool", version: number });

describe("deps.dev", () => {
  it("is asked once about everything that is wanted at the same time, page by page", async () => {
    world.pageSize = 2;
    const names = ["github.com/acme/tool", "github.com/acme/other", "github.com/acme/tool", "github.com/acme/last"];
    const answers = await Promise.all(names.map((name) => depsDev.scorecard(name)));
    expect(answers[0]).toEqual({ date: "2026-11-16T00:00:00.000Z", checks: { "Code-Review": 8 } });
    expect(answers[2]).toEqual(answers[0]);
    expect([answers[1], answers[3]]).toEqual([undefined, undefined]);
    expect(service.requests).toHaveLength(2);
  });

  it("tells provenance from what a package merely says", async () => {
    expect(await depsDev.version(version("1.0"))).toEqual({ attested: true, repository: "github.com/acme/tool" });
    expect(await depsDev.version(version("0.9"))).toEqual({ attested: false });
    expect(await depsDev.version(version("7"))).toBeUndefined();
  });

  it("counts who needs a version, where it knows it", async () => {
    expect(await depsDev.dependents(version("0.9"))).toBe(42);
    expect(await depsDev.dependents({ system: "MAVEN", name: "org.acme:tool", version: "1.0" })).toBe(0);
    expect(await depsDev.dependents(version("7"))).toBeUndefined();
  });

  it("that does not answer is a failure for everybody who asked", async () => {
    service.fail(() => true, { status: 503 });
    const asked = await Promise.all([depsDev.version(version("1.0")), depsDev.scorecard("github.com/acme/tool")]);
    expect(asked).toMatchObject([{ code: "unavailable" }, { code: "unavailable" }]);
    expect(await depsDev.dependents(version("1.0"))).toMatchObject({ code: "unavailable" });
  });
});

it.each([
  ["pypi", "requests", { system: "PYPI", name: "requests", version: "1" }],
  ["npm", "@acme/tool", { system: "NPM", name: "@acme/tool", version: "1" }],
  ["maven", "org.acme/tool", { system: "MAVEN", name: "org.acme:tool", version: "1" }],
  ["docker", "library/debian", undefined],
])("deps.dev knows %s %s as %j", (type, path, expected) => {
  expect(packageVersionOf(type, path, "1")).toEqual(expected);
});

describe("a Scorecard", () => {
  const scorecards = () => createScorecards(fetcher, service.url, { url: service.url, scorecard: depsDev.scorecard });

  it("comes from deps.dev where it has it, else from Scorecard itself, once for all who ask", async () => {
    const ask = scorecards();
    const [known, fresh, again, none] = await Promise.all(
      ["acme/tool", "acme/new", "acme/new", "acme/none"].map((name) => ask(name)),
    );
    expect(known).toMatchObject({ result: { checks: { "Code-Review": 8 } }, source: service.url });
    expect(fresh).toMatchObject({
      result: { checks: { SAST: 3 } },
      source: `${service.url}/projects/github.com/acme/new`,
    });
    expect(again).toEqual(fresh);
    expect(none).toBeUndefined();
    expect(service.requests).toHaveLength(3);
  });

  it("that nobody gives is a failure, not an absence", async () => {
    service.fail(() => true, { status: 500 });
    expect(await scorecards()("acme/tool")).toMatchObject({ code: "unavailable" });
  });
});
