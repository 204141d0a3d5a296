import type { SignatureEvidence } from "../../../domain/evidence.ts";
import type { Asset, Release } from "../../../domain/release.ts";
import { parsePurl } from "../../../domain/upstream.ts";
import { Failure, isFailure } from "../../failure.ts";
import { failureOfStatus } from "../../http/status.ts";
import { privateIndexOf } from "../../http/urls.ts";
import { parseJson } from "../../json.ts";
import { normaliseProject } from "../../packages/pypi-filename.ts";
import { pep740Evidence } from "../sigstore/pep740.ts";
import { absent, type EvidenceContext, unasked } from "./evidence-context.ts";

const ACCEPT = "application/vnd.pypi.integrity.v1+json";
const MAX_BYTES = 4 * 1024 * 1024;
/** Some versions have a hundred wheels, all made by one run of one workflow. */
const MOST_FILES = 8;

/**
 * Asks the index for the provenance of a version's files (https://docs.pypi.org/api/integrity/): the source archive and
 * the wheels that fit most machines first. A 404 says that there is none; a 403 that the index gives out none now.
 */
export async function collectPypi(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const parts = parsePurl(release.upstream);
  if (parts === undefined) return [];
  const project = normaliseProject(parts.name);
  const own = parts.qualifiers.repository_url ?? privateIndexOf(project, context.urls.pypi.private);
  if (own !== undefined) {
    const failure = new Failure("not-checked", "private indexes have no Integrity API");
    return [unasked("pep740", release.version, failure, context.now)];
  }
  const files = release.assets.filter(({ digest }) => digest?.startsWith("sha256:") === true).toSorted(byReach);
  const asked = files.slice(0, MOST_FILES).map((file) => collectFile(file, { project, release }, context));
  return (await Promise.all(asked)).flat();
}

async function collectFile(
  { name, digest = "" }: Asset,
  { project, release }: { readonly project: string; readonly release: Release },
  { fetcher, urls, roots, now }: EvidenceContext,
): Promise<readonly SignatureEvidence[]> {
  const path = [project, release.version, name].map(encodeURIComponent).join("/");
  const url = `${urls.pypi.url}/integrity/${path}/provenance`;
  const answer = await fetcher.fetch({ url, headers: { accept: ACCEPT }, maxBytes: MAX_BYTES });
  if (isFailure(answer)) return [unasked("pep740", name, answer, now)];
  if (answer.status === 404) return [absent("pep740", name, digest, now)];
  if (answer.status !== 200)
    return [unasked("pep740", name, failureOfStatus(answer, `the provenance of ${name}`), now)];
  return pep740Evidence(parseJson(answer.body), { name, sha256: digest.slice("sha256:".length) }, { roots }, now);
}

/** Source archives, then wheels for every machine, then the others; by name, so that releases are compared alike. */
function byReach(one: Asset, other: Asset): number {
  const rank = ({ name }: Asset) => (name.endsWith(".whl") ? (name.endsWith("-any.whl") ? 1 : 2) : 0);
  return rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
}
