import { type EvidenceKind, evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Asset, Release } from "../../../domain/release.ts";
import { parsePurl } from "../../../domain/upstream.ts";
import { Failure, isFailure } from "../../failure.ts";
import { failureOfStatus } from "../../http/status.ts";
import { parseJson } from "../../json.ts";
import type { Rejected, Verified } from "../outcome.ts";
import { readChecksums } from "../signatures/checksums.ts";
import { verifyMinisign } from "../signatures/minisign.ts";
import { verifyClearsigned, verifyOpenPgp } from "../signatures/openpgp.ts";
import {
  clearsignedChecksums,
  isChecksumFile,
  isSignatureFile,
  type SignaturePair,
  signaturePairs,
} from "../signatures/signature-files.ts";
import { type SigningKey, verifyWithKeys } from "../signatures/signing-key.ts";
import { verifyBundle } from "../sigstore/bundle.ts";
import { blobBundle } from "../sigstore/cosign.ts";
import type { TrustRoots } from "../sigstore/trust-roots.ts";
import { absent, type EvidenceContext, unasked } from "./evidence-context.ts";

/** What is downloaded to verify: lists of checksums and small programs; a large file is proven by its list. */
const MAX_SIGNED_BYTES = 8 * 1024 * 1024;
const MAX_SIGNATURE_BYTES = 1024 * 1024;
const MOST_PAIRS = 4;
const MOST_LISTED = 20;

/** cosign's bare signatures share the ending `.sig`: base64 of a DER sequence, which no OpenPGP packet is. */
const BARE = /^M[A-Za-z0-9+/]{40,200}={0,2}$/;

const KINDS = { openpgp: "openpgp", minisign: "minisign", sigstore: "cosign" } as const;

/**
 * Verifies the signature files among a release's assets: OpenPGP, minisign and Sigstore bundles. A signed list of
 * checksums proves the files it names. Releases without such files give nothing.
 */
export async function collectReleaseFiles(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const pairs = signaturePairs(release.assets).slice(0, MOST_PAIRS);
  const clearsigned = clearsignedChecksums(release.assets).slice(0, 1);
  const proofs = await Promise.all([
    ...pairs.map((pair) => judgePair(pair, release, context)),
    ...clearsigned.map((asset) => judgeClearsigned(asset, release, context)),
  ]);
  return proofs.flat();
}

async function judgePair(
  pair: SignaturePair,
  release: Release,
  context: EvidenceContext,
): Promise<SignatureEvidence[]> {
  const kind = KINDS[pair.form];
  const { signed } = pair;
  const about = aboutOf(signed, context);
  if ((signed.size ?? 0) > MAX_SIGNED_BYTES) return [await judgeLarge(pair, release, context)];
  const [content, signature] = await Promise.all([
    download(signed, MAX_SIGNED_BYTES, context),
    download(pair.signature, MAX_SIGNATURE_BYTES, context),
  ]);
  const failure = [content, signature].find(isFailure);
  if (failure !== undefined || isFailure(content) || isFailure(signature)) {
    return [unasked(kind, signed.name, failure ?? new Failure("unreadable", "not downloaded"), context.now)];
  }
  if (new TextDecoder().decode(signature).includes("-----BEGIN PGP SIGNED MESSAGE-----")) {
    return judgeDocument(pair.signature, signature, release, context);
  }
  const outcome = await verify(pair, { content, signature }, release, context);
  const proof = toEvidence(kind, expected(outcome, release, context), about);
  const listed = outcome.reason === "verified" && isChecksumFile(signed.name) ? new TextDecoder().decode(content) : "";
  return [proof, ...listedFiles({ kind, name: signed.name, text: listed, outcome }, release, context)];
}

/** A large file is not fetched: a Sigstore bundle is verified against the digest that the host computed of it. */
async function judgeLarge({ form, signed, signature }: SignaturePair, release: Release, context: EvidenceContext) {
  const [kind, about] = [KINDS[form], aboutOf(signed, context)];
  if (form !== "sigstore" || !signed.digest?.startsWith("sha256:"))
    return evidenceFor(kind, "unsupported", { ...about, detail: "the signed file is larger than is downloaded" });
  const file = await download(signature, MAX_SIGNATURE_BYTES, context);
  if (isFailure(file)) return unasked(kind, signed.name, file, context.now);
  const outcome = verifyBundle(parseJson(file), { roots: context.roots, digest: signed.digest });
  return toEvidence(kind, expected(outcome, release, context), about);
}

async function judgeClearsigned(
  asset: Asset,
  release: Release,
  context: EvidenceContext,
): Promise<SignatureEvidence[]> {
  const document = await download(asset, MAX_SIGNED_BYTES, context);
  if (isFailure(document)) return [unasked("openpgp", asset.name, document, context.now)];
  return judgeDocument(asset, document, release, context);
}

async function judgeDocument(
  asset: Asset,
  document: Uint8Array,
  release: Release,
  context: EvidenceContext,
): Promise<SignatureEvidence[]> {
  const keys = context.keysOf(release.upstream).openpgp;
  const outcome = await verifyClearsigned(new TextDecoder().decode(document), keys);
  const listed = outcome.reason === "verified" ? outcome.text : "";
  const proof = toEvidence("openpgp", outcome, aboutOf(asset, context));
  return [proof, ...listedFiles({ kind: "openpgp", name: asset.name, text: listed, outcome }, release, context)];
}

