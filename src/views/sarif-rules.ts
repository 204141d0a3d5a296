import type { Severity } from "../domain/trust.ts";

/** One rule as code scanning shows it. `security` (0.1 to 10) is what GitHub sorts by. */
export type SarifRule = {
  readonly id: string;
  readonly name: string;
  readonly level: "error" | "warning" | "note";
  readonly short: string;
  readonly full: string;
  /** What to do about it. */
  readonly help: string;
  readonly security?: number;
  readonly tags: readonly string[];
};

const SCORES = { critical: 9.5, high: 8, medium: 5.5, low: 2.5 };
const SUPPLY_CHAIN = ["security", "supply-chain"];

/** Everything that a report may say, in the order of the rules' places in it. */
export const SARIF_RULES = [
  {
    id: "unpinned",
    name: "UnpinnedDependency",
    level: "warning",
    short: "Nothing written decides what is taken here",
    full: "The place names a branch, a moving tag, or no version at all. Two builds of the same commit can differ, and whoever moves the name decides what you run.",
    help: "Write a version, and beside an image its digest, beside an action its commit. `headgate plan` proposes the change, or `# headgate: ignore` beside the place says that it is meant so.",
    security: 5,
    tags: SUPPLY_CHAIN,
  },
  {
    id: "mutable",
    name: "MutableReference",
    level: "note",
    short: "A tag decides what is taken here, and its owner can move it",
    full: "An image without a digest, or an action without a commit, is whatever its tag points at when it is fetched.",
    help: "Pin the content beside the tag: `image:1.2.3@sha256:…`, or `uses: owner/action@<commit> # v1.2.3`. Headgate moves both together.",
    security: 3,
    tags: SUPPLY_CHAIN,
  },
  {
    id: "drifting",
    name: "DriftingVersions",
    level: "note",
    short: "One component is taken in several versions",
    full: "The same upstream is pinned to different versions in different places of this project.",
    help: "Move the older places to the newer version: one pull request of Headgate changes all of them. Where several versions are meant, say so with `# headgate: hold` beside the older one.",
    tags: ["maintainability"],
  },
  ...(["critical", "high", "medium", "low"] as const).map((severity) => vulnerable(severity)),
  {
    id: "end-of-life",
    name: "EndOfLife",
    level: "warning",
    short: "What is pinned here gets no fixes any more, or soon",
    full: "The line of releases that this version belongs to has ended or ends within 90 days, by endoflife.date.",
    help: "Plan the move to a line that is kept up; the message names those there are.",
    security: 4,
    tags: [...SUPPLY_CHAIN, "end-of-life"],
  },
  {
    id: "moved",
    name: "ContentMoved",
    level: "error",
    short: "What is pinned has changed under its name",
    full: "A tag points at another commit, a file of a release was replaced, an image was pushed again, or the upstream is somebody else than before.",
    help: "Do not build from it until you know why. Compare what was and what is there (`headgate alerts`), ask upstream, then `headgate resolve ALERT --reason` when it is expected.",
    security: 9,
    tags: SUPPLY_CHAIN,
  },
  {
    id: "withdrawn",
    name: "WithdrawnRelease",
    level: "error",
    short: "What is pinned was taken back by its upstream, or is reported as malware",
    full: "The release was yanked or deleted, its project is quarantined, or a published report calls it malware.",
    help: "Read the upstream's reason and move to a version that stands; `headgate plan` names one where there is one.",
    security: 8.5,
    tags: SUPPLY_CHAIN,
  },
  {
    id: "unsigned",
    name: "UnsignedRelease",
    level: "note",
    short: "Nothing proves where the release that is pinned here comes from",
    full: "Signatures and attestations were looked for, and there is none that holds.",
    help: "Nothing has to be done at once: most projects sign nothing. Pin checksums or digests, prefer upstreams that attest their builds, or vouch for people you know (`headgate vouch`).",
    security: 2,
    tags: SUPPLY_CHAIN,
  },
] as const satisfies readonly SarifRule[];

/** The id of a rule. */
export type SarifRuleId = (typeof SARIF_RULES)[number]["id"];

/** The rule for an advisory of a severity; one that nobody rated is treated as medium. */
export function vulnerableRule(severity: Severity): SarifRuleId {
  return `vulnerable-${severity === "unknown" ? "medium" : severity}`;
}

function vulnerable<Level extends keyof typeof SCORES>(severity: Level) {
  const level = severity === "low" ? "note" : severity === "medium" ? "warning" : "error";
  return {
    id: `vulnerable-${severity}` as const,
    name: `Vulnerable${severity.charAt(0).toUpperCase()}${severity.slice(1)}`,
    level,
    short: `A version with a known vulnerability is pinned here (${severity})`,
    full: "A published advisory is about the version that is pinned here.",
    help: "Take the version that fixes it: the message names it and where its pull request stands. Where it does not touch you, record that: `headgate acknowledge ALERT --reason`.",
    security: SCORES[severity],
    tags: [...SUPPLY_CHAIN, "vulnerability"],
  } satisfies SarifRule;
}
