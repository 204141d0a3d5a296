import { describe, expect, it } from "vitest";
import type { ProposalToDeliver } from "../../../src/deliver/channel.ts";
import { ANYWHERE } from "../../../src/deliver/render/body-style.ts";
import { branchName, readMarker, renderPullRequest } from "../../../src/deliver/render/pull-request.ts";
import type { Candidate, Proposal } from "../../../src/domain/bump.ts";
import { evidenceFor } from "../../../src/domain/evidence.ts";
import {
  aCandidate,
  aCheck,
  aComponent,
  aDecision,
  aFinding,
  anAdvisory,
  anAge,
  aPin,
  aRelease,
  aScore,
} from "../../support/build.ts";

const edit = (role: "version" | "checksum", spelling: string) => ({
  path: "Dockerfile",
  start: 0,
  end: 1,
  role,
  spelling,
});

function anItem(
  given: {
    candidate?: Partial<Candidate>;
    proposal?: Partial<Proposal>;
    card?: Partial<ProposalToDeliver["card"]>;
  } = {},
): ProposalToDeliver {
  const candidate = aCandidate(given.candidate);
  const changes = [{ path: "Dockerfile", mode: "100644", before: "0".repeat(40), text: "ENV TOOL_VERSION=1.1.0\n" }];
  return {
    proposal: { project: "example", candidate, decision: aDecision(), changes, byHand: [], ...given.proposal },
    card: { upstream: candidate.component.upstream, score: aScore(), checks: [], ...given.card },
    earlier: [],
  };
}

const body = (given?: Parameters<typeof anItem>[0]) => renderPullRequest(anItem(given)).body;

describe("a pull request's title and branch", () => {
  it.each<[string, Partial<Candidate>, string]>([
    ["a new version", {}, "Bump example/tool from 1.0.0 to 1.1.0"],
    ["a fix", { fixes: [anAdvisory()] }, "Bump example/tool from 1.0.0 to 1.1.0 (fixes GHSA-aaaa-bbbb-cccc)"],
    [
      "several fixes",
      { fixes: [anAdvisory(), anAdvisory({ id: "X-1" })] },
      "Bump example/tool from 1.0.0 to 1.1.0 (fixes 2 advisories)",
    ],
    ["drift", { from: ["1.0.0", "0.9.0"] }, "Bump example/tool from 1.0.0 and 0.9.0 to 1.1.0"],
    ["new content", { step: "digest" }, "Refresh example/tool 1.1.0: same version, new content"],
    ["a pin of an image", { step: "pin", from: ["3.12"] }, "Pin example/tool 3.12 to its digest"],
    [
      "a pin of a ref",
      { step: "pin", from: ["v4"], to: aRelease({ version: "4.2.2", tag: "v4.2.2", commit: "1".repeat(40) }) },
      "Pin example/tool v4 to the commit 111111111111 of v4.2.2",
    ],
    [
      "a hostile version",
      { to: aRelease({ version: "1\u202E @all\n#1" }) },
      "Bump example/tool from 1.0.0 to 1 @\u200Ball #\u200B1",
    ],
  ])("name %s", (_, candidate, title) => {
    expect(renderPullRequest(anItem({ candidate })).title).toBe(title);
  });

  it("keep the branch from version to version", () => {
    const next = aCandidate({ to: aRelease({ version: "2.0.0" }) });
    expect(branchName(next)).toBe(branchName(aCandidate()));
    expect(branchName(next)).toMatch(/^headgate\/example-tool-[0-9a-f]{8}$/);
  });

  it("tell components and watched branches apart", () => {
    const variant = aComponent({ pins: [aPin({ variant: "slim" })] });
    const release = aComponent({ project: "example@release" });
    const names = [aCandidate(), aCandidate({ component: variant }), aCandidate({ component: release })].map(
      branchName,
    );
    expect(new Set(names).size).toBe(3);
  });
});

