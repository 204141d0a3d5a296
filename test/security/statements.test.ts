import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { createGitHubReader } from "../../src/lib/github/upstream/reader.ts";
import { startClientOf } from "../support/start-github.ts";
import { githubWorld } from "../upstreams/github/builders.ts";

const root = join(import.meta.dirname, "../../src");
type Call = { readonly file: string; readonly callee: string; readonly first: string; readonly kind: string };
type Node = { readonly type: string; readonly start: number; readonly end: number };

/** Every call in the program, with its first argument. */
function calls(): Call[] {
  const found: Call[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    const of = (node: Node) => text.slice(node.start, node.end);
    const note = (node: { callee: Node; arguments: Node[] }) => {
      const [first] = node.arguments;
      found.push({
        file: relative(root, path),
        callee: of(node.callee),
        first: first === undefined ? "" : of(first),
        kind: first?.type ?? "",
      });
    };
    new Visitor({ CallExpression: note, NewExpression: note }).visit(parseSync(path, text).program);
  }
  return found;
}

const all = calls();
const to = (callee: RegExp) => all.filter((call) => callee.test(call.callee));

/** What may stand in a statement besides its parameters: names of columns and numbers that the program itself knows. */
const RAW = ["String(NAMED)", "String(AT_ONCE)", "String(INSUFFICIENT_COVERAGE)", "column.getSQLType()"];

/**
 * Statements put together from names of tables: the program's own, or, in a backup that is restored, small letters and
 * underscores (`HEAD` of db/backup/restore.ts) of a table that is there.
 */
const CONSTANT = [
  "`SELECT max(created_at) AS newest FROM ${table}`",
  '`SELECT EXISTS (SELECT 1 FROM headgate."${table}") AS used`',
  "text",
  `\`SELECT setval(pg_get_serial_sequence('headgate."\${table}"', '\${column}'), coalesce(max("\${column}"), 0) + 1, false) FROM headgate."\${table}"\``,
];

describe("statements for others to carry out", () => {
  it("are found", () => {
    expect(all.length).toBeGreaterThan(2_000);
  });

  it("of a backup name tables by small letters and underscores alone", () => {
    expect(readFileSync(join(root, "db/backup/restore.ts"), "utf8")).toContain(
      "tables: z.array(z.string().regex(/^[a-z_]{1,63}$/))",
    );
  });

  it("of SQL hold data as parameters only", () => {
    const raw = to(/^sql\.(?:raw|unsafe)$|\bunsafe$/).map(({ file, first }) => `${file}: ${first}`);
    expect(raw.filter((one) => !RAW.some((known) => one.endsWith(`: ${known}`)))).toEqual([]);
    const queries = to(/(?:client|pool|database|connection)\.(?:query|exec)$/);
    expect(queries.length).toBeGreaterThan(2);
    // the adapter hands on what drizzle and BullMQ wrote, with their parameters beside it
    const built = queries.filter(
      ({ file, kind, first }) =>
        file !== "db/open/pglite-pool.ts" && kind !== "Literal" && first.includes("${") && !CONSTANT.includes(first),
    );
    const named = queries.filter(({ kind, first }) => kind === "Identifier" && !CONSTANT.includes(first));
    expect(named.filter(({ file }) => file !== "db/open/pglite-pool.ts")).toEqual([]);
    expect(built.map(({ file, first }) => `${file}: ${first}`)).toEqual([]);
  });

  it("of programs are lists of words, never a line for a shell", () => {
    expect(
      to(/(?:^|\.)(?:exec|execSync|spawnSync|fork)$/)
        .filter(({ callee }) => /^(?:child_process\.|exec|execSync)/.test(callee))
        .filter(({ callee }) => !/\.exec$/.test(callee)),
    ).toEqual([]);
    const started = to(/(?:^|\()(?:execFile|spawn)\)?$|promisify\(execFile\)$/).filter(
      ({ callee }) => !callee.endsWith("promisify"),
    );
    expect(started.map(({ file, first }) => `${file} ${first}`).sort()).toEqual([
      "db/open/embedded.ts process.execPath",
      'lib/packages/npm-registry.ts "npm"',
      'lib/trees/git-listing.ts "git"',
    ]);
  });

  it("start with an environment of their own: ours holds the secrets", () => {
    const files = [...new Set(to(/(?:^|\()(?:execFile|spawn)\)?$/).map(({ file }) => file))];
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const text = readFileSync(join(root, file), "utf8");
      const given = [...text.matchAll(/\benv: (\w+|\{\})/g)].map(([, value]) => value);
      expect(given, file).toEqual([expect.stringMatching(/^(?:ENVIRONMENT|environment|\{\})$/)]);
      expect(text, file).not.toContain("process.env");
    }
  });

  it("of the language itself do not exist", () => {
    expect(to(/^(?:eval|Function)$|\bvm\.|runInNewContext/).map(({ file }) => file)).toEqual([]);
  });
});

const EVIL = [
  'x"){__typename}viewer{login}#',
  "x\\u0022}",
  "x\n}\nmutation{a}",
  "$name",
  "../../user",
  "x?y=z#w",
  "x%2f..%2f..",
  "\u202ex",
  "`x`",
].map((name, index) => `${name}EVIL${index}`);

describe("GitHub", () => {
  it("is told names from outside as variables of a query and as one segment of a path, whatever they hold", async () => {
    const world = githubWorld();
    const { github, standIn, close } = await startClientOf(world);
    const reader = createGitHubReader(github);
    const requests = EVIL.flatMap((evil) =>
      [
        { owner: evil, name: "tool", tag: "v1" },
        { owner: "acme", name: evil, tag: "v1" },
        { owner: "acme", name: "tool", tag: evil },
      ].flatMap(({ owner, name, tag }) => [
        reader.releaseDetail(owner, name, tag),
        reader.facts(owner, name),
        reader.sweep({ owner, name, tagPrefix: tag, pinnedTags: [tag], branches: [tag] }),
        reader.news({ owner, name, tags: [tag] }),
      ]),
    );
    await Promise.allSettled(requests);
    const bodies = standIn.requests.flatMap(({ path, body }) =>
      path.endsWith("/graphql") ? [JSON.parse(body.toString()) as { query: string; variables?: object }] : [],
    );
    expect(bodies.length).toBeGreaterThan(3);
    expect(bodies.some(({ variables }) => JSON.stringify(variables ?? {}).includes("EVIL"))).toBe(true);
    expect(bodies.filter(({ query }) => query.includes("EVIL")).map(({ query }) => query.slice(0, 300))).toEqual([]);
    const paths = standIn.requests.map(({ path }) => path).filter((path) => path.includes("EVIL"));
    expect(paths.filter((path) => !/^\/repos\/[^/]+\/[^/]+(?:\/[\w-]+(?:\/[^/]+)*)?$/.test(path))).toEqual([]);
    await close();
  });
});
