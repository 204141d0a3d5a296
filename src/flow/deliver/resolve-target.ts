import type { Candidate } from "../../domain/bump.ts";
import type { NewChecksum } from "../../domain/checksum.ts";
import { percentDecoded } from "../../domain/percent.ts";
import type { Edit } from "../../domain/pin.ts";
import type { Release } from "../../domain/release.ts";
import { spellingsOf } from "../../domain/spellings.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { hashDownload } from "../../lib/http/hash-download.ts";
import type { RewriteTarget } from "../../lib/rewrite.ts";
import type { FlowContext } from "../context.ts";

type Algorithm = NonNullable<Edit["of"]>["algorithm"];
/** A checksum as the rewriter looks for it (`url` as it is written), and who says so. */
type Checksum = NonNullable<RewriteTarget["checksums"]>[number] & Pick<NewChecksum, "from" | "proof">;
type Source = Pick<Checksum, "hex" | "from" | "proof">;
/** What the rewriter writes, and where its checksums come from. */
type ResolvedTarget = Omit<RewriteTarget, "checksums"> & { readonly checksums: readonly Checksum[] };

/** What the rewriter writes: the version, and the digest, commit and checksums that the component's places ask for. */
export async function resolveTarget(flow: FlowContext, candidate: Candidate): Promise<ResolvedTarget | Failure> {
  const { to, component } = candidate;
  const edits = component.pins.flatMap((pin) => pin.edits);
  const written = edits.some((edit) => edit.role === "digest" && edit.spelling.includes("{digest}"));
  const told = candidate.step === "pin" && component.pins.some((pin) => pin.pinByHand?.includes("{digest}") === true);
  const digest = written || told ? await imageDigest(flow, candidate) : undefined;
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
    const url = addressOf(of.url, candidate.to).replace(/^npm:(?=\/)/, flow.urls.npm.url);
    const source = await checksumOf(flow, candidate, url, of.algorithm);
    if (isFailure(source)) return source;
    checksums.push({ url: of.url, algorithm: of.algorithm, ...source });
  }
  return checksums;
}

/** What a verified signature covers comes first, then what the host says; the file itself is fetched last. */
async function checksumOf(
  flow: FlowContext,
  candidate: Candidate,
  url: string,
  algorithm: Algorithm,
): Promise<Source | Failure> {
  const [, index, count] = /#file-(\d+)-of-(\d+)$/.exec(url) ?? [];
  if (index !== undefined)
    return sourced("published", packageDigest(candidate, algorithm, Number(index), Number(count)));
  const published = publishedDigest(candidate, url, algorithm);
  const signed = signedDigest(candidate.to, url, algorithm);
  if (isFailure(signed)) return signed;
  if (signed !== undefined && published !== undefined && signed.hex !== published) {
    const message = `${fileOf(url)} has another checksum at its host than ${signed.proof?.listedIn ?? "the signed list"} states.`;
    return new Failure("conflict", `${message} Do not take it before somebody knows why.`);
  }
  if (signed !== undefined) return signed;
  if (published !== undefined) return sourced("published", published);
  const hole = /\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)/.exec(url)?.[0];
  if (hole === undefined)
    return sourced("computed", await hashDownload(flow.fetcher, url, algorithm, flow.largestDownload));
  const message = `The file behind a checksum depends on ${hole}, so which file it is of is not known: ${url}.`;
  return new Failure("not-checked", `${message} Write the address out, or change the checksum by hand.`);
}

function sourced(from: Source["from"], hex: string | Failure): Source | Failure {
  return isFailure(hex) ? hex : { hex, from };
}

/** What a list of checksums states of a file, when its signature was verified since the release has this content. */
function signedDigest(
  { evidence, contentFirstSeenAt }: Release,
  url: string,
  algorithm: string,
): Source | undefined | Failure {
  const readAt = evidence?.sources?.proofs?.fetchedAt;
  if (readAt === undefined || readAt < contentFirstSeenAt) return undefined;
  const name = fileOf(url);
  const proofs = (evidence?.proofs ?? []).filter(
    ({ level, listedIn, subject, subjectDigest }) =>
      level === "verified" && listedIn !== undefined && subject === name && subjectDigest?.startsWith(`${algorithm}:`),
  );
  const [proof] = proofs;
  if (proof?.subjectDigest === undefined) return undefined;
  if (proofs.some((other) => other.subjectDigest !== proof.subjectDigest))
    return new Failure("conflict", `Signed lists of checksums state different ones for ${name}.`);
  return { hex: proof.subjectDigest.slice(algorithm.length + 1), from: "signed", proof };
}

/** A requirement lists the hashes of all files of a version; which of them is of which file means nothing. */
function packageDigest(candidate: Candidate, algorithm: Algorithm, index: number, count: number): string | Failure {
  const digests = candidate.to.assets
    .map(({ digest }) => digest ?? "")
    .filter((digest) => digest.startsWith(`${algorithm}:`))
    .sort();
  const digest = digests.length === count ? digests[index - 1] : undefined;
  if (digest !== undefined) return digest.slice(algorithm.length + 1);
  const counted = `${candidate.to.version} has ${digests.length} files with a ${algorithm} hash`;
  const message = `${counted}, but ${count} are written. Write the list anew, for example with pip-compile --generate-hashes.`;
  return new Failure("not-checked", message);
}

/** What the host itself says of the file: no download is needed then. */
function publishedDigest(candidate: Candidate, url: string, algorithm: Algorithm): string | undefined {
  const name = fileOf(url);
  const digest = candidate.to.assets.find((asset) => asset.name === name || asset.url === url)?.digest;
  return digest?.startsWith(`${algorithm}:`) === true ? digest.slice(algorithm.length + 1) : undefined;
}

/** An address as it is written, with a version, or the commit that stands in its place, filled in. */
export function addressOf(url: string, { version, tag, commit }: Filling): string {
  const { underscores, dots } = spellingsOf(version);
  const known = { version, underscores, dots, tag, ...(commit === undefined ? {} : { commit }) };
  return Object.entries(known).reduce((filled, [hole, value]) => filled.replaceAll(`{${hole}}`, value), url);
}

type Filling = Pick<Release, "version" | "tag"> & { readonly commit?: string | undefined };

/** The name of the file behind an address. */
export function fileOf(url: string): string {
  return percentDecoded(url.slice(url.lastIndexOf("/") + 1));
}
