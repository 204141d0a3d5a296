import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { putCandidates } from "../../../src/db/decisions/candidates.ts";
import {
  componentRow,
  listComponents,
  type PlannedComponent,
  replaceComponents,
} from "../../../src/db/projects/components.ts";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { ensureProjects, retireProjectsExcept } from "../../../src/db/projects/projects.ts";
import { recordPollFailure, recordPollSuccesses } from "../../../src/db/upstreams/poll-results.ts";
import { ensureUpstreams } from "../../../src/db/upstreams/upstreams.ts";
import type { ComponentQuery } from "../../../src/domain/pages/component-list.ts";
import { upstreamLabel } from "../../../src/domain/upstream.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { readQuery } from "../../../src/web/routes/components.ts";
import { aCandidate, aPin, aScore, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const LATER = "2026-11-21T12:00:00.000Z";

function planned(upstream: string, given: Partial<PlannedComponent> = {}): PlannedComponent {
  const label = upstreamLabel(upstream).toLowerCase();
  return {
    project: "suite",
    key: upstream,
    upstream,
    label,
    current: ["1.0"],
    places: 1,
    unpinned: 0,
    lag: 0,
    ...given,
  };
}

describe.each(STORES)("components in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    await emptyTables(store.db);
    const source = { kind: "path", path: "/suite" } as const;
    const projects = ["suite", "other"].map((id) => ({ id, name: id, source, ignorePaths: [] }));
    await ensureProjects(store.db, projects, NOW);
  });

  const put = (rows: readonly PlannedComponent[], now = NOW) => replaceComponents(store.db, "suite", rows, now);
  const ask = (query: Partial<Record<string, string>> = {}, size = 50) =>
    listComponents(store.db, readQuery(query as Record<string, string>), size);
  const names = async (query: Partial<Record<string, string>> = {}) =>
    (await ask(query)).rows.map((row) => upstreamLabel(row.upstream));

  it("are those of the last plan", async () => {
    await put([planned("pkg:pypi/requests"), planned("pkg:pypi/numpy")]);
    await put([planned("pkg:pypi/requests", { lag: 2, latest: "3.0" })], LATER);
    expect((await ask()).rows).toEqual([
      expect.objectContaining({ upstream: "pkg:pypi/requests", current: ["1.0"], lag: 2, latest: "3.0" }),
    ]);
  });

  it("keep the trust that was found before, when nobody looked again", async () => {
    await put([planned("pkg:pypi/requests", { trust: 8.2, coverage: 0.9 })]);
    await put([planned("pkg:pypi/requests")], LATER);
    expect(await componentRow(store.db, "suite", "pkg:pypi/requests")).toMatchObject({ trust: 8.2, coverage: 0.9 });
    await put([planned("pkg:pypi/requests", { trust: 4, coverage: 0.8 })], LATER);
    expect(await componentRow(store.db, "suite", "pkg:pypi/requests")).toMatchObject({ trust: 4, coverage: 0.8 });
  });

  it("go with their project", async () => {
    await put([planned("pkg:pypi/requests")]);
    await retireProjectsExcept(store.db, ["other"]);
    expect((await ask()).total).toBe(0);
  });

  it("say where they stand", async () => {
    const answered = ["pkg:pypi/current", "pkg:pypi/floating", "pkg:pypi/unordered", "pkg:pypi/held"];
    await ensureUpstreams(
      store.db,
      [...answered, "pkg:pypi/silent", "pkg:pypi/unasked"].map((purl) => ({ purl })),
      NOW,
    );
    await recordPollSuccesses(
      store.db,
      answered.map((purl) => ({ purl, dueAt: LATER, complete: true })),
      NOW,
    );
    await recordPollFailure(store.db, "pkg:pypi/silent", new Failure("unavailable", "down"), {
      dueAt: LATER,
      now: NOW,
    });
    const candidate = aCandidate();
    const card = { upstream: "pkg:pypi/held", score: aScore(), checks: [] };
    await putCandidates(store.db, [{ candidate, until: undefined, card, stateAfter: () => "held" }], NOW);
    const unordered = { ...planned("pkg:pypi/unordered"), lag: undefined } as unknown as PlannedComponent;
    await put([
      planned("pkg:pypi/current"),
      planned("pkg:pypi/floating", { current: [], unpinned: 1 }),
      unordered,
      planned("pkg:pypi/held", { candidate: candidate.id, latest: "1.1.0", lag: 1 }),
      planned("pkg:pypi/silent"),
      planned("pkg:pypi/unasked"),
    ]);
    const states = ["current", "floating", "held", "silent", "unasked", "unordered"];
    expect((await ask()).rows.map((row) => row.state)).toEqual(states);
    for (const state of states) expect(await names({ state })).toEqual([state]);
    const unknown = (await ask()).rows.filter((row) => row.lag === undefined).map((row) => row.state);
    expect(unknown).toEqual(["silent", "unasked", "unordered"]); // what nobody said is not zero
  });

  it("are found by name, version, kind, project and the path of a place, whatever the letters' case", async () => {
    await put([
      planned("pkg:github/Aptible/Supercronic", { current: ["0.2.30"] }),
      planned("pkg:pypi/requests", { latest: "2.33.0", lag: 1 }),
      planned("pkg:docker/library/debian", { current: ["13-slim"] }),
    ]);
    const pins = [aPin({ path: "Dockerfiles/Beats.Dockerfile", upstream: "pkg:docker/library/debian" })];
    await replacePins(store.db, "suite", { pins, problems: [] }, NOW);
    expect(await names({ q: "supercRONIC" })).toEqual(["Aptible/Supercronic"]);
    expect(await names({ q: "0.2.3" })).toEqual(["Aptible/Supercronic"]);
    expect(await names({ q: "2.33" })).toEqual(["requests"]);
    expect(await names({ q: "beats.dockerfile" })).toEqual(["debian"]);
    expect(await names({ kind: "docker" })).toEqual(["debian"]);
    expect(await names({ project: "other" })).toEqual([]);
    expect(await ask()).toMatchObject({ projects: ["suite"], kinds: ["docker", "github", "pypi"] });
  });

  it.each(["%", "_", "\\", "'", "100%'; drop table headgate.components; --"])("take %s for text", async (text) => {
    await put([planned("pkg:pypi/requests"), planned("pkg:pypi/odd", { current: [`a${text}b`] })]);
    expect(await names({ q: text })).toEqual(["odd"]);
  });

  it("are shown as drift, or as not pinned", async () => {
    await put([
      planned("pkg:pypi/drifting", { current: ["1.0", "2.0"] }),
      planned("pkg:pypi/floating", { unpinned: 2 }),
      planned("pkg:pypi/pinned"),
    ]);
    expect(await names({ view: "drift" })).toEqual(["drifting"]);
    expect(await names({ view: "unpinned" })).toEqual(["floating"]);
  });

  it("are ordered by any heading, both ways, with what is not known last", async () => {
    await put([
      planned("pkg:pypi/b", { lag: 5, behindSince: "2026-01-01T00:00:00.000Z", trust: 9, coverage: 0.9 }),
      planned("pkg:pypi/a", { lag: 7, behindSince: "2026-06-01T00:00:00.000Z", trust: 3, coverage: 0.9 }),
      { ...planned("pkg:pypi/c", { trust: 10, coverage: 0.2 }), lag: undefined } as unknown as PlannedComponent,
    ]);
    const orders: Record<string, [up: string, down: string]> = {
      upstream: ["abc", "cba"],
      lag: ["bac", "abc"],
      behind: ["abc", "bac"],
      trust: ["abc", "bac"],
    };
    for (const [sort, [up, down]] of Object.entries(orders)) {
      expect([sort, (await names({ sort })).join("")]).toEqual([sort, up]);
      expect([sort, (await names({ sort, direction: "down" })).join("")]).toEqual([sort, down]);
    }
  });

  it("come in pages, and a page after the last is the last", async () => {
    await put(Array.from({ length: 7 }, (_, index) => planned(`pkg:pypi/p${index}`)));
    expect(await ask({ page: "3" }, 3)).toMatchObject({ total: 7, page: 3, rows: [{ upstream: "pkg:pypi/p6" }] });
    expect(await ask({ page: "99" }, 3)).toMatchObject({ page: 3 });
  });
});

describe("a question", () => {
  it.each<[Record<string, string>, Partial<ComponentQuery>]>([
    [{}, { text: "", view: "all", order: "upstream", direction: "up", page: 1 }],
    [{ page: "0" }, { page: 1 }],
    [{ page: "1e9" }, { page: 1 }],
    [{ state: "constructor" }, { state: "" }],
    [
      { sort: "password", direction: "sideways", view: "x" },
      { order: "upstream", direction: "up", view: "all" },
    ],
    [{ q: `  ${"a".repeat(500)} ` }, { text: "a".repeat(200) }],
  ])("%j is read as %j", (given, expected) => {
    expect(readQuery(given)).toMatchObject(expected);
  });
});