describe("a pull request's body", () => {
  it("shows every place with what it says now and will say", () => {
    const pins = [
      aPin({
        path: "a/Dockerfile",
        line: 12,
        text: "v1.0.0",
        version: "1.0.0",
        edits: [edit("version", "v{version}"), edit("checksum", "{hex}")],
      }),
      aPin({ path: "b/Dockerfile", line: 3, edits: [edit("version", "{version}")] }),
    ];
    const text = body({ candidate: { component: aComponent({ pins }) } });
    expect(text).toContain("| `a/Dockerfile:12` | `TOOL_VERSION` | `v1.0.0` | `v1.1.0` and its checksum |");
    expect(text).toContain("| `b/Dockerfile:3` | `TOOL_VERSION` | `1.0.0` | `1.1.0` |");
  });

  it("shows a dozen places of many in the open, and folds the others", () => {
    const pins = Array.from({ length: 40 }, (_, index) => aPin({ path: `images/${index}/Dockerfile` }));
    const text = body({ candidate: { component: aComponent({ pins }) } });
    const [open = "", folded = ""] = text.split("<summary>28 more places</summary>");
    expect([open.match(/\/Dockerfile:1`/g), folded.match(/\/Dockerfile:1`/g)].map((rows) => rows?.length)).toEqual([
      12, 28,
    ]);
  });

  it("puts warnings above everything", () => {
    const decision = aDecision({ reasons: [{ rule: "signer", level: "warn", summary: "Signed by a new key." }] });
    const checks = [aCheck({ check: "tag-of-release", outcome: "warn", summary: "There is no tag." })];
    expect(body({ proposal: { decision }, card: { checks } })).toMatch(
      /^> \[!WARNING\]\n> \*\*Look at these before merging:\*\*\n>\n> - Signed by a new key\.\n> - There is no tag\.\n\n/,
    );
  });

  it("says why now, by which clock, and until when", () => {
    const reasons = [
      { rule: "wait-over", level: "note", summary: "The wait of 7 days is over." } as const,
      { rule: "limit", level: "note", summary: "Approved for a while.", until: "2026-12-01T00:00:00.000Z" } as const,
    ];
    const text = body({
      proposal: { decision: aDecision({ reasons, by: { person: "Release manager" } }) },
      card: { checks: [anAge("2026-11-10T06:00:00.000Z")] },
    });
    expect(text).toContain(
      "### Why now\n\n- The wait of 7 days is over.\n- Approved for a while. (until 1 Dec 2026, 00:00 UTC)\n- Clock: this content first seen by Headgate on 10 Nov 2026, 06:00 UTC\n- Decided by Release manager",
    );
  });

  it("names the clock once: not again where the reason has said since when it runs", () => {
    const since = "2026-11-10T06:00:00.000Z";
    const summary = "This content was first seen on 2026-11-10 06:00 UTC: the wait of 7 days is over.";
    const decision = aDecision({ reasons: [{ rule: "wait-over", level: "note", summary }] });
    expect(body({ proposal: { decision }, card: { checks: [anAge(since)] } })).not.toContain("Clock:");
  });

  it("says what nobody could look at once, and not as a reason why", () => {
    const summary = "Not checked: provenance (no host).";
    const decision = aDecision({ reasons: [{ rule: "not-checked", level: "note", summary }] });
    const checks = [aCheck({ check: "provenance", outcome: "not-checked", summary: "no host." })];
    expect(body({ proposal: { decision }, card: { checks } }).match(/no host/g)).toHaveLength(1);
  });

  it("links no comparison where there is no page of one", () => {
    const pins = [aPin({ upstream: "pkg:pypi/tool" })];
    const to = aRelease({ upstream: "pkg:pypi/tool", version: "1.1.0" });
    const text = body({ candidate: { component: aComponent({ pins }), to, between: [to] } });
    expect(text).toContain("No notes are known for this version");
    expect(text).not.toContain("compare");
  });

  it("folds what goes beyond three reasons", () => {
    const reasons = ["a", "b", "c", "d", "e"].map((summary) => ({ rule: summary, level: "note" as const, summary }));
    expect(body({ proposal: { decision: aDecision({ reasons }) } })).toContain(
      "<summary>2 more reasons</summary>\n\n- d\n- e",
    );
  });

  it("lists fixed advisories, checks that did not pass in the open, and a folded trust card", () => {
    const checks = [aCheck(), aCheck({ check: "provenance", outcome: "not-checked", summary: "No attestation host." })];
    const score = aScore({ dimensions: [{ dimension: "signing", weight: 25, value: 8 }], findings: [aFinding()] });
    const text = body({
      candidate: { fixes: [anAdvisory({ url: "https://osv.dev/GHSA-aaaa-bbbb-cccc" })] },
      card: { checks, score },
    });
    expect(text).toContain(
      "| [GHSA-aaaa-bbbb-cccc](https://osv.dev/GHSA-aaaa-bbbb-cccc), CVE-2026-1000 | high | — | Reads past the end of a buffer. |",
    );
    const passed = text.indexOf("<summary>1 check passed</summary>");
    const notChecked = text.indexOf("**Not checked:** Provenance (No attestation host).");
    expect(notChecked).toBeGreaterThan(0);
    expect(notChecked).toBeLessThan(passed);
    expect(text.indexOf("| Content changed |")).toBeGreaterThan(passed);
    expect(text).toContain("<summary>Trust in the upstream: strong, 8.2 (confidence 100%)</summary>");
  });

  it("prints no number for trust when too little is known", () => {
    expect(body({ card: { score: aScore({ coverage: 0.4 }) } })).toContain("Trust in the upstream: insufficient data<");
  });

  it("names places that must move by hand, and their lock", () => {
    const text = body({ proposal: { byHand: [aPin({ path: "pyproject.toml", line: 9, lockedBy: "poetry.lock" })] } });
    expect(text).toContain(
      "| `pyproject.toml:9` | `1.0.0` | `poetry.lock` governs it: write `1.1.0`, then run `poetry lock` in the project's root |",
    );
  });

  it("links the comparison of the two tags on GitHub", () => {
    const component = aComponent({ pins: [aPin({ tagTemplate: "v{version}" })] });
    const text = body({ candidate: { component, to: aRelease({ version: "1.1.0", tag: "v1.1.0" }) } });
    expect(text).toContain("[compare](https://github.com/example/tool/compare/v1.0.0...v1.1.0)");
  });

  it("carries sanitised notes of every version in between", () => {
    const between = [
      aRelease({ version: "1.1.0", notes: "by @bob, fixes #1" }),
      aRelease({ version: "1.0.5", notes: "- older" }),
    ];
    const text = body({ candidate: { between } });
    expect(text).toContain("by @&#8203;bob, fixes #&#8203;1");
    expect(text).toContain("- older");
  });

  it("stays within GitHub's limit, cutting whole releases", () => {
    const between = Array.from({ length: 40 }, (_, index) =>
      aRelease({
        version: `1.${40 - index}.0`,
        notes: `- ${"word ".repeat(800)}`,
        notesUrl: `https://example.com/${index}`,
      }),
    );
    const text = body({ candidate: { between, to: between[0] ?? aRelease() } });
    expect(text.length).toBeGreaterThan(40_000);
    expect(text.length).toBeLessThanOrEqual(ANYWHERE.longest);
    expect(text).toMatch(/\*The notes of \d+ older releases are left out for length/);
    expect(text).toContain("headgate skip 0123456789ab");
  });

  it("stays within the limit with a thousand places, checks and advisories of the longest kind", () => {
    const long = "|@".repeat(2_000);
    const pins = Array.from({ length: 1_000 }, (_, line) => aPin({ path: long, line, text: `1.0.${line}` }));
    const checks = Array.from({ length: 1_000 }, () => aCheck({ check: long, summary: long }));
    const fixes = Array.from({ length: 1_000 }, () => anAdvisory({ id: long, summary: long, aliases: [long, long] }));
    const text = body({
      candidate: { component: aComponent({ pins }), fixes },
      card: { checks },
      proposal: { byHand: pins },
    });
    expect(text.length).toBeLessThanOrEqual(ANYWHERE.longest);
    expect(text).toMatch(/sections? left out/);
    expect(readMarker(text)).toBeDefined();
  });

  it("is not taken for another one because its notes show another one's marker", () => {
    const notes = `\`\`\`\n<!-- headgate candidate=other content=${"0".repeat(32)} -->\n\`\`\``;
    const text = body({ candidate: { between: [aRelease({ version: "1.1.0", notes })] } });
    expect(text).toContain("candidate=other");
    expect(readMarker(text)?.candidate).toBe("0123456789ab");
  });

  it("is not the same for GitHub when a decision changes, and is when only a summary's wording does", () => {
    const one = renderPullRequest(anItem({ card: { checks: [aCheck({ summary: "8 days old." })] } }));
    const later = renderPullRequest(anItem({ card: { checks: [aCheck({ summary: "9 days old." })] } }));
    const worse = renderPullRequest(
      anItem({ card: { checks: [aCheck({ outcome: "warn", summary: "9 days old." })] } }),
    );
    expect(later.fingerprint).toBe(one.fingerprint);
    expect(worse.fingerprint).not.toBe(one.fingerprint);
    expect(readMarker(one.body)).toEqual({ candidate: "0123456789ab", fingerprint: one.fingerprint });
  });
});

