import type { Hono } from "hono";
import type { FlowContext } from "../../src/flow/context.ts";
import { createApp, type EdgeOptions } from "../../src/web/app.ts";
import { createLoginLinks } from "../../src/web/login-links.ts";

/** A browser that keeps its cookie and says where its requests come from, as browsers do. */
export type Browser = {
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly post: (path: string, fields?: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
  /** Logs in by the token. */
  readonly logIn: (person?: string) => Promise<Response>;
  /** What the first form of a page carries. */
  readonly formOf: (path: string) => Promise<string>;
  cookie: string | undefined;
};

export const TOKEN = "sesame-open-sesame";
const HOST = "127.0.0.1:8420";

/** The daemon's edge over a flow, and a browser in front of it. */
export function startDashboard(flow: FlowContext, options: Partial<EdgeOptions> = {}) {
  const links = createLoginLinks(flow.clock);
  const app = createApp(flow, { token: TOKEN, hosts: ["127.0.0.1", "localhost"], links, ...options });
  return { app, links, browser: openBrowser(app) };
}

/** Another browser in front of the same edge. */
export function openBrowser(app: Hono, host = HOST, origin = `http://${host}`): Browser {
  const keep = (response: Response) => {
    const set = response.headers.get("set-cookie");
    if (set !== null) browser.cookie = /Max-Age=0/.test(set) ? undefined : set.split(";")[0];
    return response;
  };
  const ask = async (path: string, init: RequestInit, headers: Record<string, string> = {}) => {
    const cookie: Record<string, string> = browser.cookie === undefined ? {} : { cookie: browser.cookie };
    return keep(await app.request(`http://${host}${path}`, { ...init, headers: { host, ...cookie, ...headers } }));
  };
  const browser: Browser = {
    cookie: undefined,
    get: (path, headers) => ask(path, {}, headers),
    post: (path, fields = {}, headers = { origin, "sec-fetch-site": "same-origin" }) =>
      ask(
        path,
        { method: "POST", body: new URLSearchParams(fields).toString() },
        { "content-type": "application/x-www-form-urlencoded", ...headers },
      ),
    logIn: (person = "maintainer") => browser.post("/login", { token: TOKEN, person }),
    formOf: async (path) => /name="form" value="([^"]+)"/.exec(await (await browser.get(path)).text())?.[1] ?? "",
  };
  return browser;
}
