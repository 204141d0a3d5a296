import { createHash } from "node:crypto";
import type pg from "pg";
import { restoreStore } from "../../src/db/backup/restore.ts";
import { newestKnown } from "../../src/db/open/migrate.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { importDependabot } from "../../src/lib/import/dependabot.ts";
import { importRenovate } from "../../src/lib/import/renovate.ts";
import type { Target } from "./target.ts";

const bytes = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));
const textOf = (input: Uint8Array) => Buffer.from(input).toString("utf8");

/** The lines of a whole backup with one table. */
function aBackup(rows: readonly string[]): string {
  const sha256 = createHash("sha256")
    .update(rows.map((row) => `${row}\n`).join(""))
    .digest("hex");
  return [
    JSON.stringify({
      headgate: "backup",
      format: 1,
      schema: newestKnown(),
      at: "2026-11-20T12:00:00.000Z",
      tables: ["meta"],
    }),
    ...rows,
    JSON.stringify({ end: "table", table: "meta", rows: rows.length, sha256 }),
    JSON.stringify({ end: "backup", rows: rows.length }),
  ].join("\n");
}

/** A server that says yes to everything. What a backup puts into a statement besides its parameters is looked at. */
function anyServer(): pg.Pool {
  const standing = {
    server: 160_000,
    readOnly: false,
    hasSchema: false,
    isEmpty: true,
    hasQueue: false,
    mayCreate: true,
    hasBookkeeping: false,
  };
  const query = async (asked: string | { readonly text: string }) => {
    const text = typeof asked === "string" ? asked : asked.text;
    const named = /(?:INSERT INTO|NULL::|FROM) headgate\."([^"]*)"/.exec(text)?.[1];
    if (named !== undefined && !/^[a-z_]+$/.test(named)) throw new Error(`a table named ${named}`);
    return { rows: text.includes("server_version_num") ? [standing] : [] };
  };
  const client = { query, release: () => undefined };
  return { ...client, connect: async () => client } as unknown as pg.Pool;
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split("\n");
}

/** Files of other tools, and our own, that somebody hands over. */
export const STORED: readonly Target[] = [
  {
    id: "import-renovate",
    seeds: () =>
      bytes(
        '{"extends":["config:recommended",":semanticCommits"],"packageRules":[{"matchPackageNames":["/^lodash/","!x"],"matchUpdateTypes":["major"],"enabled":false,"minimumReleaseAge":"3 days","groupName":"x","schedule":["before 6am on monday"]}],"ignorePaths":["**/test/**"],"timezone":"Europe/London","prConcurrentLimit":5,"labels":["a"]}',
        "{ // json5\n extends: ['local>acme/x'], packageRules: [{matchManagers: ['npm'], allowedVersions: '<5'}], }",
      ),
    run: (input) => importRenovate(textOf(input), "renovate.json5", (name) => [`pkg:**/${name}`]),
  },
  {
    id: "import-dependabot",
    seeds: () =>
      bytes(
        'version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n    schedule: { interval: weekly, day: monday, time: "09:00", timezone: Europe/London }\n    ignore: [{ dependency-name: "lodash*", versions: ["4.x"], update-types: ["version-update:semver-major"] }]\n    groups: { all: { patterns: ["*"] } }\n    open-pull-requests-limit: 5\n    cooldown: { default-days: 5 }\n',
      ),
    run: (input) => importDependabot(textOf(input), ".github/dependabot.yml", (name) => [`pkg:**/${name}`]),
  },
  {
    id: "backup",
    seeds: () => bytes(aBackup([]), aBackup(['{"key":"a","value":"b"}']), "not a backup"),
    run: async (input) => {
      const text = textOf(input);
      const restored = await restoreStore(anyServer(), linesOf(text));
      if (isFailure(restored)) return;
      const rows = text.split("\n").slice(1, -2);
      if (restored.rows > rows.length) throw new Error("more rows than there are lines");
    },
  },
];