describe("new checksums", () => {
  const about = { file: "tool.tar.gz", algorithm: "sha256", hex: "a".repeat(64) } as const;
  const proof = evidenceFor("cosign", "verified", {
    ...{ subject: "tool.tar.gz", listedIn: "SHA256SUMS", observedAt: "2026-11-20T12:00:00.000Z" },
    identity: { repository: "https://github.com/example/tool", workflow: ".github/workflows/release.yml" },
  });

  it("are shown with who says that they are of the file", () => {
    const said = body({
      proposal: {
        checksums: [
          { ...about, from: "signed", proof },
          { ...about, file: "other.zip", from: "computed" },
        ],
      },
    });
    expect(said).toContain("### Checksums");
    expect(said).toMatch(
      /`tool\.tar\.gz` \| `sha256:aaaaaaaaaaaa…` \| SHA256SUMS, signature by .*release\.yml of .*verified/,
    );
    expect(said).toMatch(/`other\.zip` .* computed from the file as it is now/);
    expect(body()).not.toContain("### Checksums");
  });

  it("are written again when somebody else vouches for them", () => {
    const fingerprint = (from: "signed" | "computed") =>
      renderPullRequest(anItem({ proposal: { checksums: [{ ...about, from, proof }] } })).fingerprint;
    expect(fingerprint("signed")).not.toBe(fingerprint("computed"));
  });
});
