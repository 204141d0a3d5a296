import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";

/**
 * Takeovers of the public record, as the files that `headgate replay` reads: when each was published and known, as far as
 * reports say (to the hour), and in which facts it differed from the project's releases before it. Earlier releases are
 * made up: twelve, a month apart, with the facts that the project's releases had.
 */
export type RecordedIncident = {
  readonly incident: Record<string, unknown>;
  /** It left evidence of who published, or replaced content that was there: it has to be held, not only waited out. */
  readonly evident: boolean;
  readonly replaced: boolean;
};

type Row = {
  readonly name: string;
  readonly upstream: string;
  readonly at: string;
  /** Hours until anybody could know. */
  readonly hours: number;
  /** What its releases had, and what this one had instead. */
  readonly usual?: Record<string, unknown>;
  readonly facts?: Record<string, unknown>;
  /** Content that took the place of other content, seen `at`: the release itself is two months older. */
  readonly replaced?: Record<string, unknown>;
  /** Days of silence before it; default: 30. */
  readonly silence?: number;
};

const attested = { provenance: { repository: "https://github.com/example/tool", workflow: "release.yml" } };
const tagged = { tagExists: true };
const untagged = { tagExists: false };
const scripts = (names: string[]) => ({ installCode: { scripts: names, pth: [] } });
const requires = (...young: string[]) => ({
  dependencies: [{ name: "left", ageDays: 900 }, ...young.map((name) => ({ name, ageDays: 1 }))],
});
const tag = { commit: "usual", onBranch: true, signature: { state: "VALID", byForge: true } };
const stolenTag = { commit: "stranger", onBranch: false, signature: "UNSIGNED" };
const files = (digest: string, uploader = "maintainer") => ({ assets: [{ name: "tool.tar.gz", digest, uploader }] });