async function verify(
  { form, signed }: SignaturePair,
  { content, signature }: { readonly content: Uint8Array; readonly signature: Uint8Array },
  { upstream }: Release,
  { keysOf, roots }: EvidenceContext,
): Promise<Verified | Rejected> {
  const keys = keysOf(upstream);
  if (form === "minisign")
    return verifyMinisign(content, new TextDecoder().decode(signature), keys.minisign, signed.name);
  if (form === "sigstore") return verifyBundleFile(content, parseJson(signature), roots, keys.signing);
  const text = new TextDecoder("latin1").decode(signature).trim();
  if (BARE.test(text)) return verifyWithKeys(content, Buffer.from(text, "base64"), keys.signing);
  if (!isOpenPgp(signature)) return { reason: "unsupported", detail: "no OpenPGP signature" };
  return verifyOpenPgp(content, signature, keys.openpgp);
}

/** A Sigstore bundle, or the file that cosign wrote before; other things have the same endings. */
function verifyBundleFile(content: Uint8Array, json: unknown, roots: TrustRoots, keys: readonly SigningKey[]) {
  const older = blobBundle(json, content);
  if (older !== undefined && older.bundle === undefined) return verifyWithKeys(content, older.signature, keys);
  const bundle = older?.bundle ?? json;
  const isBundle = typeof bundle === "object" && bundle !== null && "mediaType" in bundle;
  if (!isBundle) return { reason: "unsupported", detail: "no Sigstore bundle" } as const;
  return verifyBundle(bundle, { roots, artifact: content });
}

/** Armored, or beginning with a signature packet (RFC 9580, section 4.2): `.sig` and `.sign` are other programs' endings, too. */
function isOpenPgp(signature: Uint8Array): boolean {
  if (new TextDecoder("latin1").decode(signature).includes("-----BEGIN PGP SIGNATURE-----")) return true;
  const [first = 0] = signature;
  const type = (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f;
  return (first & 0x80) !== 0 && type === 2;
}

/** A workflow of another repository signs validly, too; whether it may is for people to say. */
function expected(outcome: Verified | Rejected, { upstream }: Release, { urls }: EvidenceContext): Verified | Rejected {
  const parts = parsePurl(upstream);
  const { repository } = outcome.identity ?? {};
  if (outcome.reason !== "verified" || repository === undefined || parts === undefined) return outcome;
  const own = `${urls.github.web}/${parts.namespace.split("/")[0]}/${parts.namespace.split("/")[1] ?? parts.name}`;
  if (repository.toLowerCase() === own.toLowerCase()) return outcome;
  return { ...outcome, reason: "unexpected-identity", detail: `signed by a workflow of ${repository}` };
}

/** A list of files and their digests, and what its signature was worth. `text` is empty where it was worth nothing. */
type SignedList = {
  readonly kind: EvidenceKind;
  readonly name: string;
  readonly text: string;
  readonly outcome: Verified | Rejected;
};

/**
 * The files that a signed list names, each with what the list says of its digest. Of a file whose digest in that
 * algorithm nobody else states, the list's word is the proof. A list that names none of them is another release's: it
 * holds, and the files here are unsigned.
 */
function listedFiles(list: SignedList, { assets }: Release, context: EvidenceContext): SignatureEvidence[] {
  const { kind, outcome } = list;
  if (list.text === "") return [];
  const digestOf = readChecksums(list.text);
  const others = subjectsOf(list.name, assets);
  if (others.length > 1 && digestOf("") !== undefined) return []; // a bare digest, and nothing says of which of them
  const named = others.flatMap((asset) => {
    const stated = digestOf(asset.name);
    return stated === undefined ? [] : [{ asset, stated }];
  });
  const [first] = others;
  if (named.length === 0 && first !== undefined) return [absent(kind, first.name, first.digest, context.now)];
  return named.slice(0, MOST_LISTED).map(({ asset, stated }) => {
    const about = { ...aboutOf(asset, context), listedIn: list.name };
    const comparable = stated.split(":")[0] === asset.digest?.split(":")[0];
    if (!comparable || stated === asset.digest) return toEvidence(kind, outcome, { ...about, subjectDigest: stated });
    return evidenceFor(kind, "subject-mismatch", { ...about, detail: `the signed list states ${stated}` });
  });
}

/** What stands behind a file's name in that of its own list of checksums. */
const OWN_LIST = /^\.(?:sha(?:256|384|512)(?:sums?)?|checksums?)(?:\.\w+)?$/i;

/** What a list can be about: `tool.tar.gz.sha256` is about one file, which it need not name. */
function subjectsOf(list: string, assets: readonly Asset[]): readonly Asset[] {
  const others = assets.filter(({ name }) => !isSignatureFile(name) && name !== list);
  const own = others.find(({ name }) => list.startsWith(name) && OWN_LIST.test(list.slice(name.length)));
  return own === undefined ? others : [own];
}

function aboutOf({ name, digest }: Asset, { now }: EvidenceContext) {
  return { subject: name, observedAt: now, ...(digest !== undefined && { subjectDigest: digest }) };
}

function toEvidence(
  kind: EvidenceKind,
  outcome: Verified | Rejected,
  about: Pick<SignatureEvidence, "subject" | "observedAt" | "subjectDigest" | "listedIn">,
): SignatureEvidence {
  const { identity, signedAt } = outcome;
  return evidenceFor(kind, outcome.reason, {
    ...about,
    ...(identity !== undefined && { identity }),
    ...(signedAt !== undefined && { signedAt }),
    ...(outcome.reason !== "verified" && { detail: outcome.detail }),
  });
}

async function download(asset: Asset, maxBytes: number, { fetcher }: EvidenceContext): Promise<Uint8Array | Failure> {
  if (asset.url === undefined) return new Failure("not-checked", `${asset.name} has no address`);
  const answer = await fetcher.fetch({ url: asset.url, maxBytes });
  if (isFailure(answer)) return answer;
  return answer.status === 200 ? answer.body : failureOfStatus(answer, asset.name);
}
