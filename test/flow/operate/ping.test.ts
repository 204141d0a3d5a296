import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ping } from "../../../src/flow/operate/ping.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createLog } from "../../../src/lib/log.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { useStore } from "../../support/store.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

const store = useStore("embedded");
let watch: StandIn;
let fetcher: Fetcher;
let said: string[];

beforeEach(async () => {
  watch = await startStandIn(() => ({ body: "OK" }));
  fetcher = aFetcher([watch], { retries: 0 });
  said = [];
});
afterEach(async () => {
  await fetcher.close();
  await watch.close();
});

/** What a ping needs of the flow. */
function aContext(pingUrl: string | undefined) {
  const log = createLog({ json: true, level: "info", write: (line) => void said.push(line) });
  return { db: store.db, pingUrl, fetcher, log } as unknown as Parameters<typeof ping>[0];
}

describe("a dead man's switch", () => {
  it("is asked at exactly the address that was given, without any credential", async () => {
    await ping(aContext(`${watch.url}/ping/2f1c?from=headgate`));
    expect(watch.requests).toMatchObject([{ method: "GET", path: "/ping/2f1c", status: 200 }]);
    expect(watch.requests[0]?.query.get("from")).toBe("headgate");
    expect(watch.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(said).toEqual([]);
  });

  it("is not asked where none is named", async () => {
    await ping(aContext(undefined));
    expect(watch.requests).toEqual([]);
  });

  it.each([
    ["answers with an error", { status: 404 }, /answered with 404/],
    ["answers with nothing", "reset", /failed/],
  ] as const)("that %s is named in the log by its host alone, and fails no job", async (_how, how, sentence) => {
    watch.fail(() => true, how);
    await ping(aContext(`${watch.url}/ping/s3cret-path`));
    expect(said.join()).toMatch(sentence);
    expect(said.join()).toContain(new URL(watch.url).host);
    expect(said.join()).not.toContain("s3cret-path");
  });

  it("that is away for weeks is a line when that begins, when it changes, and when it is over", async () => {
    const flow = aContext(`${watch.url}/ping`);
    watch.fail(() => true, { status: 404 }, 3);
    for (let again = 0; again < 5; again++) await ping(flow);
    expect(said.map((line) => (JSON.parse(line) as { message: string }).message.replace(/127.*?(?= )/, "it"))).toEqual([
      "The ping to it was answered with 404.",
      "The ping to it arrives again.",
    ]);
  });
});
