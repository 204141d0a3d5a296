import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { raiseAlert } from "../../src/db/deliveries/alerts.ts";
import { recordDelivery } from "../../src/db/deliveries/deliveries.ts";
import { appendEvent } from "../../src/db/deliveries/events.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { decideByHand } from "../../src/flow/decide/record-human-decision.ts";
import { vouchFor } from "../../src/flow/trust/record-vouch.ts";
import { releaseOnMain } from "../demo/world.ts";
import { anAlert } from "../support/build.ts";
import { type Browser, startDashboard, TOKEN } from "../support/dashboard.ts";
import { type Suite, startSuite } from "../support/suite.ts";
import { findRepository } from "../upstreams/github/world.ts";

/** Text that becomes markup, an attribute, an address or a script wherever it is not escaped. */
const HOSTILE = [
  "<xss-tag onxss=1>",
  '"><xss-double onxss=1>',
  "'><xss-single onxss=1>",
  "</script><xss-script>",
  "</title></style></textarea><xss-end>",
  "<svg/onload=xss()><img src=x onerror=xss()>",
  "&lt;xss-twice&gt;",
  "]]><xss-cdata>",
  "-->\u2028<xss-comment>",
  '" autofocus onfocus=xss() x="',
  "[x](javascript:xss())",
];
const LONG = HOSTILE.join(" ");

let suite: Suite;
let browser: Browser;
let folder: string;
let app: ReturnType<typeof startDashboard>["app"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headgate-hostile-"));
  for (const [index, name] of ["<xss-path onxss=1>", "\"onxss='1'"].entries()) {
    mkdirSync(join(folder, name));
    const pilot = `ENV PILOT_VERSION="1.4.0"\nADD https://github.com/harbourlights/pilot/releases/download/v\${PILOT_VERSION}/pilot-linux-amd64 /x\n`;
    writeFileSync(
      join(folder, name, "Dockerfile"),
      `FROM debian:13-slim\n${pilot}RUN pip install jinja2==3.1.4 # ${HOSTILE[index]}\nRUN curl https://x.example.org/\${A}<xss-text>-1.2.3.tgz\n`,
    );
  }
  suite = await startSuite(`{ path: ${folder}, name: suite }`);
  await fill();
  ({ app, browser } = startDashboard(suite.flow));
  await browser.logIn(LONG);
});
afterAll(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Hostile text in every place of the store that strangers, upstreams or people write to. */
async function fill(): Promise<void> {
  const { flow, world, days } = suite;
  const pilot = findRepository(world.github, "harbourlights", "pilot");
  if (pilot === undefined) throw new Error("the demo's repository is gone");
  releaseOnMain(world.github, pilot, {
    tag: "v1.6.0",
    publishedAt: days.now,
    notes: LONG,
    assets: ["pilot-linux-amd64", "<xss-asset>"],
  });
  for (const advisory of world.osv.advisories) Object.assign(advisory, { summary: LONG });
  const report = await suite.plan();
  const [candidate] = report.candidates;
  await decideByHand(flow, {
    candidate: candidate?.id ?? "",
    action: "hold",
    by: LONG.slice(0, 80),
    reason: LONG.slice(0, 300),
  });
  await vouchFor(flow, {
    upstream: "pkg:github/harbourlights/pilot",
    by: "<xss-by>",
    reason: LONG.slice(0, 300),
    points: 8,
  });
  await raiseAlert(flow.db, anAlert({ project: "suite", summary: LONG, subject: LONG, next: LONG }), days.now);
  await appendEvent(
    flow.db,
    { kind: "integrity", project: "suite", data: { class: "rebuild", summary: LONG } },
    days.now,
  );
  const base = { channel: "e-mail", state: "failed", at: days.now, error: LONG } as const;
  await recordDelivery(flow.db, { ...base, subject: { kind: "digest", id: LONG }, key: "k1", url: "javascript:xss()" });
  await recordDelivery(flow.db, {
    ...base,
    subject: { kind: "candidate", id: candidate?.id ?? "" },
    key: "k2",
    url: "data:text/html,<xss-url>",
  });
  const failure = JSON.stringify({ code: "unavailable", message: LONG, at: days.now, since: days.now, count: 9 });
  await flow.db.execute(sql`update headgate.upstreams set failure = ${failure}::jsonb where purl like '%jinja2%'`);
  await flow.db.execute(sql`update headgate.projects set last_failure = ${failure}::jsonb`);
}

const GET_OPEN = [/^\/healthz$/, /^\/readyz$/, /^\/metrics$/, /^\/assets/, /^\/login/, /^\/letters/];
const filled = (path: string) => path.replace(/:\w+(?:\{[^}]*\})?\??/g, "x").replace(/\*/g, "x");

