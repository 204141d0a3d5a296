import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "../../../src/db/sql/orm.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { createLog } from "../../../src/lib/log.ts";
import { localPath, nameFrom } from "../../../src/web/routes/login.ts";
import { openBrowser, startDashboard, TOKEN } from "../../support/dashboard.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";

const START = "2026-11-20T10:00:00.000Z";
let database: TestDatabase;
let now: Instant = START;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  now = START;
  await emptyTables(database.db);
});

function aFlow(more: Partial<FlowContext> = {}): FlowContext {
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const flow = { db: database.db, clock: () => now, log, projects: [], freshness: { default: DAY }, ...more };
  return flow as unknown as FlowContext; // what pages of an empty store touch
}

describe("the login", () => {
  it("is where every page leads as long as nobody is logged in, and leads back to it", async () => {
    const { browser } = startDashboard(aFlow());
    expect((await browser.get("/")).headers.get("location")).toBe("/login");
    expect((await browser.get("/anything?q=1")).headers.get("location")).toBe("/login?next=%2Fanything%3Fq%3D1");
    const page = await browser.get("/login?next=%2Fanything%3Fq%3D1");
    expect(await page.text()).toContain('name="next" value="/anything?q=1"');
    const done = await browser.post("/login", { token: TOKEN, next: "/anything?q=1" });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/anything?q=1"]);
  });

  it("gives a cookie that no script reads and no other site sends with a form, and opens the pages", async () => {
    const { browser } = startDashboard(aFlow());
    const response = await browser.logIn();
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^headgate=[\w-]{43};/);
    for (const part of ["HttpOnly", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(part);
    expect(cookie).not.toContain("Secure");
    expect((await browser.get("/")).status).toBe(200);
  });

  it("keeps the cookie to https under a public https name", async () => {
    const flow = aFlow({ publicUrl: "https://gate.example" });
    const { app } = startDashboard(flow, { hosts: ["gate.example"] });
    const browser = openBrowser(app, "gate.example", "https://gate.example");
    const cookie = (await browser.logIn()).headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-headgate=/);
    expect(cookie).toContain("Secure");
    expect((await browser.get("/")).status).toBe(200);
  });

  it("stores nothing that opens a page", async () => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    const { rows } = await database.db.execute(sql`select * from headgate.sessions`);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(browser.cookie?.split("=")[1]);
  });

  it.each(["", "sesame", `${TOKEN}x`])("does not take %j for the token", async (token) => {
    const { browser } = startDashboard(aFlow());
    const response = await browser.post("/login", { token });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
    expect(await response.text()).toContain("This is not the token.");
  });

  it("slows down who guesses, for a minute, and says for how long", async () => {
    const { browser } = startDashboard(aFlow());
    for (let guess = 0; guess < 10; guess += 1) await browser.post("/login", { token: `guess ${guess}` });
    const refused = await browser.logIn();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    now = plus(START, MINUTE);
    expect((await browser.logIn()).status).toBe(303);
  });

  it("lasts twelve hours after the last look, and a week at most", async () => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    now = plus(START, 11 * HOUR);
    expect((await browser.get("/")).status).toBe(200);
    now = plus(START, 22 * HOUR);
    expect((await browser.get("/")).status).toBe(200);
    now = plus(START, 35 * HOUR);
    expect((await browser.get("/")).status).toBe(303);
    await browser.logIn();
    const again = now;
    for (let hours = 10; hours < 7 * 24; hours += 10) {
      now = plus(again, hours * HOUR);
      expect((await browser.get("/")).status).toBe(200);
    }
    now = plus(again, 7 * DAY + MINUTE);
    expect((await browser.get("/")).status).toBe(303);
  });

  it("ends for every browser when the token changes", async () => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    const restarted = openBrowser(startDashboard(aFlow(), { token: "another" }).app);
    restarted.cookie = browser.cookie;
    expect((await restarted.get("/")).status).toBe(303);
  });

  it("ends with the log out, also for who kept the cookie", async () => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    const { cookie } = browser;
    const done = await browser.post("/logout", { form: await browser.formOf("/") });
    expect(done.headers.get("location")).toBe("/login");
    browser.cookie = cookie;
    expect((await browser.get("/")).status).toBe(303);
  });
});

describe("a login link", () => {
  it("logs in once", async () => {
    const { browser, links, app } = startDashboard(aFlow());
    const link = links.make();
    expect((await browser.get(link)).headers.get("location")).toBe("/");
    expect((await browser.get("/")).status).toBe(200);
    const other = openBrowser(app);
    expect((await other.get(link)).status).toBe(410);
    expect(other.cookie).toBeUndefined();
  });

  it("is not used up by a look ahead", async () => {
    const { browser, links, app } = startDashboard(aFlow());
    const link = links.make();
    await browser.get(link, { "sec-purpose": "prefetch;prerender" });
    await app.request(`http://127.0.0.1${link}`, { method: "HEAD", headers: { host: "127.0.0.1" } });
    expect((await browser.get(link)).status).toBe(303);
  });

  it("is over after ten minutes, and a made-up one never works", async () => {
    const { browser, links } = startDashboard(aFlow());
    const link = links.make();
    now = plus(START, 10 * MINUTE);
    expect((await browser.get(link)).status).toBe(410);
    expect((await browser.get("/login/made-up")).status).toBe(410);
  });

  it("is given to commands that show the token", async () => {
    const { app, browser } = startDashboard(aFlow());
    const ask = (authorization: string) =>
      app.request("http://127.0.0.1/api/login-links", {
        method: "POST",
        headers: { host: "127.0.0.1", authorization },
      });
    expect((await ask("Bearer no")).status).toBe(401);
    const { path } = (await (await ask(`Bearer ${TOKEN}`)).json()) as { path: string };
    expect((await browser.get(path)).status).toBe(303);
  });
});

