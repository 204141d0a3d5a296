import { afterEach, beforeEach, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { cargo } from "../../../src/poll/sources/cargo.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { type CargoWorld, crateSha, startCargo } from "../../upstreams/cargo.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: CargoWorld;
let index: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { crates: { "se/rd/serde": { "1.0.0": {}, "1.0.1": { publishedAt: "2026-09-01T10:00:00Z" } } } };
  index = await startCargo(world);
  fetcher = aFetcher([index]);
  context = aPollContext(fetcher, { cargo: { url: index.url } });
});

afterEach(async () => {
  await fetcher.close();
  await index.close();
});

type Request = Partial<Parameters<typeof aPollRequest>[0]>;

const poll = (given: Request = {}) => cargo.poll(aPollRequest({ upstream: "pkg:cargo/serde", ...given }), context);

const changed = async (given: Request = {}) => newsOf(await poll(given));

it("has the versions of a crate with their checksums, and the index's own dates where it has them", async () => {
  const common = { publishedBy: "registry", state: "released", digests: {} };
  const asset = (version: string) => ({
    name: `serde-${version}.crate`,
    digest: `sha256:${crateSha("serde", version)}`,
  });
  expect((await changed()).releases).toEqual([
    { version: "1.0.0", tag: "1.0.0", assets: [asset("1.0.0")], ...common },
    { version: "1.0.1", tag: "1.0.1", assets: [asset("1.0.1")], publishedAt: "2026-09-01T10:00:00.000Z", ...common },
  ]);
});

it.each([
  ["A", "1/a"],
  ["ab", "2/ab"],
  ["abc", "3/a/abc"],
  ["abcd", "ab/cd/abcd"],
  ["Serde_JSON", "se/rd/serde_json"],
])("finds the crate %s at %s", async (name, path) => {
  world.crates[path] = { "1.0.0": {} };
  expect((await changed({ upstream: `pkg:cargo/${name}` })).releases).toHaveLength(1);
});

it("tells yanked versions and prereleases", async () => {
  world.crates["se/rd/serde"] = { "1.0.0": { yanked: true }, "2.0.0-rc.1": {}, "2.0.0-rc.2": { yanked: true } };
  expect((await changed()).releases.map(({ state }) => state)).toEqual(["yanked", "prerelease", "yanked"]);
});

it("tells where pinned versions are, and leaves out those that are not there", async () => {
  const target = `sha256:${crateSha("serde", "1.0.0")}`;
  expect((await changed({ pinnedRefs: ["1.0.0", "=1.0.0", "0.9.0"] })).refs).toEqual([
    { name: "1.0.0", target },
    { name: "=1.0.0", target },
  ]);
});

it("says unchanged by the index's ETag", async () => {
  const { validator = "" } = await changed();
  expect(await poll({ last: { validator } })).toEqual({ state: "unchanged", validator });
  expect(index.requests.map(({ status }) => status)).toEqual([200, 304]);
});

it("keeps the lines it can read, and says how much it could not", async () => {
  index.fail(() => true, {
    body: '{"vers":"1.0.0","cksum":"?","yanked":null,"pubtime":7}\n{"vers":1}\n{"vers"\n\nnull\n',
  });
  const { releases, notChecked, complete } = await changed();
  expect(releases).toMatchObject([{ version: "1.0.0", state: "released", assets: [{ name: "serde-1.0.0.crate" }] }]);
  expect(notChecked).toEqual([expect.stringContaining("3 versions of serde")]);
  expect(complete).toBe(false);
});

it("finds nothing where there is no such crate", async () => {
  expect(await poll({ upstream: "pkg:cargo/nothing" })).toMatchObject({ code: "not-found" });
});

it("asks a private registry alone", async () => {
  const elsewhere = aPollContext(fetcher, { cargo: { url: "https://nowhere.invalid" } });
  const upstream = `pkg:cargo/serde?repository_url=sparse%2B${index.url}/`;
  expect(await cargo.poll(aPollRequest({ upstream }), elsewhere)).toMatchObject({ state: "changed" });
});
