import { describe, expect, it } from "vitest";
import { createOsv } from "../../../src/lib/advisories/osv.ts";
import { Failure, isFailure } from "../../../src/lib/failure.ts";
import { type FakeAnswer, fakeFetcher } from "../../support/fetch.ts";
import { anyUrls } from "../../support/urls.ts";

type Query = { package: { purl?: string; name?: string; ecosystem?: string }; version?: string; page_token?: string };
type Vulns = { id: string; modified: string }[];

const found = (...ids: string[]): Vulns => ids.map((id) => ({ id, modified: "2026-11-01T00:00:00Z" }));

/** OSV with the given findings by purl or name, and the given records by id. */
function osvOf(
  findings: (query: Query) => { vulns?: Vulns; next_page_token?: string } | "invalid",
  records: Record<string, object> = {},
) {
  const fetcher = fakeFetcher((request): FakeAnswer => {
    if (request.url.endsWith("/v1/querybatch")) {
      const { queries } = JSON.parse(String(request.body)) as { queries: Query[] };
      const results = queries.map(findings);
      if (queries.length > 1_000 || results.includes("invalid"))
        return { status: 400, body: { message: "error in query" } };
      return { body: { results } };
    }
    const id = decodeURIComponent(request.url.split("/").at(-1) ?? "");
    return id in records ? { body: { id, ...records[id] } } : { status: 404 };
  });
  return { osv: createOsv(fetcher, anyUrls()), asked: fetcher.asked };
}

const jinja = "pkg:pypi/jinja2@3.1.4";

