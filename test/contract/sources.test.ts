import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { between, MINUTE } from "../../src/domain/instant.ts";
import { nextTry } from "../../src/flow/poll/next-poll.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import type { ServiceUrls } from "../../src/lib/http/urls.ts";
import { poll, sourceOf } from "../../src/poll/poll.ts";
import type { PollContext } from "../../src/poll/source.ts";
import { SOURCES } from "../../src/poll/sources.ts";
import { aPollRequest } from "../support/poll-context.ts";
import { clientsFor, IMPATIENT, startSilence } from "../support/source-client.ts";
import { FAULTS } from "../support/source-faults.ts";
import { WAYS } from "../support/source-ways.ts";
import type { StandIn } from "../upstreams/stand-in.ts";

it("every source is tried", () => {
  expect(new Set(WAYS.map(({ source }) => source))).toEqual(new Set(SOURCES.map(({ id }) => id)));
});

describe.each(SOURCES.map((source) => [source.id, source] as const))("the source %s", (_id, source) => {
  it("has an id that can stand in a row, a title and a scheme", () => {
    expect(source.id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(source.title).not.toBe("");
    expect(source.scheme).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it("names its service for doctor exactly where one address is its own", () => {
    const named = "https://service.example";
    const ways = WAYS.filter((way) => way.source === source.id).map((way) => way.urls(named) as Record<string, object>);
    const own = ways.filter((urls) => "url" in (urls[source.id] ?? {}));
    const said = own.map((urls) => source.service?.(urls as ServiceUrls) ?? "no service");
    expect(own.length > 0).toBe(source.service !== undefined);
    for (const url of said) expect(new URL(url).origin).toBe(named);
  });

  it.each(["", "requests", "pkg:", "pkg:generic/x", "https://example.org/"])("does not claim %j", (purl) => {
    expect(source.matches(purl)).toBe(false);
  });
});

describe.each(WAYS)("$source by $name", (way) => {
  const { source, upstream, pinned, codes } = way;
  let server: StandIn;
  let fetcher: Fetcher;
  let context: PollContext;

  beforeEach(async () => {
    server = await way.start();
    ({ fetcher, context } = clientsFor(way, server.url));
  });

  afterEach(async () => {
    await fetcher.close();
    await server.close();
  });

  const ask = (given: { validator?: string | undefined } = {}, using = context) =>
    poll(
      aPollRequest({
        upstream,
        pinnedRefs: [pinned],
        ...(given.validator !== undefined && { last: { validator: given.validator } }),
      }),
      using,
    );

  it("is the source of its upstream", () => {
    const found = sourceOf(upstream);
    expect(isFailure(found) ? found : found.id).toBe(source);
  });

  it("finds the version, where the pinned name points, and nothing wrong", async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ state: "changed", complete: true, refs: [{ name: pinned }] });
    expect(answer).toHaveProperty("releases", [expect.objectContaining({ version: "1.0", state: "released" })]);
  });

  it("says unchanged, or the same again, when nothing moved", async () => {
    const first = await ask();
    if (isFailure(first)) throw first;
    const second = await ask({ validator: first.validator });
    if (isFailure(second)) throw second;
    expect(second.state === "unchanged" ? second.validator : second).toEqual(
      second.state === "unchanged" ? first.validator : first,
    );
  });

  it.each(FAULTS)("makes a failure of $name, and knows when to try again", async ({ name, how, code, wait }) => {
    const now = new Date().toISOString();
    server.fail(() => true, how(now));
    const clock = () => Date.parse(now);
    const clients = clientsFor(way, server.url, { clock, ...(code === "timeout" && IMPATIENT) });
    const outcome = await ask({}, clients.context);
    await clients.fetcher.close();
    if (!isFailure(outcome)) throw new Error(`that was taken for an answer: ${JSON.stringify(outcome)}`);
    expect(outcome).toMatchObject({ name: "Failure", code: codes?.[name] ?? code });
    expect(outcome.message).not.toBe("");
    const pause = between(now, nextTry(1, outcome, now, 0));
    if (wait === undefined) expect(pause).toBe(/^(?:unavailable|timeout)$/.test(outcome.code) ? 15_000 : 5 * MINUTE);
    else expect(Math.abs(pause - wait)).toBeLessThan(1_000);
  });

  it("makes a failure of a connection that is never made", async () => {
    const silence = await startSilence();
    const clients = clientsFor(way, silence.url, { connectTimeout: 200 });
    expect(await ask({}, clients.context)).toMatchObject({ name: "Failure", code: "timeout" });
    await clients.fetcher.close();
    await silence.close();
  });

  it("asks a host that wants patience no second time", async () => {
    server.fail(() => true, { status: 429, headers: { "retry-after": "3600" } });
    await ask();
    const asked = server.requests.length;
    expect(await ask()).toMatchObject({ code: "rate-limited" });
    expect(server.requests).toHaveLength(asked);
  });

  it("takes right data under a wrong type, unless the type says how to read it", async () => {
    const usual = await ask();
    server.fail(() => true, { mislabel: "text/x-unheard-of" });
    const outcome = await ask();
    if (way.typed === true) expect(outcome).toMatchObject({ name: "Failure", code: "unreadable" });
    else expect(outcome).toEqual(usual);
  });

  it("recovers when its upstream does", async () => {
    server.fail(() => true, { status: 500 });
    expect(isFailure(await ask())).toBe(true);
    server.heal();
    expect(isFailure(await ask())).toBe(false);
  });
});
