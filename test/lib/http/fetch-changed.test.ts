import { afterEach, beforeEach, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { fetchChanged } from "../../../src/lib/http/fetch-changed.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type Answer, type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

let server: StandIn;
let fetcher: Fetcher;
let answer: Answer;

beforeEach(async () => {
  answer = { headers: { etag: '"a b"' }, body: "one" };
  server = await startStandIn((request) =>
    request.headers["if-none-match"] === answer.headers?.etag && answer.headers !== undefined
      ? { status: 304 }
      : answer,
  );
  fetcher = aFetcher([server]);
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

async function ask(last?: string, names: readonly string[] = []) {
  const got = await fetchChanged(fetcher, { request: { url: `${server.url}/x` }, what: "the thing", names, last });
  if (isFailure(got)) throw got;
  return got;
}

it("says unchanged by the ETag, and changed when the content is", async () => {
  const first = await ask();
  expect(await ask(first.validator)).toEqual({ state: "unchanged", validator: first.validator });
  answer = { headers: { etag: '"c"' }, body: "two" };
  expect((await ask(first.validator)).state).toBe("changed");
});

it("says unchanged by the bytes where the ETag moved alone, and takes the new one", async () => {
  const first = await ask();
  answer = { headers: { etag: '"c"' }, body: "one" };
  const second = await ask(first.validator);
  expect(second.state).toBe("unchanged");
  expect(second.validator).toContain('"c"');
});

it("says unchanged by the bytes where there is no ETag", async () => {
  answer = { body: "one" };
  const first = await ask();
  expect((await ask(first.validator)).state).toBe("unchanged");
});

it("asks anew when other names are of interest, in whatever order they come", async () => {
  const first = await ask(undefined, ["a", "b"]);
  expect((await ask(first.validator, ["b", "a"])).state).toBe("unchanged");
  expect((await ask(first.validator, ["a"])).state).toBe("changed");
});

it.each(["", "nonsense", "a b"])("asks anew after %j", async (last) => {
  expect((await ask(last)).state).toBe("changed");
});

it("makes failures of other statuses", async () => {
  answer = { status: 404 };
  await expect(ask()).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("the thing") });
});