describe("advisories", () => {
  it("are read with severity, fixed versions, aliases and a link", async () => {
    const { osv } = osvOf(() => ({ vulns: found("GHSA-1") }), {
      "GHSA-1": {
        summary: "Escapes the sandbox.",
        aliases: ["CVE-2026-1"],
        published: "2026-10-01T10:00:00Z",
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        affected: [
          {
            package: { ecosystem: "PyPI", name: "jinja2", purl: "pkg:pypi/jinja2" },
            ranges: [
              { type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.1.5" }] },
              { type: "GIT", events: [{ fixed: "c0ffee" }] },
            ],
          },
          { package: { name: "another" }, ranges: [{ type: "ECOSYSTEM", events: [{ fixed: "9.9" }] }] },
        ],
        references: [
          { type: "WEB", url: "https://example.org/post" },
          { type: "ADVISORY", url: "https://example.org/advisory" },
        ],
      },
    });
    expect((await osv.query([jinja])).get(jinja)).toEqual([
      {
        id: "GHSA-1",
        aliases: ["CVE-2026-1"],
        severity: "critical",
        summary: "Escapes the sandbox.",
        fixedIn: ["3.1.5"],
        url: "https://example.org/advisory",
        publishedAt: "2026-10-01T10:00:00.000Z",
      },
    ]);
  });

  it.each([
    ["a word of the database", { database_specific: { severity: "MODERATE" } }, "medium"],
    ["only a newer vector", { severity: [{ type: "CVSS_V4", score: "CVSS:4.0/AV:N" }] }, "unknown"],
    ["nothing", {}, "unknown"],
    ["rubbish", { severity: "very", affected: 3, references: [{}], aliases: [null, "CVE-1"] }, "unknown"],
  ])("with %s for a severity are %s", async (_, record, severity) => {
    const { osv } = osvOf(() => ({ vulns: found("GHSA-1") }), { "GHSA-1": record });
    expect((await osv.query([jinja])).get(jinja)).toMatchObject([{ id: "GHSA-1", severity }]);
  });

  it("are one per vulnerability, and malware reports are critical", async () => {
    const { osv } = osvOf(() => ({ vulns: found("PYSEC-1", "GHSA-1", "MAL-2026-7") }), {
      "PYSEC-1": { aliases: ["CVE-1"] },
      "GHSA-1": { aliases: ["CVE-1"], database_specific: { severity: "HIGH" } },
      "MAL-2026-7": {},
    });
    const advisories = (await osv.query([jinja])).get(jinja);
    expect(advisories).toMatchObject([
      { id: "MAL-2026-7", severity: "critical" },
      { id: "GHSA-1", severity: "high", aliases: ["CVE-1", "PYSEC-1"] },
    ]);
  });

  it("that were withdrawn are left out; those that cannot be read are kept by their id", async () => {
    const { osv } = osvOf(() => ({ vulns: found("GHSA-old", "GHSA-lost") }), {
      "GHSA-old": { withdrawn: "2026-01-01T00:00:00Z" },
    });
    expect((await osv.query([jinja])).get(jinja)).toMatchObject([{ id: "GHSA-lost", severity: "unknown" }]);
  });
});

describe("questions", () => {
  it("are one request for a thousand, and records are asked once", async () => {
    const purls = Array.from({ length: 1_001 }, (_, index) => `pkg:pypi/p${index}@1.0`);
    const { osv, asked } = osvOf(
      ({ package: { purl } }) => (purl === purls[7] || purl === purls[8] ? { vulns: found("GHSA-1") } : {}),
      {
        "GHSA-1": {},
      },
    );
    const answers = await osv.query(purls);
    expect(answers.size).toBe(1_001);
    expect([answers.get(purls[0] ?? ""), answers.get(purls[7] ?? "")]).toMatchObject([[], [{ id: "GHSA-1" }]]);
    await osv.query(purls.slice(0, 10));
    expect(asked.map((request) => request.method ?? "GET")).toEqual(["POST", "POST", "GET", "POST"]);
  });

  it("follow pages until the end", async () => {
    const { osv } = osvOf(
      ({ page_token: page }) =>
        page === undefined
          ? { next_page_token: "a" }
          : page === "a"
            ? { vulns: found("GHSA-1"), next_page_token: "b" }
            : { vulns: found("GHSA-2") },
      { "GHSA-1": {}, "GHSA-2": {} },
    );
    expect((await osv.query([jinja])).get(jinja)).toMatchObject([{ id: "GHSA-1" }, { id: "GHSA-2" }]);
  });

  it("that never end are not checked", async () => {
    const { osv } = osvOf(() => ({ next_page_token: "again" }));
    expect((await osv.query([jinja])).get(jinja)).toMatchObject({ code: "not-checked" });
  });

  it("one that is invalid fails alone", async () => {
    const { osv } = osvOf(
      ({ package: { purl } }) => (purl === "pkg:pypi/bad@1" ? "invalid" : { vulns: found("GHSA-1") }),
      {
        "GHSA-1": {},
      },
    );
    const answers = await osv.query([jinja, "pkg:pypi/bad@1", "pkg:npm/left-pad@1.0.0"]);
    expect([...answers.values()].map((answer) => (isFailure(answer) ? "failure" : answer.length))).toEqual([
      1,
      "failure",
      1,
    ]);
  });

  it("about repositories and actions go to their own ecosystems; other kinds are not checked", async () => {
    const { osv, asked } = osvOf(() => ({}));
    const answers = await osv.query([
      "pkg:github/curl/curl@curl-8_5_0",
      "pkg:githubactions/actions/checkout@v4.1.0",
      "pkg:docker/library/python@3.13-slim",
      "pkg:pypi/requests",
    ]);
    expect(JSON.parse(String(asked[0]?.body))).toEqual({
      queries: [
        { package: { name: "https://github.com/curl/curl.git", ecosystem: "GIT" }, version: "curl-8_5_0" },
        { package: { name: "actions/checkout", ecosystem: "GitHub Actions" }, version: "4.1.0" },
      ],
    });
    expect(answers.get("pkg:docker/library/python@3.13-slim")).toMatchObject({ code: "not-checked" });
    expect(answers.get("pkg:pypi/requests")).toMatchObject({ code: "not-checked" });
  });

  it("about packages that the configuration calls private are not asked for", async () => {
    const fetcher = fakeFetcher(() => new Failure("timeout", "no answer"));
    const urls = anyUrls({
      golang: { url: "https://proxy.golang.org", private: ["git.example.org"] },
      pypi: { url: "https://pypi.org", private: { "acme-*": "https://packages.example/simple" } },
      npm: { url: "https://npm.example", private: { "@acme/*": "https://npm.acme.example" } },
    });
    const purls = ["pkg:golang/git.example.org/a/b@v1.2.3", "pkg:pypi/acme-tool@1.0", "pkg:npm/%40acme/tool@1.0.0"];
    const answers = await createOsv(fetcher, urls).query(purls);
    expect(purls.map((purl) => answers.get(purl))).toMatchObject(Array(3).fill({ code: "not-checked" }));
    expect(fetcher.asked).toEqual([]);
  });

  it.each<[string, FakeAnswer, string]>([
    ["fails", new Failure("timeout", "no answer"), "timeout"],
    ["answers 503", { status: 503 }, "unavailable"],
    ["answers no JSON", { body: "<html>" }, "unreadable"],
    ["answers fewer than asked", { body: { results: [] } }, "unreadable"],
  ])("when OSV %s are failures, never empty lists", async (_, answer, code) => {
    const osv = createOsv(
      fakeFetcher(() => answer),
      anyUrls(),
    );
    expect((await osv.query([jinja])).get(jinja)).toMatchObject({ code });
  });
});