/** Every route that the edge has, as somebody would ask for it. */
function routes(method: string): string[] {
  const all = app.routes.filter((one) => one.method === method || (one.method === "ALL" && !one.path.includes("*")));
  return [...new Set(all.map(({ path }) => filled(path)))];
}

const anonymous = (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
  app.request(`http://127.0.0.1:8420${path}`, { ...init, headers: { host: "127.0.0.1:8420", ...headers } });

describe("without a login", () => {
  it("every page leads to the login, and every answer of the API is 401", async () => {
    const asked = routes("GET").filter((path) => !GET_OPEN.some((open) => open.test(path)));
    expect(asked.length).toBeGreaterThan(8);
    const wrong: string[] = [];
    for (const path of asked) {
      const answer = await anonymous(path);
      const closed = path.startsWith("/api")
        ? answer.status === 401
        : answer.status === 303 && answer.headers.get("location")?.startsWith("/login");
      if (!closed) wrong.push(`${answer.status} ${path}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    "headgate=",
    "headgate=x",
    `headgate=${"A".repeat(43)}`,
    `headgate=${TOKEN}`,
    "headgate=__proto__",
    "__Host-headgate=x",
  ])("a made-up cookie %s opens nothing", async (cookie) => {
    expect((await anonymous("/", {}, { cookie })).status).toBe(303);
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Basic x",
    `bearer ${TOKEN}`,
    `Bearer ${TOKEN} `,
    `Bearer ${TOKEN}\u00e9`,
    `Token ${TOKEN}`,
  ])("the API does not take %j for the token", async (authorization) => {
    const headers: Record<string, string> = authorization === "" ? {} : { authorization };
    const refused = await Promise.resolve(
      anonymous("/api/commands/doctor", { method: "POST", body: "{}" }, headers),
    ).catch(() => ({ status: 401 }));
    // a blank around a header's value is no part of it (RFC 9110 §5.5)
    expect(refused.status === 401).toBe(authorization.trim() !== `Bearer ${TOKEN}`);
  });

  it("no answer says more than that", async () => {
    for (const path of ["/", "/nothing", "/candidates/x", "/api/x"]) {
      const text = await (await anonymous(path)).text();
      expect(text).not.toMatch(/xss|suite|pilot|at \w+ \(|node_modules/);
    }
  });
});

describe("what changes something", () => {
  const posts = () => routes("POST").filter((path) => !/^\/(?:api|letters|login$)/.test(path));
  const body = (form: string) => new URLSearchParams({ form, action: "approve", reason: "x", by: "x" }).toString();
  const TYPE = { "content-type": "application/x-www-form-urlencoded" };
  const own = { origin: "http://127.0.0.1:8420", "sec-fetch-site": "same-origin" };

  it.each([
    ["nowhere", {}],
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { origin: "http://127.0.0.1:9999", "sec-fetch-site": "same-site" }],
    ["a sandboxed frame", { origin: "null" }],
    ["another scheme", { origin: "https://127.0.0.1:8420" }],
    ["an address that only begins like ours", { origin: "http://127.0.0.1:8420.evil.example" }],
    ["a browser that says it is not", { origin: "http://127.0.0.1:8420", "sec-fetch-site": "cross-site" }],
    ["the address bar", { "sec-fetch-site": "none" }],
  ])("is not done for a request from %s", async (_name, headers) => {
    const form = await browser.formOf("/");
    expect(posts().length).toBeGreaterThan(2);
    for (const path of posts()) {
      const answer = await anonymous(path, { method: "POST", body: body(form) }, {
        ...TYPE,
        ...headers,
        cookie: browser.cookie ?? "",
      } as Record<string, string>);
      expect(answer.status, path).toBe(403);
    }
  });

  it("is not done without the form of this very login, in whatever shape it comes", async () => {
    const number = (await browser.formOf("/")).split(".")[0];
    for (const path of posts()) {
      for (const form of ["", "x", `${number}.x`, `${number}.`, ".", "__proto__", `${number}.${"A".repeat(43)}`]) {
        const answer = await anonymous(
          path,
          { method: "POST", body: body(form) },
          { ...TYPE, ...own, cookie: browser.cookie ?? "" },
        );
        expect(answer.status, `${path} ${form}`).toBe(403);
      }
      for (const type of ["text/plain", "application/json"]) {
        const answer = await anonymous(
          path,
          { method: "POST", body: body(await browser.formOf("/")) },
          { "content-type": type, ...own, cookie: browser.cookie ?? "" },
        );
        expect(answer.status, `${path} ${type}`).toBe(403);
      }
      expect((await anonymous(path, { method: "POST", body: body("x") }, { ...TYPE, ...own })).status, path).toBe(303);
    }
  });

  it("is not done by another method, nor by a POST that is written into a GET", async () => {
    const events = async () =>
      (await suite.flow.db.execute(sql`select count(*) as n from headgate.human_decisions`)).rows[0];
    const before = await events();
    for (const path of posts()) {
      for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const answer = await anonymous(path, { method }, { ...own, cookie: browser.cookie ?? "" });
        expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      }
      await browser.get(`${path}?action=approve&reason=x&by=x&form=${encodeURIComponent(await browser.formOf("/"))}`, {
        "x-http-method-override": "POST",
      });
    }
    expect(await events()).toEqual(before);
  });

  it("has a limit for what is sent", async () => {
    for (const path of ["/login", "/candidates/x", "/api/commands/doctor"]) {
      const answer = await anonymous(
        path,
        { method: "POST", body: "x".repeat(70_000) },
        { ...TYPE, ...own, authorization: `Bearer ${TOKEN}` },
      );
      expect(answer.status, path).toBe(413);
    }
  });
});

describe("a name that is not ours", () => {
  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example:8420",
    "",
    "127.0.0.1@evil.example",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
  ])("%j is served nothing, neither pages nor the API", async (host) => {
    for (const path of ["/", "/login", "/healthz", "/api/commands/doctor", "/letters/x"]) {
      const answer = await app.request(`http://127.0.0.1:8420${path}`, {
        headers: { host, authorization: `Bearer ${TOKEN}` },
      });
      expect(answer.status, path).toBe(421);
    }
  });

  it("is refused by the real server, too, on the wire", async () => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const ask = (host: string) =>
      new Promise<number | undefined>((resolve, reject) =>
        request({ port, host: "127.0.0.1", path: "/healthz", headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on("error", reject)
          .end(),
      );
    expect([await ask("evil.example"), await ask(`127.0.0.1:${port}`)]).toEqual([421, 200]);
    await new Promise((resolve) => server.close(resolve));
  });
});

/** Every page that can be reached from the first one by its links. */
async function crawl(): Promise<Map<string, { readonly response: Response; readonly text: string }>> {
  const pages = new Map<string, { response: Response; text: string }>();
  const open = [
    "/",
    "/settings",
    "/audit",
    "/problems",
    `/components?text=${encodeURIComponent(LONG)}`,
    `/nothing${encodeURIComponent(LONG)}`,
    `/candidates/${encodeURIComponent(LONG)}`,
    `/login?next=${encodeURIComponent(`/${LONG}`)}`,
  ];
  const kinds = new Map<string, number>();
  for (let path = open.shift(); path !== undefined && pages.size < 120; path = open.shift()) {
    if (pages.has(path)) continue;
    const response = await browser.get(path);
    const text = await response.text();
    pages.set(path, { response, text });
    for (const [, href = ""] of text.matchAll(/href="(\/[^"#]*)/g)) {
      const next = href.replaceAll("&amp;", "&").replaceAll("&#39;", "'");
      const kind = next.replace(/\?.*/, "").split("/").slice(0, 2).join("/");
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (!/^\/(?:assets|logout|export)/.test(next) && (kinds.get(kind) ?? 0) < 40) open.push(next);
    }
  }
  return pages;
}

describe("every page, with hostile text in every place of the store", () => {
  let pages: Awaited<ReturnType<typeof crawl>>;
  const html = () =>
    [...pages].filter(([, { response }]) => (response.headers.get("content-type") ?? "").includes("text/html"));
  beforeAll(async () => {
    pages = await crawl();
  });

  it("is looked at, and shows that text", () => {
    expect(html().length).toBeGreaterThan(12);
    expect(
      html()
        .map(([path]) => path)
        .join(" "),
    ).toMatch(/\/candidates\/|\/components/);
    for (const word of ["xss-tag", "xss-path"])
      expect(
        html().some(([, { text }]) => text.includes(word)),
        word,
      ).toBe(true);
    expect([...pages].filter(([, { response }]) => response.status >= 500).map(([path]) => path)).toEqual([]);
  });

  it("holds none of it as markup, attribute, address or script", () => {
    const wrong = html().flatMap(([path, { text }]) =>
      [
        /<\/?xss[^>]*>?/i,
        /<svg\/onload/i,
        /<img src=x/i,
        /<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*\son\w+\s*=/i,
        /(?:href|src|action)\s*=\s*"?\s*(?:javascript|data|vbscript):/i,
      ].flatMap((shape) => {
        const found = shape.exec(text);
        return found === null ? [] : [`${path}: ${found[0].slice(-120)}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("has no script, style or handler within, as its policy says", () => {
    const wrong = html().flatMap(([path, { response, text }]) => {
      const policy = response.headers.get("content-security-policy") ?? "";
      const strict =
        /default-src 'none'/.test(policy) &&
        /frame-ancestors 'none'/.test(policy) &&
        /base-uri 'none'/.test(policy) &&
        /form-action 'self'/.test(policy) &&
        !/unsafe|\*|https?:|data:/.test(policy);
      const inline = /<script(?![^>]*\ssrc=)[^>]*>|<style[\s>]|\sstyle="/i.exec(text)?.[0];
      return [...(strict ? [] : [`${path}: ${policy}`]), ...(inline === undefined ? [] : [`${path}: ${inline}`])];
    });
    expect(wrong).toEqual([]);
  });

  it("is kept by nobody, framed by nobody, guessed at by nobody, and tells no other site where its reader was", () => {
    for (const [path, { response }] of pages) {
      const say = (name: string) => response.headers.get(name);
      expect(
        [say("cache-control"), say("x-frame-options"), say("x-content-type-options"), say("referrer-policy")],
        path,
      ).toEqual(["no-store", "DENY", "nosniff", "same-origin"]);
      expect(say("access-control-allow-origin"), path).toBeNull();
      expect(say("server") ?? say("x-powered-by"), path).toBeNull();
    }
  });

  it("links the world so that it learns nothing and gets no hold of the page", () => {
    const links = html().flatMap(([path, { text }]) =>
      [...text.matchAll(/<a\s[^>]*href="https?:[^>]*>/gi)].map(([tag]) => ({ path, tag })),
    );
    expect(links.filter(({ tag }) => /target=/i.test(tag) && !/noopener/.test(tag))).toEqual([]);
  });
});