/** In order of time. Facts that nobody could see at the time (what the code does) are left out. */
const ROWS: readonly Row[] = [
  {
    name: "HandBrake mirror",
    upstream: "pkg:generic/handbrake",
    at: "2017-05-02T14:30Z",
    hours: 90,
    usual: files("usual"),
    replaced: files("other"),
  },
  {
    name: "eslint-scope",
    upstream: "pkg:npm/eslint-scope",
    at: "2018-07-12T10:40Z",
    hours: 2,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["postinstall"]) },
  },
  {
    name: "event-stream",
    upstream: "pkg:npm/event-stream",
    at: "2018-09-09T06:00Z",
    hours: 24 * 72,
    usual: { account: "founder", ...requires() },
    facts: { account: "newcomer", ...requires("flatmap-stream") },
  },
  {
    name: "Codecov uploader",
    upstream: "pkg:generic/codecov-bash",
    at: "2021-01-31T12:00Z",
    hours: 24 * 60,
    usual: files("usual"),
    replaced: files("other"),
  },
  {
    name: "ua-parser-js",
    upstream: "pkg:npm/ua-parser-js",
    at: "2021-10-22T12:15Z",
    hours: 4,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["preinstall"]) },
  },
  {
    name: "coa",
    upstream: "pkg:npm/coa",
    at: "2021-11-04T12:30Z",
    hours: 2,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["preinstall"]) },
    silence: 1000,
  },
  {
    name: "rc",
    upstream: "pkg:npm/rc",
    at: "2021-11-04T16:00Z",
    hours: 4,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["preinstall"]) },
    silence: 1200,
  },
  { name: "faker", upstream: "pkg:npm/faker", at: "2022-01-05T01:00Z", hours: 85, usual: tagged, facts: untagged },
  { name: "colors", upstream: "pkg:npm/colors", at: "2022-01-08T04:00Z", hours: 30, usual: tagged, facts: untagged },
  {
    name: "node-ipc peacenotwar",
    upstream: "pkg:npm/node-ipc",
    at: "2022-03-15T14:00Z",
    hours: 30,
    usual: requires(),
    facts: requires("peacenotwar"),
  },
  {
    name: "ctx",
    upstream: "pkg:pypi/ctx",
    at: "2022-05-21T19:00Z",
    hours: 60,
    usual: {},
    facts: { mailDomains: { "figlief.com": "2022-05-14" } },
    silence: 2700,
  },
  {
    name: "phpass",
    upstream: "pkg:github/hautelook/phpass",
    at: "2022-05-19T12:00Z",
    hours: 100,
    usual: { repository: { id: "1", name: "hautelook/phpass" } },
    facts: { repository: { id: "2", name: "hautelook/phpass" } },
    silence: 700,
  },
  {
    name: "torchtriton",
    upstream: "pkg:pypi/pytorch-triton",
    at: "2022-12-25T12:00Z",
    hours: 120,
    usual: requires(),
    facts: requires("torchtriton"),
  },
  { name: "3CX", upstream: "pkg:generic/3cx-desktop", at: "2023-03-13T12:00Z", hours: 24 * 16 },
  {
    name: "ledger connect-kit",
    upstream: "pkg:npm/connect-kit",
    at: "2023-12-14T09:50Z",
    hours: 4,
    usual: { ...tagged, account: "team" },
    facts: { ...untagged, account: "former" },
  },
  {
    name: "xz 5.6.0",
    upstream: "pkg:github/tukaani-project/xz",
    at: "2024-02-24T12:00Z",
    hours: 24 * 34,
    usual: { signature: { state: "VALID", key: "SECOND" } },
    facts: { signature: { state: "VALID", key: "SECOND" } },
  },
  {
    name: "lottie-player",
    upstream: "pkg:npm/lottie-player",
    at: "2024-10-30T20:00Z",
    hours: 4,
    usual: tagged,
    facts: untagged,
  },
  { name: "aiocpa", upstream: "pkg:pypi/aiocpa", at: "2024-11-20T20:00Z", hours: 24, usual: tagged, facts: tagged },
  {
    name: "solana-web3.js",
    upstream: "pkg:npm/web3.js",
    at: "2024-12-03T15:20Z",
    hours: 5,
    usual: { ...tagged, account: "ci" },
    facts: { ...untagged, account: "person" },
  },
  {
    name: "ultralytics 8.3.41",
    upstream: "pkg:pypi/ultralytics",
    at: "2024-12-04T20:51Z",
    hours: 13,
    usual: { ...tagged, ...attested },
    facts: { ...tagged, ...attested },
  },
  {
    name: "ultralytics 8.3.45",
    upstream: "pkg:pypi/ultralytics",
    at: "2024-12-07T01:41Z",
    hours: 3,
    usual: { ...tagged, ...attested },
    facts: { ...untagged, provenance: "none" },
  },
  {
    name: "rspack",
    upstream: "pkg:npm/core",
    at: "2024-12-19T02:01Z",
    hours: 2,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["postinstall"]) },
  },
  {
    name: "Kong ingress image",
    upstream: "pkg:docker/kong/ingress",
    at: "2024-12-23T12:00Z",
    hours: 24 * 7,
    usual: { digest: "usual" },
    replaced: { digest: "other" },
  },
  {
    name: "reviewdog/action-setup",
    upstream: "pkg:githubactions/reviewdog/action-setup",
    at: "2025-03-11T18:42Z",
    hours: 24 * 7,
    usual: tag,
    replaced: stolenTag,
  },
  {
    name: "tj-actions/changed-files",
    upstream: "pkg:githubactions/tj-actions/changed-files",
    at: "2025-03-14T16:00Z",
    hours: 7,
    usual: tag,
    replaced: stolenTag,
  },
  { name: "xrpl", upstream: "pkg:npm/xrpl", at: "2025-04-21T20:53Z", hours: 12, usual: tagged, facts: untagged },
  {
    name: "rand-user-agent",
    upstream: "pkg:npm/rand-user-agent",
    at: "2025-05-05T12:00Z",
    hours: 24,
    usual: tagged,
    facts: untagged,
  },
  {
    name: "eslint-config-prettier",
    upstream: "pkg:npm/eslint-config-prettier",
    at: "2025-07-18T15:00Z",
    hours: 2,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["install"]) },
  },
  {
    name: "is",
    upstream: "pkg:npm/is",
    at: "2025-07-19T08:00Z",
    hours: 6,
    usual: { ...tagged, account: "owner" },
    facts: { ...untagged, account: "former" },
    silence: 2000,
  },
  {
    name: "num2words",
    upstream: "pkg:pypi/num2words",
    at: "2025-07-28T10:00Z",
    hours: 5,
    usual: tagged,
    facts: untagged,
  },
  {
    name: "Nx s1ngularity",
    upstream: "pkg:npm/nx",
    at: "2025-08-26T22:32Z",
    hours: 4,
    usual: { ...tagged, ...attested },
    facts: { ...untagged, provenance: "none" },
  },
  {
    name: "chalk, debug",
    upstream: "pkg:npm/debug",
    at: "2025-09-08T13:16Z",
    hours: 2,
    usual: tagged,
    facts: untagged,
  },
  {
    name: "Shai-Hulud tinycolor",
    upstream: "pkg:npm/tinycolor",
    at: "2025-09-15T17:00Z",
    hours: 6,
    usual: { ...tagged, ...scripts([]) },
    facts: { ...untagged, ...scripts(["postinstall"]) },
  },
  {
    name: "trivy-action",
    upstream: "pkg:githubactions/aquasecurity/trivy-action",
    at: "2026-03-19T17:43Z",
    hours: 8,
    usual: tag,
    replaced: stolenTag,
  },
  {
    name: "Trivy 0.69.4",
    upstream: "pkg:github/aquasecurity/trivy",
    at: "2026-03-19T17:51Z",
    hours: 8,
    usual: tag,
    facts: { ...stolenTag, commit: "new" },
  },
  {
    name: "KICS image",
    upstream: "pkg:docker/checkmarx/kics",
    at: "2026-04-22T12:00Z",
    hours: 6,
    usual: { digest: "usual" },
    replaced: { digest: "other" },
  },
  {
    name: "LiteLLM",
    upstream: "pkg:pypi/litellm",
    at: "2026-03-24T10:39Z",
    hours: 2,
    usual: { ...tagged, installCode: { pth: [] } },
    facts: { ...untagged, installCode: { pth: ["litellm_init.pth"] } },
  },
  { name: "telnyx", upstream: "pkg:pypi/telnyx", at: "2026-03-27T03:51Z", hours: 7, usual: tagged, facts: untagged },
  {
    name: "axios 1.14.1",
    upstream: "pkg:npm/axios",
    at: "2026-03-31T00:21Z",
    hours: 3,
    usual: { ...tagged, ...attested, ...requires() },
    facts: { ...untagged, provenance: "none", ...requires("plain-crypto-js") },
  },
];

