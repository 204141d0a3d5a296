import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { maven } from "../../../src/poll/sources/maven.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { type MavenWorld, startMaven } from "../../upstreams/maven.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: MavenWorld;
let repository: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  const versions = { "2.17.0": undefined, "2.17.1": "2026-09-01T00:00:00Z", "3.0.0-beta2": "2026-10-01T00:00:00Z" };
  world = { artefacts: { "org.example.log:log-core": { versions } } };
  repository = await startMaven(world);
  fetcher = aFetcher([repository]);
  context = aPollContext(fetcher, { maven: { url: repository.url } });
});

afterEach(async () => {
  await fetcher.close();
  await repository.close();
});

type Request = Partial<Parameters<typeof aPollRequest>[0]>;

const UPSTREAM = "pkg:maven/org.example.log/log-core";
const poll = (given: Request = {}) => maven.poll(aPollRequest({ upstream: UPSTREAM, ...given }), context);

const changed = async (given: Request = {}) => newsOf(await poll(given));

describe("what the source is for", () => {
  it.each([
    ["pkg:maven/org.example/tool", true],
    ["pkg:maven/org.example:tool", true],
    ["pkg:maven/tool", false],
    ["pkg:maven/org/example/tool", false],
    ["pkg:npm/tool", false],
  ])("%s: %s", (purl, expected) => {
    expect(maven.matches(purl)).toBe(expected);
  });
});

describe("an artefact", () => {
  it("has its versions, and when the repository received the newest stable one", async () => {
    const { releases, complete, notChecked } = await changed();
    const common = { publishedBy: "registry", digests: {}, assets: [] };
    expect(releases).toEqual([
      { version: "2.17.0", tag: "2.17.0", state: "released", ...common },
      { version: "2.17.1", tag: "2.17.1", state: "released", publishedAt: "2026-09-01T00:00:00.000Z", ...common },
      { version: "3.0.0-beta2", tag: "3.0.0-beta2", state: "prerelease", ...common },
    ]);
    expect({ complete, notChecked }).toEqual({ complete: true, notChecked: [] });
    expect(repository.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /org/example/log/log-core/maven-metadata.xml",
      "HEAD /org/example/log/log-core/2.17.1/log-core-2.17.1.pom",
    ]);
  });

  it("is found with a colon in its name", async () => {
    expect((await changed({ upstream: "pkg:maven/org.example.log:log-core" })).releases).toHaveLength(3);
  });

  it.each([
    ["1.0-SNAPSHOT", "prerelease"],
    ["1.0-M1", "prerelease"],
    ["1.0.CR2", "prerelease"],
    ["1.0b3", "prerelease"],
    ["33.0.0-jre", "released"],
    ["33.0.0-android", "released"],
    ["5.6.15.Final", "released"],
  ])("tells %s to be a %s", async (version, state) => {
    world.artefacts["org.example.log:log-core"] = { versions: { [version]: undefined } };
    expect((await changed()).releases).toMatchObject([{ version, state }]);
  });

  it("tells which pinned versions are there", async () => {
    expect((await changed({ pinnedRefs: ["2.17.1", "2.16.0"] })).refs).toEqual([{ name: "2.17.1", target: "2.17.1" }]);
  });

  it("says unchanged by the repository's ETag, after one request", async () => {
    const { validator = "" } = await changed();
    expect(await poll({ last: { validator } })).toEqual({ state: "unchanged", validator });
    expect(repository.requests.map(({ status }) => status)).toEqual([200, 200, 304]);
  });

  it("whose newest version has no date to be had says so, and is asked again", async () => {
    repository.fail((request) => request.path.endsWith(".pom"), { status: 403 });
    const { notChecked, validator } = await changed();
    expect(notChecked).toEqual([expect.stringContaining("the date of 2.17.1")]);
    expect(validator).toBeUndefined();
  });

  it("keeps what it can read, and says how much it could not", async () => {
    const body = "<metadata><versioning><versions><version>1.0</version><version>a b</version><version>2.0";
    repository.fail((request) => request.path.endsWith(".xml"), { body: `${body}</versions></versioning></metadata>` });
    const { releases, notChecked, complete } = await changed();
    expect(releases.map(({ version }) => version)).toEqual(["1.0"]);
    expect(notChecked[0]).toContain("1 versions of org.example.log:log-core");
    expect(complete).toBe(false);
  });

  it.each(["<metadata/>", "<metadata><versioning><versions></versions></versioning></metadata>"])(
    "is unreadable where its metadata is %s",
    async (body) => {
      repository.fail(() => true, { body });
      expect(await poll()).toMatchObject({ code: "unreadable" });
    },
  );

  it("of a private repository is asked for there alone", async () => {
    const elsewhere = aPollContext(fetcher, { maven: { url: "https://nowhere.invalid" } });
    const upstream = `${UPSTREAM}?repository_url=${repository.url}/`;
    expect(await maven.poll(aPollRequest({ upstream }), elsewhere)).toMatchObject({ state: "changed" });
  });
});
