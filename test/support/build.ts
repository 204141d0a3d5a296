import type { Alert, Candidate, Decision, HumanDecision } from "../../src/domain/bump.ts";
import { type Component, type Pin, toComponents } from "../../src/domain/pin.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { Project } from "../../src/domain/project.ts";
import type { ObservedRelease, Release } from "../../src/domain/release.ts";
import type { Advisory, CheckResult, Dimension, Evidence, Finding, TrustScore, Vouch } from "../../src/domain/trust.ts";

/** The moment at which tests happen. */
export const NOW = "2026-11-20T12:00:00.000Z";

/** Long enough ago that every default wait is over. */
export const LONG_AGO = "2026-09-01T00:00:00.000Z";

/** A version as a source reports it: `anObservedRelease({ version: "1.2.3" })`. The tag is the version unless given. */
export function anObservedRelease(given: Partial<ObservedRelease> = {}): ObservedRelease {
  const version = given.version ?? "1.0.0";
  return {
    version,
    tag: version,
    publishedAt: LONG_AGO,
    publishedBy: "publisher",
    state: "released",
    digests: {},
    assets: [],
    ...given,
  };
}

/** A stored version, seen long ago after the first poll, never changed since. */
export function aRelease(given: Partial<Release> = {}): Release {
  const firstSeenAt = given.firstSeenAt ?? LONG_AGO;
  return {
    ...anObservedRelease(given),
    upstream: "pkg:github/example/tool",
    contentFirstSeenAt: firstSeenAt,
    baseline: false,
    earlierContent: [],
    ...given,
    firstSeenAt,
  };
}

/** An exact pin of `pkg:github/example/tool` in a Dockerfile. `version` follows `text` unless given. */
export function aPin(given: Partial<Pin> = {}): Pin {
  const text = given.text ?? given.version ?? "1.0.0";
  return {
    path: "Dockerfile",
    line: 1,
    edits: [],
    upstream: "pkg:github/example/tool",
    text,
    version: text,
    precision: "exact",
    format: "dockerfile",
    scheme: "loose",
    name: "TOOL_VERSION",
    linked: [],
    ...given,
  };
}

/** A project in a folder of this machine, which is named as it is called. */
export function aProject(id = "example"): Project {
  return { id, name: id, source: { kind: "path", path: `/srv/${id}` }, ignorePaths: [] };
}

/** A component of the given pins (default: one), which must share upstream, scheme, variant and tag template. */
export function aComponent(given: { project?: string; pins?: readonly Pin[] } = {}): Component {
  const [component] = toComponents(given.project ?? "example", given.pins ?? [aPin()]);
  if (component === undefined) throw new Error("the given pins make no component: all are ignored or our own");
  return component;
}

/** A minor step of one component from 1.0.0 to 1.1.0. */
export function aCandidate(given: Partial<Candidate> = {}): Candidate {
  const component = given.component ?? aComponent();
  const to = given.to ?? aRelease({ version: "1.1.0", upstream: component.upstream });
  return {
    id: "0123456789ab",
    component,
    from: component.current,
    to,
    between: [to],
    step: "minor",
    fixes: [],
    introduces: [],
    ...given,
  };
}

/** The default policy: waits of 3 and 7 days, no rules. */
export function aPolicy(given: Partial<Policy> = {}): Policy {
  const day = 86_400_000;
  return {
    waits: { default: 3 * day, github: 7 * day, githubactions: 7 * day, docker: 7 * day, generic: 7 * day },
    rules: [],
    responseTimes: { critical: day, high: 3 * day, medium: 7 * day },
    weights: WEIGHTS,
    allowPrereleases: false,
    settle: 0,
    ...given,
  };
}

/** The default weights of the seven headings. */
export const WEIGHTS: Readonly<Record<Dimension, number>> = {
  activity: 15,
  community: 10,
  adoption: 15,
  signing: 25,
  hygiene: 15,
  "track-record": 15,
  relationships: 5,
};

/** A strong project of which everything is known. */
export function aScore(given: Partial<TrustScore> = {}): TrustScore {
  return { value: 8.2, coverage: 1, dimensions: [], findings: [], ...given };
}

/** A known, good finding. */
export function aFinding(given: Partial<Finding> = {}): Finding {
  return {
    signal: "recent-commits",
    outcome: "good",
    points: 0.9,
    reason: "31 commits in the last 90 days.",
    evidence: [],
    observedAt: NOW,
    ...given,
  };
}

/** A check that passed. */
export function aCheck(given: Partial<CheckResult> = {}): CheckResult {
  return { check: "content-changed", outcome: "pass", summary: "Nothing changed.", evidence: [], ...given };
}

/** The age check of a release, with a clock that runs since the given moment. */
export function anAge(since: string, kind: "first-seen" | "registry" = "first-seen"): CheckResult {
  return aCheck({ check: "content-age", summary: `Seen since ${since}.`, clock: { kind, since } });
}

/** One observed fact. */
export function anEvidence(given: Partial<Evidence> = {}): Evidence {
  return { kind: "github-tag", source: "https://github.com/example/tool", observedAt: NOW, ...given };
}

/** A high advisory, fixed in 1.1.0. */
export function anAdvisory(given: Partial<Advisory> = {}): Advisory {
  return {
    id: "GHSA-aaaa-bbbb-cccc",
    aliases: ["CVE-2026-1000"],
    severity: "high",
    summary: "Reads past the end of a buffer.",
    fixedIn: ["1.1.0"],
    ...given,
  };
}

/** A proposal by policy. */
export function aDecision(given: Partial<Decision> = {}): Decision {
  return {
    verdict: "propose",
    reasons: [{ rule: "wait-over", level: "note", summary: "The waiting period is over." }],
    by: "policy",
    ...given,
  };
}

/** An approval of every version of the component, recorded yesterday. */
export function aHumanDecision(given: Partial<HumanDecision> = {}): HumanDecision {
  return {
    project: "example",
    upstream: "pkg:github/example/tool",
    action: "approve",
    by: "Release manager",
    reason: "read the diff",
    at: "2026-11-19T12:00:00.000Z",
    ...given,
  };
}

/** A vouch for `pkg:github/example/tool` that does not end. */
export function aVouch(given: Partial<Vouch> = {}): Vouch {
  return {
    upstream: "pkg:github/example/tool",
    by: "Release team",
    reason: "we meet the maintainers twice a year",
    since: LONG_AGO,
    points: 0.9,
    ...given,
  };
}

/** An open alert of today: the pinned tag v1.0.0 points elsewhere. */
export function anAlert(given: Partial<Alert> = {}): Alert {
  return {
    id: "0123456789",
    project: "example",
    upstream: "pkg:github/example/tool",
    class: "tag-moved",
    subject: "v1.0.0",
    state: "open",
    severity: "critical",
    summary: "The tag v1.0.0, which is pinned here, points at another commit than before.",
    next: "Compare the two commits before anything is built from it.",
    places: [{ path: "Dockerfile", line: 3 }],
    openedAt: NOW,
    evidence: [anEvidence({ kind: "commit", expected: "a".repeat(40), observed: "b".repeat(40) })],
    ...given,
  };
}
