import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { claimDueProjects, ensureProjects } from "../../../src/db/projects/projects.ts";
import { setUpstreamsDue } from "../../../src/db/upstreams/due-upstreams.ts";
import { ensureUpstreams } from "../../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { createLog } from "../../../src/lib/log.ts";
import { aPin, NOW } from "../../support/build.ts";
import { type Browser, startDashboard } from "../../support/dashboard.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let browser: Browser;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  const { db } = database;
  await emptyTables(db);
  const source = { kind: "path", path: "/x" } as const;
  await ensureProjects(
    db,
    ["one", "two"].map((id) => ({ id, name: id, source, ignorePaths: [] })),
    NOW,
  );
  const purls = ["pkg:pypi/a", "pkg:pypi/b", "pkg:pypi/c"];
  await ensureUpstreams(
    db,
    [...purls, "pkg:pypi/nobody-pins-it"].map((purl) => ({ purl })),
    NOW,
  );
  const pins = purls.map((upstream, line) => aPin({ upstream, line: line + 1 }));
  await replacePins(db, "one", { pins, problems: [] }, NOW);
  await setUpstreamsDue(db, ["pkg:pypi/a"], plus(NOW, HOUR));
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const flow = { db, clock: () => NOW, log, projects: [], freshness: { default: DAY } } as unknown as FlowContext;
  browser = startDashboard(flow).browser;
  await browser.logIn();
});

type Progress = { readonly projects: { readonly due: number; readonly running: number } };

/** Reads events of a stream until one is as wanted, and gives it. */
async function until(reader: ReadableStreamDefaultReader<string>, wanted: (event: Progress) => boolean) {
  let text = "";
  for (;;) {
    text += (await reader.read()).value ?? "";
    const whole = text.slice(0, text.lastIndexOf("\n\n") + 1);
    const events = [...whole.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data) as Progress);
    const event = events.find(wanted);
    if (event !== undefined) return event;
  }
}

describe("the progress of a cycle", () => {
  it("is in the page, for whoever has no scripts, with a way to load it again", async () => {
    const text = await (await browser.get("/progress")).text();
    expect(text).toContain("A cycle is running.");
    expect(text).toMatch(/<progress aria-labelledby="progress-upstreams" max="3" value="1"><\/progress> <span>2 left</);
    expect(text).toContain('<a href="/progress">Load again</a>');
    expect(text).toMatch(/<script type="module" src="\/assets\/[0-9a-f]{16}\.mjs"><\/script>/);
  });

  it("comes as events, with what changed since", async () => {
    const response = await browser.get("/progress/events");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("content-encoding")).toBeNull();
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new Error("There is no stream.");
    expect(await until(reader, () => true)).toMatchObject({
      projects: { total: 2, due: 2, running: 0 },
      upstreams: { total: 3, due: 2 },
    });
    await claimDueProjects(database.db, NOW, 2, HOUR);
    const later = await until(reader, ({ projects }) => projects.running === 2);
    expect(later).toMatchObject({ projects: { total: 2, due: 0 } });
    await reader.cancel();
  });

  it("is followed by twenty pages at most, and others can again when one leaves", async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => browser.get("/progress/events")));
    expect(streams.map((one) => one.status)).toEqual(Array(20).fill(200));
    const refused = await browser.get("/progress/events");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
    await Promise.all(streams.map((one) => one.body?.cancel()));
    await expect.poll(async () => (await browser.get("/progress/events")).status).toBe(200);
  });

  it("is nobody's without a login", async () => {
    browser.cookie = undefined;
    expect((await browser.get("/progress/events")).status).toBe(303);
  });
});
