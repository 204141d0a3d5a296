import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  needsOfGraphql,
  needsOfRest,
  PERMISSION_USES,
  withinGranted,
  writes,
} from "../../../src/lib/github/permissions.ts";

const root = join(import.meta.dirname, "../../../src");
const sources = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));

describe("what a request needs", () => {
  it("is known of every mutation in the program", () => {
    const documents = sources.flatMap((text) => text.match(/`mutation [^`]*`/g) ?? []).map((one) => one.slice(1, -1));
    expect(documents.length).toBeGreaterThan(10);
    expect(documents.filter((document) => !writes(needsOfGraphql(document)))).toEqual([]);
  });

  it.each([
    ["POST", "/repos/acme/tool/git/blobs", { contents: "write", workflows: "write" }],
    ["POST", "/repos/acme/tool/statuses/abc", { statuses: "write" }],
    [
      "POST",
      "/repos/acme/tool/pulls/7/requested_reviewers",
      { pull_requests: "write", contents: "read", members: "read" },
    ],
    ["POST", "/repos/acme/tool/issues/7/assignees", { pull_requests: "write", issues: "write" }],
    ["PATCH", "/repos/acme/tool/issues/7", { pull_requests: "write", issues: "write" }],
  ])("%s %s", (method, path, expected) => {
    expect(needsOfRest(method, path)).toEqual({ metadata: "read", ...expected });
  });

  it.each([
    ["GET", "/repos/acme/tool/statuses/abc"],
    ["GET", "/repos/acme/tool/git/trees/abc"],
    ["DELETE", "/repos/acme/tool"],
    ["PUT", "/repos/acme/tool/collaborators/mallory"],
    ["POST", "/repos/acme/tool/hooks"],
    ["POST", "/user/keys"],
  ])("%s %s: nothing that writes", (method, path) => {
    expect(writes(needsOfRest(method, path))).toBe(false);
  });

  it.each([
    'query Q{repository(owner:"a",name:"b"){id}}',
    "{viewer{login}}",
    "mutation M($input: X!) { deleteRepository(input: $input) { clientMutationId } }",
    "mutation M($input: X!) { constructor(input: $input) { clientMutationId } }",
    "",
  ])("the document %j: nothing that writes", (document) => {
    expect(writes(needsOfGraphql(document))).toBe(false);
  });

  it("is never more than is in the list that people are shown", () => {
    const listed = new Set(PERMISSION_USES.map(({ permission, level }) => `${permission} ${level}`));
    const documents = sources.flatMap((text) => text.match(/`mutation [^`]*`/g) ?? []);
    const rest = ["git/x", "statuses/x", "pulls/1/requested_reviewers", "issues/1"].map((path) =>
      needsOfRest("POST", `/repos/a/b/${path}`),
    );
    const used = [...documents.map((one) => needsOfGraphql(one.slice(1))), ...rest].flatMap((needs) =>
      Object.entries(needs).flatMap(([name, level]) =>
        level === "write" || name === "members" ? `${name} ${level}` : [],
      ),
    );
    expect([...new Set(used)].filter((one) => !listed.has(one))).toEqual([]);
    expect([...listed].filter((one) => one.endsWith(" write") && !used.includes(one))).toEqual([]);
  });
});

describe("what is wanted", () => {
  it("is cut to what was granted", () => {
    const granted = { metadata: "read", contents: "read", issues: "write" } as const;
    const wanted = { metadata: "read", contents: "write", issues: "read", statuses: "write" } as const;
    expect(withinGranted(wanted, granted)).toEqual({ metadata: "read", contents: "read", issues: "read" });
    expect(withinGranted(wanted, JSON.parse('{"__proto__":"write"}') as Record<string, never>)).toEqual({});
  });
});
