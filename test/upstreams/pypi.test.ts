import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PypiWorld, publishToPypi, startPypi, yankFromPypi } from "./pypi.ts";
import type { StandIn } from "./stand-in.ts";

const JSON_TYPE = "application/vnd.pypi.simple.v1+json";
let world: PypiWorld;
let pypi: StandIn;

beforeEach(async () => {
  world = { projects: {} };
  publishToPypi(world, "holy-grail", "1.0", "2026-09-01T00:00:00.000000Z");
  pypi = await startPypi(world);
});

afterEach(() => pypi.close());

const get = (path: string, headers: Record<string, string> = { accept: JSON_TYPE }) =>
  fetch(`${pypi.url}${path}`, { headers, redirect: "manual" });

describe("the PyPI stand-in", () => {
  it("lists files with their hashes, upload times and yanks", async () => {
    yankFromPypi(world, "holy-grail", "1.0", "broken metadata");
    const response = await get("/simple/holy-grail/");
    expect(response.headers.get("content-type")).toBe(JSON_TYPE);
    expect(await response.json()).toMatchObject({
      meta: { "api-version": "1.4" },
      versions: ["1.0"],
      files: [{ filename: "holy_grail-1.0.tar.gz", yanked: "broken metadata" }, { yanked: "broken metadata" }],
    });
  });

  it.each(["/simple/Holy.Grail/", "/simple/holy_grail/", "/simple/holy-grail"])(
    "moves %s to the normal name",
    async (path) => {
      const response = await get(path);
      expect([response.status, response.headers.get("location")]).toEqual([301, "/simple/holy-grail/"]);
    },
  );

  it("answers 304 until something is published, with a higher serial then", async () => {
    const first = await get("/simple/holy-grail/");
    const again = { accept: JSON_TYPE, "if-none-match": first.headers.get("etag") ?? "" };
    expect((await get("/simple/holy-grail/", again)).status).toBe(304);
    publishToPypi(world, "holy-grail", "1.1", "2026-11-01T00:00:00.000000Z");
    const next = await get("/simple/holy-grail/", again);
    expect(next.status).toBe(200);
    expect(Number(next.headers.get("x-pypi-last-serial"))).toBeGreaterThan(
      Number(first.headers.get("x-pypi-last-serial")),
    );
  });

  it("shows a quarantined project without files", async () => {
    world.projects["holy-grail"] = { versions: {}, status: "quarantined" };
    expect(await (await get("/simple/holy-grail/")).json()).toMatchObject({
      "project-status": { status: "quarantined" },
      files: [],
    });
  });

  it.each([
    ["without an Accept header", {}, false],
    ["as an index that knows no JSON", { accept: JSON_TYPE }, true],
  ])("answers HTML %s", async (_name, headers, htmlOnly) => {
    world.htmlOnly = htmlOnly;
    const page = await (await get("/simple/holy-grail/", headers as Record<string, string>)).text();
    expect(page).toContain("holy_grail-1.0.tar.gz</a>");
    expect(page).toContain("#sha256=");
  });

  it("says 404 as text in the Simple API and as JSON in the JSON API", async () => {
    expect(await (await get("/simple/nothing/")).text()).toBe("404 Not Found");
    expect(await (await get("/pypi/nothing/json")).json()).toEqual({ message: "Not Found" });
  });

  it("has the provenance of files that were uploaded with one", async () => {
    const name = "holy_grail-2.0.tar.gz";
    publishToPypi(world, "holy-grail", "2.0", "2026-11-01T00:00:00Z", [{ filename: name, provenance: { version: 1 } }]);
    expect(await (await get(`/integrity/holy-grail/2.0/${name}/provenance`)).json()).toEqual({ version: 1 });
    expect((await get("/integrity/holy-grail/1.0/holy_grail-1.0.tar.gz/provenance")).status).toBe(404);
  });
});
