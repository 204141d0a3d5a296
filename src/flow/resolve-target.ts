import { createHash } from "node:crypto";
import type { Candidate } from "../domain/bump.ts";
import type { Edit } from "../domain/pin.ts";
import { parsePurl } from "../domain/upstream.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import type { RewriteTarget } from "../lib/rewrite.ts";
import type { FlowContext } from "./context.ts";

type Checksum = NonNullable<RewriteTarget["checksums"]>[number];

/** The largest file that is downloaded to compute its checksum. */
const LARGEST_DOWNLOAD = 128 * 1024 * 1024;

/** What the rewriter writes: the version, and the digest, commit and checksums that the component's places ask for. */
export async function resolveTarget(flow: FlowContext, candidate: Candidate): Promise<RewriteTarget | Failure> {
  const { to, component } = candidate;
  const edits = component.pins.flatMap((pin) => pin.edits);
  const digest = edits.some((edit) => edit.role === "digest" && edit.spelling.includes("{digest}"))
    ? await imageDigest(flow, candidate)
    : undefined;
  if (isFailure(digest)) return digest;
  const checksums = await checksumsOf(
    flow,
    candidate,
    edits.filter((edit) => edit.role === "checksum"),
  );
  if (isFailure(checksums)) return checksums;
  return {
    version: to.version,
    tag: to.tag,
    ...(to.commit !== undefined && { commit: to.commit }),
    ...(digest !== undefined && { digest }),
    checksums,
  };
}

async function imageDigest(flow: FlowContext, candidate: Candidate): Promise<string | undefined | Failure> {
  const known = candidate.to.digests.index;
  const purl = parsePurl(candidate.component.upstream);
  if (known !== undefined || purl?.type !== "docker") return known;
  const repository = purl.namespace === "" ? purl.name : `${purl.namespace}/${purl.name}`;
  return flow.registry.digest(purl.qualifiers.repository_url ?? "docker.io", repository, candidate.to.tag);
}

/** The checksum of each file that the places name, by its URL with the new version filled in. */
async function checksumsOf(
  flow: FlowContext,
  candidate: Candidate,
  edits: readonly Edit[],
): Promise<Checksum[] | Failure> {
  const checksums: Checksum[] = [];
  for (const { of } of edits) {
    if (of === undefined) return new Failure("not-checked", "A checksum is written without saying of which file.");
    const url = of.url.replaceAll("{version}", candidate.to.version).replaceAll("{tag}", candidate.to.tag);
    const hex = publishedDigest(candidate, url, of.algorithm) ?? (await downloadedDigest(flow, url, of.algorithm));
    if (isFailure(hex)) return hex;
    checksums.push({ url: of.url, algorithm: of.algorithm, hex });
  }
  return checksums;
}

/** What the host itself says of the file: no download is needed then. */
function publishedDigest(candidate: Candidate, url: string, algorithm: string): string | undefined {
  const name = decodeURIComponent(url.slice(url.lastIndexOf("/") + 1));
  const digest = candidate.to.assets.find((asset) => asset.name === name || asset.url === url)?.digest;
  return digest?.startsWith(`${algorithm}:`) === true ? digest.slice(algorithm.length + 1) : undefined;
}

async function downloadedDigest(flow: FlowContext, url: string, algorithm: string): Promise<string | Failure> {
  const response = await flow.fetcher.fetch({ url, maxBytes: LARGEST_DOWNLOAD });
  if (isFailure(response)) return response;
  if (response.status !== 200)
    return new Failure("not-found", `${url} answered ${response.status}, so its checksum is not known.`);
  return createHash(algorithm).update(response.body).digest("hex");
}
