import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createPypiChangelog } from "../../../src/lib/packages/pypi-changelog.ts";
import type { PypiUpdates } from "../../../src/lib/packages/pypi-updates.ts";
import { NOW } from "../../support/build.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type PypiChange, startPypi } from "../../upstreams/pypi.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let now: string;
let journal: PypiChange[];
let server: StandIn;
let fetcher: Fetcher;
let updates: PypiUpdates;

beforeEach(async () => {
  now = NOW;
  journal = [];
  change("elsewhere");
  server = await startPypi({ projects: {}, journal: () => journal });
  fetcher = aFetcher([server], { retries: 0 });
  updates = createPypiChangelog(fetcher, server.url, () => now);
  await updates.named();
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

function change(name: string, action = "new release", version: string | null = "1.0"): void {
  journal.push({ name, version, at: now, action, serial: 22_000_000 + journal.length });
}

/** Time passes, and others publish meanwhile. */
function pass(minutes: number): void {
  now = plus(now, minutes * MINUTE);
  change("elsewhere");
}

const asked = () => server.requests.filter(({ path }) => path === "/pypi");

describe("PyPI's list of changes", () => {
  it("tells who changed nothing, back to its first reading and no further", async () => {
    pass(11);
    expect(await updates.silentSince("tool", plus(NOW, 11 * MINUTE))).toBe(true);
    expect(await updates.silentSince("tool", plus(NOW, 9 * MINUTE))).toBe(false);
  });

  it("names what was released, yanked or removed, whatever the spelling", async () => {
    pass(20);
    change("My.Tool");
    change("other_tool", "yank release");
    change("third", "remove project", null);
    expect([...(await updates.named())]).toEqual([
      ["elsewhere", now],
      ["my-tool", now],
      ["other-tool", now],
      ["third", now],
    ]);
    expect(await updates.silentSince("my_tool", now)).toBe(false);
    expect(await updates.silentSince("tool", now)).toBe(true);
  });

  it("is read once a minute, from the last change on", async () => {
    pass(20);
    await Promise.all([updates.silentSince("a", now), updates.silentSince("b", now)]);
    await updates.silentSince("c", now);
    expect(asked()).toHaveLength(2);
    expect(asked().map(({ body }) => /<methodName>(\w+)<.*?(?:<int>(\d+)<|$)/.exec(body.toString())?.slice(1))).toEqual(
      [
        ["changelog_last_serial", undefined],
        ["changelog_since_serial", "22000000"],
      ],
    );
  });

  it.each([
    ["fails", { status: 500 }],
    [
      "refuses",
      { body: "<methodResponse><fault><value><string>too many requests</string></value></fault></methodResponse>" },
    ],
    ["answers something else", { body: "<html>" }],
    ["answers rows of another form", { body: "<methodResponse><string>a</string></methodResponse>" }],
  ])("tells nothing while it %s, and has no gap afterwards", async (_what, answer) => {
    pass(20);
    change("tool");
    server.fail(({ path }) => path === "/pypi", answer, 1);
    expect(await updates.silentSince("other", now)).toBe(false);
    pass(2);
    expect(await updates.silentSince("other", now)).toBe(true);
    expect(await updates.silentSince("tool", now)).toBe(false);
  });

  it("tells nothing when it is old", async () => {
    now = plus(now, 21 * MINUTE);
    expect(await updates.silentSince("tool", now)).toBe(false);
  });
});
