import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alertsIn, raiseAlert } from "../../src/db/deliveries/alerts.ts";
import { claimDelivery, recordDelivery } from "../../src/db/deliveries/deliveries.ts";
import { appendEvent } from "../../src/db/deliveries/events.ts";
import { pins, projects } from "../../src/db/schema/projects.ts";
import { upstreams } from "../../src/db/schema/upstreams.ts";
import { setMeta } from "../../src/db/service/meta.ts";
import { recordAdvisories } from "../../src/db/upstreams/advisories.ts";
import { DAY, HOUR, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { openForges } from "../../src/lib/forge/forges.ts";
import { createLog } from "../../src/lib/log.ts";
import { anAdvisory, anAlert, aPin, NOW } from "../support/build.ts";
import type { Browser } from "../support/dashboard.ts";
import { startDashboard } from "../support/dashboard.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../support/database.ts";
import { gitHubAlone } from "../support/forge-material.ts";

let database: TestDatabase;
let browser: Browser;
const PATHS = ["/advisories", "/integrity", "/deliveries", "/problems", "/audit", "/settings"];
const HOSTILE = '<img src=x onerror="alert(1)">';

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.db);
  browser = startDashboard(aFlow()).browser;
  await browser.logIn();
});

const NOWHERE = "https://github.invalid";

function aFlow(): FlowContext {
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const project = {
    id: "example",
    name: "example",
    source: { kind: "path", path: "/srv/example" },
    ignorePaths: ["old/**"],
  };
  const flow = {
    ...{ db: database.db, clock: () => NOW, log, projects: [project], freshness: { default: 30 * HOUR, pypi: HOUR } },
    policy: {
      waits: { default: 3 * DAY },
      rules: [{ match: { upstream: "pkg:pypi/*" }, hold: { reason: "frozen" } }],
      responseTimes: { critical: DAY },
      weights: { activity: 15 },
      checks: { "release-burst": false },
      settle: HOUR,
      allowPrereleases: false,
    },
    deliver: {
      "pull-request": {},
      "e-mail": { url: "smtp://mailer:hunter2@mail.example:587", to: ["a@example.org", "b@example.org"] },
      chat: { url: "https://chat.example/hooks/T0/S3CR3T", token: "t0ken" },
    },
    ...{
      urls: { pypi: { url: "https://pypi.org" } },
      vouches: [],
      trust: { refresh: true },
      retention: { decisions: DAY, evidence: DAY },
    },
    ...{
      storage: "embedded",
      queueing: "through the store",
      networking: "direct",
      publicUrl: undefined,
      forges: openForges(gitHubAlone({ github: undefined, urls: { api: NOWHERE, graphql: NOWHERE, web: NOWHERE } })),
    },
  };
  return flow as unknown as FlowContext; // what these pages touch
}

const text = async (path: string) => (await browser.get(path)).text();

async function aDangerousStore(): Promise<void> {
  const { db } = database;
  await db.insert(projects).values({
    id: "example",
    name: "example",
    source: { kind: "path", path: "/x" },
    problems: [{ path: "a", message: HOSTILE }],
    dueAt: NOW,
  });
  const pin = aPin({ path: HOSTILE });
  await db
    .insert(pins)
    .values({ project: "example", ordinal: 0, path: pin.path, line: 1, upstream: pin.upstream, watched: true, pin });
  const advisory = anAdvisory({ id: "GHSA-x", summary: HOSTILE, url: "javascript:alert(1)", severity: "critical" });
  await recordAdvisories(
    db,
    "osv",
    [{ purl: pin.upstream, version: "1.0.0", advisories: [advisory] }],
    plus(NOW, -2 * DAY),
  );
  await raiseAlert(db, anAlert({ summary: HOSTILE, subject: HOSTILE }), NOW);
  await appendEvent(db, { kind: "integrity", project: "example", data: { class: "rebuild", summary: HOSTILE } }, NOW);
  const subject = { kind: "digest", id: HOSTILE } as const;
  await recordDelivery(db, {
    subject,
    channel: "e-mail",
    key: "k",
    state: "failed",
    at: NOW,
    error: HOSTILE,
    url: "javascript:alert(1)",
  });
  const about = { title: HOSTILE, to: HOSTILE, project: HOSTILE, upstream: `pkg:generic/${HOSTILE}` };
  await claimDelivery(db, { key: "n", channel: "e-mail", subject: { kind: "alert", id: "a" }, about }, NOW, HOUR);
}

