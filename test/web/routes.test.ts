import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { createLog } from "../../src/lib/log.ts";
import { NOW } from "../support/build.ts";
import { openBrowser, startDashboard } from "../support/dashboard.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";

/** What anybody who reaches the port may ask for. Everything else wants the token, or a login. */
const OPEN = ["/healthz", "/readyz", "/assets/:name", "/login", "/login/:code", "/letters/:token"];

let database: TestDatabase;
let front: ReturnType<typeof startDashboard>;
let routes: { readonly method: string; readonly path: string; readonly asked: string }[];

beforeAll(async () => {
  database = await openTestDatabase();
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const flow = { db: database.db, clock: () => NOW, log, projects: [], freshness: { default: DAY } };
  front = startDashboard(flow as unknown as FlowContext);
  const all = front.app.routes.filter(({ method, path }) => method !== "ALL" && !path.endsWith("*"));
  const distinct = new Map(all.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
  routes = [...distinct.values()].map((one) => ({ ...one, asked: one.path.replace(/:\w+(\{[^}]*\})?/g, "abc123") }));
});
afterAll(() => database.close());

const closed = () => routes.filter(({ path }) => !OPEN.includes(path));

describe("of all routes", () => {
  it("there are as many as pages, commands and answers need", () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const path of OPEN) expect([path, routes.some((route) => route.path === path)]).toEqual([path, true]);
  });

  it("only a few are open; the others answer nobody who shows neither token nor login", async () => {
    for (const { method, asked } of closed()) {
      const headers = { host: "127.0.0.1:8420", origin: "http://127.0.0.1:8420", "sec-fetch-site": "same-origin" };
      const response = await front.app.request(`http://127.0.0.1:8420${asked}`, { method, headers });
      const refused = response.status === 401 || (response.headers.get("location") ?? "").startsWith("/login");
      expect([method, asked, refused]).toEqual([method, asked, true]);
    }
  });

  it("none is reached under a name of somebody else's", async () => {
    for (const { method, asked } of routes) {
      const stranger = await front.app.request(`http://rebound.example${asked}`, {
        method,
        headers: { host: "rebound.example" },
      });
      expect([asked, stranger.status]).toEqual([asked, 421]);
    }
  });

  it("those that change something take no form of another login, and none that comes from elsewhere", async () => {
    const browser = openBrowser(front.app);
    await browser.logIn();
    const posts = closed().filter(({ method, path }) => method === "POST" && !path.startsWith("/api/"));
    expect(posts.length).toBeGreaterThan(3);
    for (const { asked } of posts) {
      const form = await browser.formOf("/");
      expect([asked, (await browser.post(asked, { form: "made.up" })).status]).toEqual([asked, 403]);
      const elsewhere = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };
      expect([asked, (await browser.post(asked, { form }, elsewhere)).status]).toEqual([asked, 403]);
    }
  });

  it("nothing is changed by looking", () => {
    const methods = new Set(routes.map(({ method }) => method));
    expect([...methods].sort()).toEqual(["GET", "POST"]);
  });
});
