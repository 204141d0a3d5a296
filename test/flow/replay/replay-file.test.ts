import { describe, expect, it } from "vitest";
import { toFacts } from "../../../src/flow/replay/replay-facts.ts";
import { readIncidents } from "../../../src/flow/replay/replay-file.ts";
import { isFailure } from "../../../src/lib/failure.ts";

const read = (value: unknown) => readIncidents(JSON.stringify(value), "f.json");
const START = "2026-01-01T00:00:00.000Z";
const least = { upstream: "pkg:pypi/tool", releases: [{ version: "1.0.0", publishedAt: "2026-01-01" }] };

const GITHUB = {
  signature: {
    isValid: true,
    state: "VALID",
    wasSignedByGitHub: true,
    signer: { login: "ann" },
    keyId: "B5690EEEBB952194",
  },
  author: { login: "ann", id: 1 },
  assets: [
    { name: "a.tgz", size: 1, updated_at: "2026-01-01T00:00:00Z", uploader: { login: "ann" }, download_count: 2 },
  ],
};
const PYPI = {
  publisher: { kind: "GitHub", repository: "a/b", workflow: "publish.yml", environment: "", claims: null },
  dependencies: ["requests (>=2.0)", "Foo_Bar>=1; python_version < '3'", "x ; extra == 'dev'"],
  files: [
    { filename: "a.whl", digests: { sha256: "00" }, upload_time: "2026-01-01T10:00:00", packagetype: "bdist_wheel" },
  ],
};

describe("a file of recorded releases", () => {
  it.each([
    ["one incident", least],
    ["an array", [least]],
    ["a wrapped array", { incidents: [least] }],
    ["nothing known", { ...least, publicAt: null, trust: null }],
    ["words for people", { ...least, "x-source": 1, comment: "from a mailing list", $schema: "…" }],
    ["GitHub's words", { upstream: "pkg:github/a/b", releases: [{ version: "1", ...GITHUB }] }],
    ["PyPI's words", { ...least, releases: [{ version: "1", publishedAt: "2026-01-01 10:00:00", ...PYPI }] }],
    ["the keys of a collection for people", { ...least, id: "PYSEC-1", description: "…", references: ["https://…"] }],
    [
      "keys with underscores, and GitHub's of a release",
      {
        upstream: "pkg:github/a/b",
        public_at: "2026-02-01",
        releases: [
          { tag_name: "v1.0.0", published_at: "2026-01-01T00:00:00Z", prerelease: false, html_url: "https://…" },
        ],
      },
    ],
    ["a yank as PyPI says it", { ...least, releases: [{ version: "1", yanked: "broken", upload_time: "2026-01-01" }] }],
    [
      "a severity as GitHub says it",
      { ...least, advisories: [{ id: "GHSA-1", severity: "MODERATE", url: "https://…" }] },
    ],
    [
      "history beside a whole candidate",
      { upstream: "pkg:pypi/tool", history: least.releases, candidate: { version: "2" } },
    ],
  ])("may be %s", (_, value) => {
    expect(read(value)).toHaveLength(1);
  });

  it("may be one incident per line", () => {
    expect(readIncidents(`${JSON.stringify(least)}\n${JSON.stringify(least)}\n`, "f.jsonl")).toHaveLength(2);
  });

  it("may say things in the words of GitHub and PyPI, with the same meaning", () => {
    const github = read({ upstream: "pkg:github/a/b", releases: [{ version: "1", ...GITHUB }] });
    const pypi = read({ ...least, releases: [{ version: "1", publishedAt: "2026-01-01 10:00:00", ...PYPI }] });
    if (isFailure(github) || isFailure(pypi)) throw github;
    const [signed, published] = [github, pypi].map(([one]) => one?.releases?.[0]);
    expect(toFacts(signed ?? {}, "pkg:github/a/b", START)).toMatchObject({
      proofs: [{ kind: "git-signature", reason: "signed-by-forge" }],
      account: "ann",
    });
    expect(toFacts(published ?? {}, "pkg:pypi/tool", START)).toMatchObject({
      proofs: [{ kind: "pep740", level: "verified" }],
      publisher: { repository: "a/b", workflow: "publish.yml" },
      dependencies: ["requests", "foo-bar"],
    });
    expect(published).toMatchObject({
      publishedAt: "2026-01-01T10:00:00.000Z",
      files: [{ name: "a.whl", digest: "sha256:00" }],
    });
  });

  it("takes an absent version from the tag, and today's state for what was learned later", () => {
    const rows = [
      { tag: "v1" },
      { version: "2", yanked: true },
      { version: "3", deprecated: "use 4" },
      { version: "4", yanked: false },
    ];
    const incidents = read({ ...least, releases: rows });
    if (isFailure(incidents)) throw incidents;
    const said = incidents[0]?.releases?.map(({ version, state }) => [version, state]);
    expect(said).toEqual([
      ["v1", undefined],
      ["2", "yanked"],
      ["3", "deprecated"],
      ["4", undefined],
    ]);
  });

  it("keeps a dependency whose name looks like a word for people", () => {
    const dependencies = { "comment-json": "^4", "x-ray": null, url: "1" };
    const incidents = read({ ...least, releases: [{ version: "1", dependencies }] });
    if (isFailure(incidents)) throw incidents;
    expect(incidents[0]?.releases?.[0]?.dependencies?.map(({ name }) => name)).toEqual(Object.keys(dependencies));
  });

  it("names the line of what is wrong with it", () => {
    const text = JSON.stringify(
      [least, { ...least, releases: [{ version: "1", tagExist: true }, { version: 2 }] }],
      null,
      2,
    );
    const failure = readIncidents(text, "f.json");
    const lines = isFailure(failure) ? failure.message.split("\n") : [];
    const at = (words: string) => text.split("\n").findIndex((line) => line.includes(words)) + 1;
    expect(lines.map((line) => /\(line \d+\)$/.exec(line)?.[0]).toSorted()).toEqual(
      [`(line ${at("tagExist") - 2})`, `(line ${at('"version": 2')})`].toSorted(),
    );
    expect(readIncidents('[\n{"upstream": "x"},,]', "f.json")).toMatchObject({
      message: expect.stringMatching(/^f\.json is no JSON: .* \(line 2\)$/s),
    });
  });

  it.each([
    ["no JSON", "{", /f\.json is no JSON/],
    ["no upstream", { releases: [] }, /incident 1, upstream/],
    ["a date that is none", [least, { ...least, publicAt: "soon" }], /incident 2, publicAt: "soon" is no date/],
    [
      "a key that nobody knows",
      { ...least, releases: [{ version: "1", tagExist: true }] },
      /incident 1, releases\[0\]: unknown key "tagExist" \(did you mean "tagExists"\?\)/,
    ],
    ["a release without a name", { ...least, releases: [{ publishedAt: "2026" }] }, /releases\[0\]: .*needs a version/],
    [
      "a state that nobody knows",
      { ...least, releases: [{ version: "1", signature: "maybe" }] },
      /releases\[0\]\.signature/,
    ],
    ["nothing", [], /holds no incident/],
  ])("is refused with its place for %s", (_, value, words) => {
    const failure = typeof value === "string" ? readIncidents(value, "f.json") : read(value);
    expect(isFailure(failure) && failure.message).toMatch(words);
  });
});
