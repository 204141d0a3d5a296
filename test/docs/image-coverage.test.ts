import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { recordReleases } from "../../src/db/releases/record-releases.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { INSUFFICIENT_COVERAGE, type TrustScore } from "../../src/domain/trust.ts";
import { scoreUpstreams } from "../../src/flow/trust/score-upstream.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { SIGNALS } from "../../src/score/signals.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { trustPhrase } from "../../src/views/words.ts";
import { NOW } from "../support/build.ts";
import { copyMigrated } from "../support/database.ts";
import { addRelease, addRepository, addToken, githubWorld, pushCommit } from "../upstreams/github/builders.ts";
import { startGithub } from "../upstreams/github.ts";
import { digestOf } from "../upstreams/oci/manifests.ts";
import { type OciTag, type OciWorld, pushImage } from "../upstreams/oci/world.ts";
import { startOci } from "../upstreams/oci.ts";
import { startOsv } from "../upstreams/osv.ts";
import { startTrustData } from "../upstreams/trust-data.ts";

/** An image of some kind: where it lies, what its labels and its page say, and which repository it is built from. */
type Kind = {
  readonly words: string;
  readonly host: string;
  readonly path: string;
  readonly label?: string;
  readonly page?: string;
};

const SOURCE = "https://github.com/example/tool";
const KINDS: readonly Kind[] = [
  { words: "official image (Docker's library)", host: "docker.io", path: "library/tool" },
  { words: "Docker Hub, page names its repository", host: "docker.io", path: "example/tool", page: `From ${SOURCE}.` },
  { words: "Docker Hub, page names none", host: "docker.io", path: "example/other", page: "A tool." },
  { words: "GHCR, source label, in its owner's namespace", host: "ghcr.io", path: "example/tool", label: SOURCE },
  { words: "GHCR, source label, elsewhere", host: "ghcr.io", path: "packager/tool", label: SOURCE },
  { words: "GHCR, without a label", host: "ghcr.io", path: "example/bare" },
  {
    words: "registry of a maker (docker.elastic.co), source label",
    host: "docker.elastic.co",
    path: "beats/tool",
    label: SOURCE,
  },
  { words: "Quay, source label", host: "quay.io", path: "example/tool", label: SOURCE },
  { words: "Red Hat, without a source label", host: "registry.access.redhat.com", path: "ubi9/tool" },
];
const VERSIONS = ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"];

const purlOf = ({ host, path }: Kind) => `pkg:docker/${path}${host === "docker.io" ? "" : `?repository_url=${host}`}`;
const imageOf = ({ path, label }: Kind, version: string): OciTag => ({
  content: `${path} ${version}`,
  ...(label !== undefined && { config: { config: { Labels: { "org.opencontainers.image.source": label } } } }),
});

/** A project in good order, of which GitHub and Scorecard know everything. */
function gitHub() {
  const world = githubWorld({ clock: () => NOW, limits: { core: 50_000, graphql: 50_000, anonymous: 60 } });
  for (const name of ["example/tool", "docker-library/tool"]) {
    const repository = addRepository(world, name, { stars: 900, licence: "MIT" });
    for (const [index, version] of VERSIONS.entries())
      addRelease(world, repository, { tag: `v${version}`, publishedAt: plus(NOW, -(index + 1) * 30 * DAY) });
    for (let day = 1; day <= 20; day++)
      pushCommit(world, repository, { author: `dev${day % 3}`, at: plus(NOW, -day * DAY), files: { x: `${day}` } });
  }
  return world;
}

