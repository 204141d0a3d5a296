import { describe, expect, it } from "vitest";
import type { Alert, Verdict } from "../../../src/domain/bump.ts";
import type { DigestEntry } from "../../../src/domain/digest.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { IntegrityNote } from "../../../src/domain/pages/integrity-line.ts";
import { buildDigest, type DigestMaterial, newsOf } from "../../../src/flow/letters/build-digest.ts";
import {
  aCandidate,
  aComponent,
  aDecision,
  anAdvisory,
  anAlert,
  anEvidence,
  aPin,
  aRelease,
  NOW,
} from "../../support/build.ts";

function anEntry(id: string, verdict: Verdict, given: Partial<DigestEntry> & { fixes?: boolean } = {}): DigestEntry {
  const { fixes = false, ...rest } = given;
  const candidate = aCandidate({ id, to: aRelease({ version: "1.1.0" }), fixes: fixes ? [anAdvisory()] : [] });
  const card = { upstream: candidate.to.upstream, score: undefined, checks: [] };
  return { project: "suite", candidate, decision: aDecision({ verdict }), card, ...rest };
}

function material(given: Partial<DigestMaterial> = {}): DigestMaterial {
  return {
    entries: [],
    components: [],
    alerts: [],
    merged: [],
    takenBack: [],
    responseTimes: {},
    unchecked: [],
    unused: [],
    alternatives: [],
    ending: [],
    changed: [],
    projects: ["suite"],
    from: "2026-11-19T12:00:00.000Z",
    until: NOW,
    ...given,
  };
}

describe("a digest", () => {
  it("has each candidate in the section of its verdict, and leaves out what is skipped", () => {
    const entries = (["propose", "hold", "wait", "block", "skip"] as const).map((verdict) => anEntry(verdict, verdict));
    const digest = buildDigest(material({ entries }));
    const ids = [digest.proposed, digest.held, digest.waiting, digest.blocked].map((list) =>
      list.map((entry) => entry.candidate.id),
    );
    expect(ids).toEqual([["propose"], ["hold"], ["wait"], ["block"]]);
  });

  it("puts fixes of advisories first, and is the same whatever the order it was made from", () => {
    const entries = [anEntry("b", "propose"), anEntry("a", "propose"), anEntry("c", "propose", { fixes: true })];
    const order = (list: readonly DigestEntry[]) =>
      buildDigest(material({ entries: list })).proposed.map((entry) => entry.candidate.id);
    expect(order(entries)).toEqual(["c", "a", "b"]);
    expect(order(entries.toReversed())).toEqual(["c", "a", "b"]);
    expect(buildDigest(material({ entries })).title).toBe("suite: 3 updates, 1 for security");
    expect(buildDigest(material({ entries: [anEntry("x", "hold")] })).title).toBe("suite: 1 held");
    expect(buildDigest(material()).title).toBe("suite: nothing to review");
  });

  it("names files that nothing else names, where something in them is watched", () => {
    const pins = [aPin({ path: "old/requirements.txt" }), aPin({ path: "old/requirements.txt", line: 2 })];
    const unused = ["old/requirements.txt", "notes/Dockerfile"].map((path) => ({ project: "suite", path }));
    const digest = buildDigest(material({ components: [aComponent({ project: "suite", pins })], unused }));
    expect(digest.unused).toEqual([{ project: "suite", path: "old/requirements.txt", pins: 2 }]);
  });

  it("tells the places of one upstream in several versions", () => {
    const pins = [
      aPin({ text: "1.0.0", path: "a/Dockerfile" }),
      aPin({ text: "1.1.0", path: "b/Dockerfile", line: 3 }),
    ];
    const { drifting } = buildDigest(material({ components: [aComponent({ pins })] }));
    expect(drifting.map((entry) => entry.versions)).toEqual([
      [
        { version: "1.0.0", places: [{ path: "a/Dockerfile", line: 1 }] },
        { version: "1.1.0", places: [{ path: "b/Dockerfile", line: 3 }] },
      ],
    ]);
  });

  it("tells the versions of one upstream that are tried side by side, as they are written", () => {
    const upstream = "pkg:generic/python";
    const place = { upstream, path: ".github/workflows/test.yml", alternative: true };
    const pins = [
      aPin({ ...place, text: "3.12", line: 9 }),
      aPin({ ...place, text: "3.13", line: 9 }),
      aPin({ ...place, text: "3.13", line: 20 }),
    ];
    const alternatives = pins.map((pin) => ({ project: "suite", upstream, pin }));
    const at = (line: number) => ({ path: ".github/workflows/test.yml", line });
    expect(buildDigest(material({ alternatives })).sideBySide).toEqual([
      {
        project: "suite",
        upstream,
        versions: [
          { version: "3.12", places: [at(9)] },
          { version: "3.13", places: [at(9), at(20)] },
        ],
      },
    ]);
  });

  it("tells what moves by itself, unless a digest or a lock file holds it", () => {
    const floating = { precision: "floating", text: "latest", version: "" } as const;
    const pins = [
      aPin({ ...floating, path: "a" }),
      aPin({ ...floating, path: "b", digest: `sha256:${"0".repeat(64)}` }),
      aPin({ path: "c" }),
      aPin({ ...floating, path: "d", lockedBy: "uv.lock" }),
    ];
    const { unpinned } = buildDigest(material({ components: [aComponent({ pins })] }));
    expect(unpinned).toMatchObject([{ text: "latest", places: [{ path: "a", line: 1 }] }]);
  });
});

