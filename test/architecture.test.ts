import { describe, expect, it } from "vitest";
import {
  SOURCE_FILES as files,
  IMPORTS as imports,
  OUR_IMPORTS as ours,
  placeOf as place,
  textOf,
} from "./support/source-graph.ts";

const stages = ["discover", "poll", "compare", "score", "decide", "deliver"];
const lists = [
  "discover/formats.ts",
  "poll/sources.ts",
  "compare/schemes.ts",
  "score/signals.ts",
  "score/checks.ts",
  "deliver/channels.ts",
];

/** What each place may import besides itself. The table of ARCHITECTURE.md, in a form that fails. */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  lib: ["domain"],
  discover: ["domain", "lib"],
  poll: ["domain", "lib"],
  compare: ["domain", "lib"],
  score: ["domain", "lib"],
  decide: ["domain", "lib"],
  deliver: ["domain", "lib", "views"],
  views: ["domain"],
  db: ["domain", "lib"],
  flow: [...stages, "db", "domain", "lib"],
  queue: ["domain", "lib"],
  web: ["flow", "db", "views", "domain", "lib"],
  "config.ts": ["config", ...lists, "domain", "lib"],
  config: [...lists, "domain", "lib"],
  "service.ts": ["service", "config.ts", "flow", "queue", "db", "web", "domain", "lib"],
  service: ["config.ts", "flow", "queue", "db", "web", "domain", "lib"],
  cli: ["service.ts", "service", "config.ts", "flow", "db", "views", "domain", "lib"],
};

/** Each third-party package has one home. Types may be named anywhere. */
const homes: Record<string, readonly string[]> = {
  bullmq: ["queue/"],
  ioredis: ["queue/"],
  "node-cron": ["queue/schedule.ts", "config/cross-checks.ts"],
  "drizzle-orm": ["db/"],
  pg: ["db/"],
  "@electric-sql/pglite": ["db/"],
  "@octokit/": ["lib/github/client.ts", "lib/github/graphql.ts"],
  nodemailer: ["deliver/channels/", "lib/mail/smtp.ts"],
  undici: ["lib/http/connections.ts", "lib/fetcher.ts"],
  "@sigstore/": ["lib/verify/"],
  openpgp: ["lib/verify/"],
  "tuf-js": ["lib/verify/"],
  "d3-scale": ["views/charts/"],
  "d3-shape": ["views/charts/"],
  "d3-time-format": ["views/charts/"],
  "tar-stream": ["lib/inspect/"],
};

describe("import directions", () => {
  it("reads modules and imports, so that silence means something", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(ours.length).toBeGreaterThan(20);
  });

  it("follow the table", () => {
    const wrong = ours.filter(({ from, to }) => {
      if (place(from) === place(to)) return false;
      return !(mayImport[place(from)] ?? []).some((allowed) => to === allowed || place(to) === allowed);
    });
    expect(wrong).toEqual([]);
  });

  it("never lead from one plug-in to a sibling", () => {
    const family = (path: string) =>
      /^(discover\/formats|poll\/sources|compare\/schemes|score\/signals|score\/checks|deliver\/channels|views\/reports)\//.exec(
        path,
      )?.[1];
    expect(ours.filter(({ from, to }) => family(from) !== undefined && family(from) === family(to))).toEqual([]);
  });

  it("lead plug-ins only to their contract, the domain, the library and, for channels, the parts of their stage", () => {
    const allowed: Record<string, RegExp> = {
      "discover/formats": /^(domain|lib)\/|^discover\/(format\.ts|readers\/)/,
      "poll/sources": /^(domain|lib)\/|^poll\/source\.ts$/,
      "compare/schemes": /^(domain|lib)\/|^compare\/scheme\.ts$/,
      "score/signals": /^(domain|lib)\/|^score\/(signal|ask-[a-z-]+|finding-parts)\.ts$/,
      "score/checks": /^(domain|lib)\/|^score\/(check|ask-[a-z-]+|finding-parts)\.ts$/,
      "views/reports": /^domain\/|^views\/[a-z-]+\.ts$/,
      "deliver/channels": /^(domain|lib|views)\/|^deliver\/(channel\.ts|notes\/|render\/|pull-request\/)/,
    };
    const wrong = ours.filter(({ from, to }) => {
      const family = Object.keys(allowed).find((prefix) => from.startsWith(`${prefix}/`));
      return family !== undefined && !allowed[family]?.test(to);
    });
    expect(wrong).toEqual([]);
  });

  it("keep those who read files apart from those who make pins of what was read", () => {
    const allowed: Record<string, readonly string[]> = {
      "discover/addresses/": [],
      "discover/readers/": ["discover/addresses/"],
      "discover/resolve/": [],
      "discover/drafts/": ["discover/resolve/", "discover/addresses/"],
    };
    for (const [room, others] of Object.entries(allowed)) {
      const within = ours.filter(({ from, to }) => from.startsWith(room) && place(to) === "discover");
      expect(within.length, room).toBeGreaterThan(2);
      const known = ["discover/format.ts", room, ...others];
      expect(within.filter(({ to }) => !known.some((prefix) => to.startsWith(prefix)))).toEqual([]);
    }
  });

  it("lead from what pages list to the words of the domain, never back", () => {
    const back = ours.filter(({ from, to }) => place(from) === "domain" && to.startsWith("domain/pages/"));
    expect(back.length).toBeGreaterThan(2);
    expect(back.filter(({ from }) => !from.startsWith("domain/pages/"))).toEqual([]);
  });

  it("keep each third-party package in its home", () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const home = Object.entries(homes).find(([name]) =>
        name.endsWith("/") ? to.startsWith(name) : to === name || to.startsWith(`${name}/`),
      )?.[1];
      return home !== undefined && !typeOnly && !home.some((prefix) => from.startsWith(prefix));
    });
    expect(wrong).toEqual([]);
  });

  it("load the verifiers only when something is verified: they are a third of a start", () => {
    const light = ["lib/verify/signatures/pinned-keys.ts"];
    const wrong = ours.filter(
      ({ from, to, typeOnly, later }) =>
        to.startsWith("lib/verify/") && !from.startsWith("lib/verify/") && !typeOnly && !later && !light.includes(to),
    );
    expect(wrong).toEqual([]);
    const openpgp = imports.filter(({ to, typeOnly }) => (to === "openpgp" || to.startsWith("openpgp/")) && !typeOnly);
    expect(openpgp.length).toBeGreaterThan(0);
    expect(openpgp.filter(({ later }) => !later)).toEqual([]);
  });

  it("let only config.ts read the environment", () => {
    const readers = files.filter((file) => /process\.env\b/.test(textOf(file).text));
    expect(readers).toEqual(["config.ts"]);
  });
});