let scores: ReadonlyMap<string, TrustScore>;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  const hosts = [...new Set(KINDS.map(({ host }) => host))];
  const worlds = new Map(hosts.map((host): [string, OciWorld] => [host, { repositories: {} }]));
  for (const kind of KINDS) {
    const world = worlds.get(kind.host) ?? { repositories: {} };
    for (const version of VERSIONS) pushImage(world, kind.path, version, imageOf(kind, version));
    Object.assign(world.repositories[kind.path] ?? {}, {
      hub: { pull_count: 5_000_000, full_description: kind.page ?? "" },
    });
  }
  const forge = gitHub();
  const token = addToken(forge);
  const checks = { "Code-Review": 8, SAST: 5 };
  const scorecard = { date: plus(NOW, -3 * DAY), checks };
  const known = {
    scorecards: { "example/tool": scorecard, "docker-library/tool": scorecard },
    officialImages: { tool: VERSIONS },
  };
  const [github, trust, osv] = await Promise.all([
    startGithub(forge),
    startTrustData(known),
    startOsv({ advisories: [] }),
  ]);
  const registries = await Promise.all(
    [...worlds].map(async ([host, world]) => [host, await startOci(world)] as const),
  );
  for (const standIn of [github, trust, osv, ...registries.map(([, one]) => one)]) closing.push(() => standIn.close());
  const data = mkdtempSync(join(tmpdir(), "headgate-images-"));
  closing.push(() => rmSync(data, { recursive: true, force: true }));
  await copyMigrated(data);
  const others = ["pypi", "npm", "rubygems", "golang", "maven", "cargo", "osv"].map((name) => [name, { url: osv.url }]);
  const measured = ["deps-dev", "scorecard", "official-images", "endoflife"].map((name) => [name, { url: trust.url }]);
  const all = [github, trust, osv, ...registries.map(([, one]) => one)];
  const written = {
    watch: [{ path: data }],
    upstreams: {
      github: { api: github.url, graphql: `${github.url}/graphql`, web: "https://github.com" },
      ...Object.fromEntries([...others, ...measured]),
      downloads: { pypi: trust.url, npm: trust.url },
      registries: Object.fromEntries(
        registries.map(([host, { url }]) => [host, { url, ...(host === "docker.io" && { hub: url }) }]),
      ),
    },
    network: { "allow-private": all.map(({ url }) => new URL(url).host) },
    storage: { directory: data },
  };
  const file = join(data, "headgate.yaml");
  writeFileSync(file, JSON.stringify(written)); // JSON is YAML
  const config = readConfig({ file, environment: { GITHUB_TOKEN: token } });
  if (isFailure(config)) throw config;
  const opened = await openFlow(config, createLog({ json: true, level: "error", write: () => undefined }), () => NOW);
  if (isFailure(opened)) throw opened;
  closing.unshift(() => opened.close());
  const said = KINDS.map(
    (kind) =>
      [
        purlOf(kind),
        { releases: VERSIONS.map((version, index) => releaseOf(kind, version, index)), baseline: true, complete: true },
      ] as const,
  );
  await recordReleases(opened.flow.db, new Map(said), NOW);
  scores = await scoreUpstreams(opened.flow, KINDS.map(purlOf));
});
afterAll(async () => {
  for (const close of closing) await close();
});

/** What a poll stores of a tag: only Docker Hub says when it was pushed. */
function releaseOf(kind: Kind, version: string, index: number) {
  const pushed = { publishedAt: plus(NOW, -(index + 1) * 30 * DAY), publishedBy: "registry" as const };
  return {
    ...{ version, tag: version, state: "released" as const, assets: [] },
    digests: { index: digestOf(imageOf(kind, version)) },
    ...(kind.host === "docker.io" ? pushed : { publishedBy: "publisher" as const }),
  };
}

/** Which rows of docs/signals.md could be answered. */
function numbersOf({ findings }: TrustScore): string {
  const known = findings.filter(({ outcome }) => outcome === "good" || outcome === "bad").map(({ signal }) => signal);
  return SIGNALS.filter(({ id }) => known.includes(id))
    .map(({ number }) => number)
    .join(" ");
}

function table(): string {
  const rows = KINDS.map((kind) => {
    const score = scores.get(purlOf(kind));
    if (score === undefined) throw new Error(`${kind.words} has no score`);
    const printed = score.coverage < INSUFFICIENT_COVERAGE ? "*insufficient data*" : trustPhrase(score);
    return `| ${kind.words} | ${numbersOf(score)} | ${Math.round(100 * score.coverage)}% | ${printed} |`;
  });
  return ["| image | signals with data | known | printed |", "|---|---|---|---|", ...rows].join("\n");
}

it("what can be known of which kind of image is what docs/verification.md says (HEADGATE_WRITE_DOCS=1 writes it)", () => {
  const file = join(import.meta.dirname, "../../docs/verification.md");
  const text = readFileSync(file, "utf8");
  const now = text.replace(/(<!-- images: begin -->\n)[\s\S]*?(<!-- images: end -->)/, `$1\n${table()}\n\n$2`);
  if (process.env.HEADGATE_WRITE_DOCS === "1") writeFileSync(file, now);
  expect(now).toContain("signals with data");
  expect(readFileSync(file, "utf8")).toBe(now);
});

it("an image whose registry tells nothing, and that names no repository, has no number", () => {
  const bare = KINDS.filter(({ words }) => words.includes("without a"));
  expect(bare.length).toBeGreaterThan(1);
  for (const kind of bare) expect(scores.get(purlOf(kind))?.coverage, kind.words).toBeLessThan(INSUFFICIENT_COVERAGE);
});
