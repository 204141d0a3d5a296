import { describe, expect, it } from "vitest";
import { toFacts } from "../../src/flow/replay-facts.ts";
import { readIncidents } from "../../src/flow/replay-file.ts";
import { isFailure } from "../../src/lib/failure.ts";

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
      /incident 1, releases\[0\]: .*tagExist/,
    ],
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