describe("every list of the dashboard", () => {
  it.each(PATHS)("%s says what it means that there is nothing, and is marked in the navigation", async (path) => {
    const page = await text(path);
    expect(page).toContain(`<a href="${path}" aria-current="page">`);
    if (path !== "/settings") expect(page).toMatch(/<div class="empty"><strong>[^<]+<\/strong> [^<]+/);
  });

  it.each(PATHS)("%s shows what strangers wrote as text", async (path) => {
    await aDangerousStore();
    const page = await text(path);
    expect(page).not.toContain("<img");
    expect(page).not.toMatch(/(?:href|src|action)="\s*javascript:/i);
    if (path !== "/settings") expect(page).toContain("&lt;img");
  });

  it.each(PATHS)("%s has no inline style, script or handler, and no address of anybody else's", async (path) => {
    await aDangerousStore();
    const page = await text(path);
    expect(page).not.toMatch(/<[a-z][^>]*\sstyle=|<style|<script|<[a-z][^>]*\son[a-z]+=/i);
    expect(
      [...page.matchAll(/<(?:link|img|script|iframe)[^>]+(?:href|src)="([^"]+)"/g)].map((match) => match[1]),
    ).toSatisfy((all: string[]) => all.length > 0 && all.every((url) => url.startsWith("/assets/")));
  });

  it.each([
    "/advisories?urgency=never&page=-3&project=%00",
    "/integrity?state=odd&class=__proto__&page=1e9",
    "/deliveries?state=constructor&page=x",
    "/problems?kind=toString&page=0",
    "/audit?kind=x&since=2026-02-31&until=tomorrow&before=abc",
  ])("takes a question that makes no sense, and asks only what does: %s", async (path) => {
    await aDangerousStore();
    expect((await browser.get(path)).status).toBe(200);
  });
});

describe("a list in which nothing stands", () => {
  const good = {
    "/": "Nothing is urgent",
    "/integrity": "Nothing changed under its name",
    "/problems": "Everything could be checked",
  };

  it.each(Object.entries(good))("is no good news on %s before any upstream has answered", async (path, news) => {
    const page = await text(path);
    expect(page).not.toContain(news);
    expect(page).toMatch(/not known yet|Nothing was asked yet/);
  });

  it.each(Object.entries(good))("is good news on %s once one has", async (path, news) => {
    const { db } = database;
    const pin = aPin();
    await db
      .insert(projects)
      .values({ id: "example", name: "example", source: { kind: "path", path: "/x" }, problems: [], dueAt: NOW });
    await db
      .insert(pins)
      .values({ project: "example", ordinal: 0, path: pin.path, line: 1, upstream: pin.upstream, watched: true, pin });
    await db
      .insert(upstreams)
      .values({ purl: pin.upstream, source: "github", dueAt: NOW, lastSuccessAt: NOW, notChecked: [] });
    expect(await text(path)).toContain(news);
  });

  it("says of advisories that not everything was asked about yet, until it was", async () => {
    expect(await text("/advisories")).toContain("Not everything was asked about yet.");
    await setMeta(database.db, "advisories/clock", { wantedSince: NOW, readAt: NOW });
    expect(await text("/advisories")).toContain("No advisory is known about what is installed.");
  });
});

describe("the advisories", () => {
  it("say since when an answer is overdue", async () => {
    await aDangerousStore();
    const page = await text("/advisories");
    expect(page).toContain("overdue");
    expect(page).toContain("1 day ago");
  });
});

describe("a notice", () => {
  it.each(["/deliveries", "/audit"])("says on %s what it was about, to whom it went, and leads there", async (path) => {
    const about = {
      title: "tag moved: example/tool",
      to: "ann@example.org",
      project: "example",
      upstream: aPin().upstream,
    };
    const subject = { kind: "alert", id: "5f3a" } as const;
    await claimDelivery(database.db, { key: "n", channel: "e-mail", subject, about }, NOW, HOUR);
    const page = await text(path);
    expect(page).toContain('<a href="/components?q=example%2Ftool">tag moved: example/tool</a>');
    expect(page).toContain("example, to ann@example.org");
    expect(page).not.toContain("5f3a</");
  });
});

describe("the audit log", () => {
  it("says which date is none, and takes the whole of the last day", async () => {
    await raiseAlert(database.db, anAlert(), NOW);
    expect(await text("/audit?since=2026-02-31")).toContain("That is not a day");
    expect(await text(`/audit?since=${NOW.slice(0, 10)}&until=${NOW.slice(0, 10)}`)).toContain("tag-moved");
  });
});

describe("the settings", () => {
  it("say what takes effect and nothing that is secret", async () => {
    const page = await text("/settings");
    for (const secret of ["hunter2", "S3CR3T", "t0ken"]) expect(page).not.toContain(secret);
    for (const words of [
      "smtp://mail.example:587",
      "https://chat.example/…",
      "a@example.org, b@example.org",
      "hold: frozen",
    ])
      expect(page).toContain(words);
    expect(page).toContain("no credential: tags come by the git protocol");
    expect(page).toContain("with the next major version");
    expect(page).toContain("checks: release-burst");
  });
});

describe("an integrity event", () => {
  const answer = (id: string, fields: Record<string, string>, form: string) =>
    browser.post(`/integrity/${id}`, { form, by: "maintainer", ...fields });

  it("is acknowledged and resolved with a reason, by name", async () => {
    const { alert } = await raiseAlert(database.db, anAlert(), NOW);
    const form = await browser.formOf("/integrity");
    const seen = await answer(alert.id, { state: "acknowledged", reason: "asked the maintainer" }, form);
    expect([seen.status, seen.headers.get("location")]).toEqual([303, `/integrity?said=${alert.id}`]);
    expect(await text(`/integrity?said=${alert.id}`)).toContain("Recorded: acknowledged");
    await answer(alert.id, { state: "resolved", reason: "rebuilt, same files" }, form);
    expect(await text(`/integrity?said=${alert.id}`)).toContain("Recorded: resolved");
    expect(await alertsIn(database.db, ["resolved"])).toMatchObject([
      {
        resolved: { by: "maintainer", reason: "rebuilt, same files" },
        acknowledged: { reason: "asked the maintainer" },
      },
    ]);
    expect(await text("/integrity?state=resolved")).toContain("rebuilt, same files");
  });

  it("is not answered without a reason or a name, and what was typed stays", async () => {
    const { alert } = await raiseAlert(database.db, anAlert(), NOW);
    const form = await browser.formOf("/integrity");
    const nameless = await answer(alert.id, { state: "resolved", reason: "we looked", by: " " }, form);
    expect(nameless.status).toBe(422);
    expect(await nameless.text()).toContain('value="we looked"');
    expect((await answer(alert.id, { state: "resolved", reason: "" }, form)).status).toBe(422);
    expect(await alertsIn(database.db, ["open"])).toHaveLength(1);
  });

  it("is not answered by a form of nobody's", async () => {
    const { alert } = await raiseAlert(database.db, anAlert(), NOW);
    expect((await answer(alert.id, { state: "resolved", reason: "x" }, "forged.token")).status).toBe(403);
    expect(await alertsIn(database.db, ["open"])).toHaveLength(1);
  });
});