/** The incidents, each after a history in which one release of so many, if any, had no tag. */
export function recordedIncidents(forgot = 0): RecordedIncident[] {
  return ROWS.map((row) => ({
    incident: incidentOf(row, forgot),
    evident: row.replaced !== undefined || JSON.stringify(row.facts ?? row.usual) !== JSON.stringify(row.usual),
    replaced: row.replaced !== undefined,
  }));
}

function incidentOf({ name, upstream, at, hours, usual = {}, facts, replaced, silence = 30 }: Row, forgot: number) {
  const known = plus(new Date(at).toISOString(), 0);
  const born = replaced === undefined ? known : plus(known, -60 * DAY);
  const history = Array.from({ length: 12 }, (_, index) => ({
    ...dated(`1.${12 - index}.0`, plus(born, -(silence + 30 * index) * DAY)),
    ...usual,
    ...(usual.commit !== undefined && { commit: `usual-${index}` }),
    ...(forgot > 0 && index % forgot === 1 && "tagExists" in usual && { tagExists: false }),
  }));
  const candidate = { ...dated("1.13.0", born), ...usual, ...facts };
  const observations = replaced === undefined ? {} : { observations: [{ at: known, ...replaced }] };
  return {
    name,
    upstream,
    publicAt: plus(known, hours * HOUR),
    releases: history,
    candidate: { ...candidate, ...observations },
  };
}

function dated(version: string, publishedAt: Instant) {
  return { version, tag: `v${version}`, publishedAt };
}
