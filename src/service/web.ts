import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Config } from "../config.ts";
import type { NextRun } from "../domain/pages/overview.ts";
import type { FlowContext } from "../flow/context.ts";
import { ownSchedule } from "../flow/own-schedule.ts";
import { removeDaemonFile, writeDaemonFile } from "../lib/daemon-file.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import { nextRuns } from "../queue/schedule.ts";
import { createApp } from "../web/app.ts";
import { createLoginGuard } from "../web/login-guard.ts";
import { createLoginLinks } from "../web/login-links.ts";
import type { Probes } from "../web/probes.ts";
import { listen } from "./listen.ts";

/** Where the dashboard is, and links that log a browser in once. */
export type ServedDashboard = { readonly url: string; readonly loginLink: () => string };

/** The edge, listening. `show` puts another flow behind it, without a connection being lost. */
export type Edge = {
  readonly dashboard: ServedDashboard;
  readonly show: (flow: FlowContext, config: Config) => void;
  readonly close: () => Promise<void>;
};

/** What the process does for its edge. `carryOut`: what a person decided is carried out at once. */
type Backing = { readonly probes: Probes; readonly carryOut: (flow: FlowContext) => Promise<unknown> };

/** The API that commands talk to while this process owns the store, and the pages. */
export async function startWeb(
  flow: FlowContext,
  config: Config,
  { probes, carryOut }: Backing,
): Promise<Edge | Failure> {
  const { host, port } = config.web;
  const token = config.secrets.httpToken ?? randomBytes(24).toString("base64url");
  const links = createLoginLinks(flow.clock);
  const guard = createLoginGuard(flow.clock);
  const build = (shown: FlowContext, current: Config) =>
    createApp(shown, {
      ...{ token, links, guard, probes },
      hosts: namesOf(host, current.web.publicUrl),
      trustedProxies: current.web.trustedProxies,
      nextRuns: () => nextRunsOf(current, shown),
      carryOut: () => carryOut(shown),
    });
  let app = build(flow, config);
  const server = await listen((request, bindings) => app.fetch(request, bindings), host, port);
  if (isFailure(server)) return server;
  const address = server.address() as AddressInfo;
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${address.port}`;
  writeDaemonFile(config.dataDirectory, { url, token, pid: process.pid });
  return {
    dashboard: { url, loginLink: () => url + links.make() },
    show: (shown, changed) => {
      app = build(shown, changed);
    },
    close: async () => {
      removeDaemonFile(config.dataDirectory);
      await new Promise((resolve) => {
        server.close(resolve);
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}

/**
 * The names that the edge answers to. `headgate.localhost` leads to this machine in every browser (RFC 6761, section 6.3),
 * and is one that no other program's pages have: cookies know no ports (RFC 6265, section 8.5).
 */
export function namesOf(host: string, publicUrl: string | undefined): readonly string[] {
  const world = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return [host, "127.0.0.1", "localhost", "headgate.localhost", "[::1]", ...world];
}

/** When what is scheduled comes next, soonest first. */
function nextRunsOf({ schedule: written }: Config, flow: FlowContext): NextRun[] {
  const { discover, poll, advisories } = ownSchedule(written, flow.installation);
  const runs = [
    ["Files of projects are read", discover],
    ["Upstreams that are due are asked", poll],
    ["Advisories are asked for", advisories],
    ["The digest is sent", written.digest],
  ] as const;
  return runs
    .flatMap(([what, expression]) => {
      const next = nextRuns(expression, written.timeZone, 1);
      return isFailure(next) ? [] : next.map((at) => ({ what, at }));
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