describe("what may change something", () => {
  const foreign = [
    {},
    { origin: "null" },
    { origin: "https://elsewhere.example" },
    { origin: "http://127.0.0.1:9999" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:8420" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "https://elsewhere.example" },
  ];

  it.each(foreign)("does not come from %j", async (headers) => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    const form = await browser.formOf("/");
    expect((await browser.post("/logout", { form }, headers as Record<string, string>)).status).toBe(403);
    expect((await browser.get("/")).status).toBe(200);
    expect((await browser.post("/login", { token: TOKEN }, headers as Record<string, string>)).status).toBe(403);
  });

  it("carries a form of this very login", async () => {
    const { browser, app } = startDashboard(aFlow());
    await browser.logIn();
    const other = openBrowser(app);
    await other.logIn();
    for (const form of ["", "x.y", await other.formOf("/")])
      expect((await browser.post("/logout", { form })).status).toBe(403);
    expect((await browser.post("/logout", { form: await browser.formOf("/") })).status).toBe(303);
  });
});

describe("where a login leads", () => {
  it.each([
    ["/components?q=a&page=2", "/components?q=a&page=2"],
    ["//elsewhere.example", "/"],
    ["/\\elsewhere.example", "/"],
    ["https://elsewhere.example/", "/"],
    ["javascript:alert(1)", "/"],
    ["", "/"],
    [undefined, "/"],
  ])("%j is %j", (given, expected) => {
    expect(localPath(given)).toBe(expected);
  });

  it("keeps names to one short line", () => {
    expect(nameFrom("  first\r\n\u202e maintainer ")).toBe("first maintainer");
    expect(nameFrom("x".repeat(300))).toHaveLength(100);
    expect(nameFrom(undefined)).toBe("");
  });

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/%2e//evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "javascript:xss()",
    "/@evil.example//..//evil.example",
    "http:evil.example",
    "///evil.example",
    " //evil.example",
    "evil.example",
  ])("%j stays here", (next) => {
    const path = localPath(next);
    expect(path).toMatch(/^\/(?![/\\])/);
    expect(new URL(path, "http://127.0.0.1:8420").host).toBe("127.0.0.1:8420");
  });
});

describe("every answer", () => {
  it.each(["/", "/login", "/healthz", "/nowhere", "/letters/no", "/api/commands/plan", "/assets/no.css"])(
    "of %s forbids scripts in it, frames around it, and guesses at its kind",
    async (path) => {
      const { browser } = startDashboard(aFlow());
      await browser.logIn();
      const { headers } = await browser.get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
    },
  );

  it("to a page nobody knows says so, in the same look", async () => {
    const { browser } = startDashboard(aFlow());
    await browser.logIn();
    const response = await browser.get("/nowhere");
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/There is no such page[\s\S]*<a href="\/">Overview/);
  });

  it("that went wrong says under which number the log tells why, and not why itself", async () => {
    const lines: string[] = [];
    const log = createLog({ json: true, level: "error", write: (line) => lines.push(line) });
    const { browser } = startDashboard(aFlow({ log }), {
      nextRuns: () => {
        throw new Error("the reason with a secret");
      },
    });
    await browser.logIn();
    const response = await browser.get("/");
    const text = await response.text();
    const number = /under the number (\w{8})/.exec(text)?.[1] ?? "?";
    expect(response.status).toBe(500);
    expect(text).not.toContain("secret");
    expect(response.headers.get("x-request-id")).toBe(number);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ message: "A request failed", request: number }]);
  });
});

describe("the dashboard's files", () => {
  it("are kept for ever, and travel compressed", async () => {
    const { browser } = startDashboard(aFlow());
    const url = /href="(\/assets\/[^"]+\.css)"/.exec(await (await browser.get("/login")).text())?.[1] ?? "";
    const plain = await browser.get(url);
    expect(plain.headers.get("content-type")).toContain("text/css");
    expect(plain.headers.get("cache-control")).toContain("immutable");
    for (const encoding of ["br", "gzip"]) {
      const packed = await browser.get(url, { "accept-encoding": encoding });
      expect(packed.headers.get("content-encoding")).toBe(encoding);
      expect((await packed.arrayBuffer()).byteLength).toBeLessThan((await plain.clone().arrayBuffer()).byteLength);
    }
  });
});
