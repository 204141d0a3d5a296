import type { Pin } from "../../src/domain/pin.ts";
import { tagOfVersion } from "../../src/domain/release.ts";
import { type PurlParts, parsePurl } from "../../src/domain/upstream.ts";
import type { SourceFile } from "../../src/flow/discover/read-pins.ts";
import { addRelease, addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import type { GithubWorld } from "../upstreams/github/world.ts";
import { type OciWorld, pushImage } from "../upstreams/oci/world.ts";
import { type PypiWorld, publishToPypi } from "../upstreams/pypi.ts";

/** Upstreams made up for a checkout: each pinned version, published long ago, and the next one, published last month. */
export type MadeUpWorld = {
  readonly github: GithubWorld;
  readonly pypi: PypiWorld;
  readonly registries: Record<string, OciWorld>;
  readonly token: string;
};

/** The repository under which the checkout itself is served. */
export const COPY = "bench/copy";

const LONG_AGO = "2026-01-01T00:00:00.000Z";
const LAST_MONTH = "2026-10-01T00:00:00.000Z";

/** Makes up a world in which everything that is pinned has one newer version. Kinds other than GitHub, PyPI and images are left out. */
export function worldOf(pins: readonly Pin[], files: readonly SourceFile[]): MadeUpWorld {
  const github = githubWorld();
  const world: MadeUpWorld = {
    github,
    pypi: { projects: {} },
    registries: { "docker.io": { repositories: {} } },
    token: addToken(github),
  };
  for (const pin of pins) {
    const parts = parsePurl(pin.upstream);
    if (parts?.type === "pypi") addPackage(world, parts.name, pin);
    if (parts?.type === "github" || parts?.type === "githubactions") addReleases(world, parts, pin);
    if (parts?.type === "docker") addImage(world, parts, pin);
  }
  const texts = files.map(
    ({ path, text, entry }) => [path, entry.mode === "100755" ? { text, mode: "100755" as const } : text] as const,
  );
  addRepository(github, COPY, { files: Object.fromEntries(texts) });
  return world;
}

function addPackage({ pypi }: MadeUpWorld, name: string, pin: Pin): void {
  if (pin.version === "") return;
  if (pypi.projects[name]?.versions[pin.version] === undefined) publishToPypi(pypi, name, pin.version, LONG_AGO);
  publishToPypi(pypi, name, nextOf(pin.version), LAST_MONTH);
}

function addReleases({ github }: MadeUpWorld, parts: PurlParts, pin: Pin): void {
  const name = [...parts.namespace.split("/"), parts.name].slice(0, 2).join("/");
  const repository = github.repositories.get(name) ?? addRepository(github, name, { stars: 500 });
  for (const [version, publishedAt] of [
    [pin.version, LONG_AGO],
    [nextOf(pin.version), LAST_MONTH],
  ] as const) {
    const tag = tagOfVersion(version, pin.tagTemplate);
    const known = version === "" || repository.refs.has(`refs/tags/${tag}`);
    if (!known) addRelease(github, repository, { tag, publishedAt, notes: `- what is new in ${tag}` });
  }
}

function addImage({ registries }: MadeUpWorld, parts: PurlParts, pin: Pin): void {
  const host = parts.qualifiers.repository_url ?? "docker.io";
  registries[host] ??= { repositories: {} };
  const repository = parts.namespace === "" ? parts.name : `${parts.namespace}/${parts.name}`;
  pushImage(registries[host], repository, pin.text === "" ? "latest" : pin.text, {
    content: pin.text,
    pushedAt: LONG_AGO,
  });
  const [, version = "", variant = ""] = /^([^-]*)(-.*)?$/.exec(pin.version) ?? [];
  const next = `${nextOf(version)}${variant}`;
  if (version !== "") pushImage(registries[host], repository, next, { content: next, pushedAt: LAST_MONTH });
}

/** The version with its last number one higher. */
function nextOf(version: string): string {
  return version.replace(/(\d+)(?!.*\d)/, (digits) => String(Number(digits) + 1));
}
