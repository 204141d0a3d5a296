import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OsvWorld, startOsv } from "./osv.ts";
import type { StandIn } from "./stand-in.ts";

let world: OsvWorld;
let osv: StandIn;

beforeEach(async () => {
  const affected = [
    {
      package: { ecosystem: "PyPI", name: "jinja2" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.1.5" }] }],
    },
  ];
  world = {
    advisories: [
      { id: "GHSA-0001", modified: "2026-03-14T05:47:39.989396Z", affected },
      { id: "GHSA-0002", modified: "2026-03-15T05:47:39.989396Z", affected },
    ],
  };
  osv = await startOsv(world);
});

afterEach(() => osv.close());

async function batch(queries: unknown): Promise<{ status: number; body: { results?: unknown[]; message?: string } }> {
  const answer = await fetch(`${osv.url}/v1/querybatch`, { method: "POST", body: JSON.stringify({ queries }) });
  return { status: answer.status, body: (await answer.json()) as { results?: unknown[]; message?: string } };
}

describe("the OSV stand-in", () => {
  it("answers a batch in its order, with an empty object for an item without findings", async () => {
    const { body } = await batch([
      { package: { purl: "pkg:pypi/jinja2@3.1.5" } },
      { package: { ecosystem: "PyPI", name: "jinja2" }, version: "3.1.4" },
    ]);
    expect(body.results).toEqual([
      {},
      {
        vulns: [
          { id: "GHSA-0001", modified: "2026-03-14T05:47:39.989396Z" },
          { id: "GHSA-0002", modified: "2026-03-15T05:47:39.989396Z" },
        ],
      },
    ]);
  });

  it("pages one item until its token is gone", async () => {
    world.pageSize = 1;
    const query = { package: { purl: "pkg:pypi/jinja2@3.1.4" } };
    const first = await batch([query]);
    expect(first.body.results).toMatchObject([{ vulns: [{ id: "GHSA-0001" }], next_page_token: "1" }]);
    const second = await batch([{ ...query, page_token: "1" }]);
    expect(second.body.results).toEqual([{ vulns: [{ id: "GHSA-0002", modified: expect.any(String) }] }]);
  });

  it.each([
    ["one bad item", [{ package: { purl: "pkg:pypi/a@1" } }, { version: "1" }], "index 1"],
    ["a version said twice", [{ package: { purl: "pkg:pypi/a@1" }, version: "1" }], "version specified"],
    ["too many items", Array.from({ length: 1001 }, () => ({ package: { purl: "pkg:pypi/a@1" } })), "too many queries"],
  ])("refuses the whole batch for %s", async (_name, queries, message) => {
    const { status, body } = await batch(queries);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it("leaves a withdrawn advisory out of queries and shows it by its id", async () => {
    world.advisories.splice(0, 2, {
      id: "GHSA-0003",
      modified: "2026-04-01T00:00:00Z",
      withdrawn: "2026-04-01T00:00:00Z",
      affected: [],
    });
    expect((await batch([{ package: { purl: "pkg:pypi/jinja2@3.1.4" } }])).body.results).toEqual([{}]);
    expect(await (await fetch(`${osv.url}/v1/vulns/GHSA-0003`)).json()).toMatchObject({
      withdrawn: expect.any(String),
    });
    expect((await fetch(`${osv.url}/v1/vulns/GHSA-9999`)).status).toBe(404);
  });
});