describe("what changed without an alarm", () => {
  const upstream = "pkg:docker/library/nginx";
  const pin = aPin({ upstream, path: "Dockerfile", line: 3, text: "1.27", scheme: "docker" });
  const components = [aComponent({ project: "suite", pins: [pin] })];
  const noted = (at: string, given: Partial<IntegrityNote> = {}): IntegrityNote => ({
    at,
    ...{ project: "suite", upstream, class: "rebuild", subject: "1.27", summary: `pushed at ${at}` },
    ...given,
  });
  const changedIn = (changed: readonly IntegrityNote[]) => buildDigest(material({ components, changed })).changed;

  it("is one entry per name, with the last of its changes, where it is pinned, since the last digest", () => {
    const before = "2026-11-19T11:00:00.000Z";
    const changed = [noted(before), noted("2026-11-19T13:00:00.000Z"), noted(NOW)];
    expect(changedIn(changed)).toEqual([
      {
        ...{ project: "suite", upstream, class: "rebuild", subject: "1.27", summary: `pushed at ${NOW}`, at: NOW },
        ...{ times: 2, places: [{ path: "Dockerfile", line: 3 }] },
      },
    ]);
  });

  it("is no reason to write to anybody", () => {
    expect(newsOf(buildDigest(material({ components, changed: [noted(NOW)] })))).toEqual([]);
  });
});

describe("news", () => {
  const news = (given: Partial<DigestMaterial>) => newsOf(buildDigest(material(given)));

  it("is a verdict, a pull request, or a subject that could not be looked at", () => {
    const unchecked = [{ subject: "requests", reason: "status 503" }];
    expect(news({ entries: [anEntry("a", "propose", { url: "https://forge.example/1" })], unchecked })).toEqual([
      "a propose https://forge.example/1",
      "unchecked requests",
    ]);
  });

  it("is not a nearer date, another reason for the same silence, drift or an unpinned place", () => {
    const wait = (until: string) => ({
      entries: [anEntry("a", "wait", { decision: aDecision({ verdict: "wait", until }) })],
    });
    expect(news(wait("2026-11-25T00:00:00.000Z"))).toEqual(news(wait("2026-11-26T00:00:00.000Z")));
    const silent = (reason: string) => ({ unchecked: [{ subject: "requests", reason }] });
    expect(news(silent("status 503"))).toEqual(news(silent("time-out")));
    expect(news({ components: [aComponent({ pins: [aPin({ text: "1" }), aPin({ text: "2" })] })] })).toEqual([]);
  });

  it("is an alert when it opens or gets worse, and again every week; that somebody has seen it is none", () => {
    const at = (days: number, given: Partial<Alert> = {}) =>
      news({ alerts: [anAlert({ openedAt: plus(NOW, -days * DAY), ...given })] });
    expect(at(0)).toHaveLength(1);
    expect(at(6)).toEqual(at(0));
    expect(at(7)).not.toEqual(at(6));
    expect(at(0, { evidence: [anEvidence({ observed: "elsewhere" })] })).not.toEqual(at(0));
    const seen = (days: number): Partial<Alert> => ({
      state: "acknowledged",
      acknowledged: { by: "Release manager", reason: "asked", at: plus(NOW, -days * DAY) },
    });
    expect(at(40, seen(27))).toEqual([]);
    expect(at(40, seen(28))).toHaveLength(1);
  });

  it("has the worst alert first, and those that nobody has seen before the others", () => {
    const alerts = [
      anAlert({ id: "seen", severity: "critical", state: "acknowledged" }),
      anAlert({ id: "low", severity: "low" }),
      anAlert({ id: "critical", severity: "critical" }),
    ];
    expect(buildDigest(material({ alerts })).alerts.map(({ id }) => id)).toEqual(["critical", "low", "seen"]);
  });
});
