import { z } from "zod";
import { evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Asset, Release } from "../../../domain/release.ts";
import { parsePurl } from "../../../domain/upstream.ts";
import { Failure, isFailure } from "../../failure.ts";
import type { GitHub } from "../../github/client.ts";
import { failureOfStatus } from "../../http/status.ts";
import { parseJson } from "../../json.ts";
import { looseArray } from "../../loose-array.ts";
import { gitSignatureEvidence } from "../signatures/git-signature.ts";
import { verifyOpenPgp } from "../signatures/openpgp.ts";
import { isSignatureFile } from "../signatures/signature-files.ts";
import { keyOfGitSignature } from "../signatures/signature-key.ts";
import { type GitHubSubject, gitHubAttestationEvidence } from "../sigstore/github-attestation.ts";
import { absent, type EvidenceContext, unasked } from "./evidence-context.ts";
import { collectReleaseFiles } from "./release-files.ts";
import { unpackSnappy } from "./snappy.ts";

const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
const MOST_ATTESTATIONS = 10;
/** Files of one release are attested by one run as a rule: the first few tell. */
const MOST_ASSETS = 3;

type Repository = { readonly owner: string; readonly name: string };

/**
 * Collects what proves a release on GitHub: the signature of its tag, or of the commit it stands for, as GitHub reports
 * it; attestations of its first files and of the tag itself; signature and checksum files among its assets. At most ten
 * REST requests, and the downloads of small files.
 */
export async function collectGitHub(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const repository = repositoryOf(release.upstream);
  if (repository === undefined) return [];
  const files = collectReleaseFiles(release, context);
  const { github, now } = context;
  if (github === undefined) {
    const failure = new Failure("not-checked", "no GitHub token");
    return [
      unasked("git-signature", release.tag, failure, now),
      unasked("github-attestation", release.tag, failure, now),
      ...(await files),
    ];
  }
  const tag = await readTag(github, repository, release.tag);
  const [signature, attestations] = await Promise.all([
    tagEvidence(github, repository, { release, tag }, context),
    collectAttestations(github, repository, { release, tag }, context),
  ]);
  return [signature, ...attestations, ...(await files)];
}

function repositoryOf(purl: string): Repository | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "github" && parts?.type !== "githubactions") return undefined;
  const [owner, name] = [...parts.namespace.split("/"), parts.name];
  return owner === undefined || owner === "" || name === undefined ? undefined : { owner, name };
}

type Tag = { readonly type: "tag" | "commit"; readonly sha: string };
const REF = z.object({ object: z.object({ type: z.enum(["tag", "commit"]), sha: z.string() }) });

async function readTag(github: GitHub, repository: Repository, tag: string): Promise<Tag | Failure> {
  const answer = await github.rest(
    "GET",
    `${base(repository)}/git/ref/tags/${tag.split("/").map(encodeURIComponent).join("/")}`,
  );
  if (isFailure(answer)) return answer;
  const ref = REF.safeParse(answer.data).data;
  return ref?.object ?? new Failure("unreadable", `GitHub's answer about the tag ${tag} was not understood.`);
}

const VERIFICATION = z.object({
  reason: z.string(),
  signature: z.string().nullish(),
  payload: z.string().nullish(),
});
type Verification = z.infer<typeof VERIFICATION>;
const TAG_OBJECT = z.object({
  tag: z.string(),
  verification: VERIFICATION,
  object: z.object({ type: z.string(), sha: z.string() }),
});
const COMMIT = z.object({
  commit: z.object({ verification: VERIFICATION }),
  committer: z.object({ login: z.string() }).nullish(),
});

type About = { readonly release: Release; readonly tag: Tag | Failure };

/** The tag's own signature where it has one, else the commit's: only the first says that somebody released this. */
async function tagEvidence(
  github: GitHub,
  repository: Repository,
  { release, tag }: About,
  context: EvidenceContext,
): Promise<SignatureEvidence> {
  const unknown = (failure: Failure) => unasked("git-signature", release.tag, failure, context.now);
  if (isFailure(tag)) return unknown(tag);
  let about = release;
  let commit = tag.sha;
  if (tag.type === "tag") {
    const answer = await github.rest("GET", `${base(repository)}/git/tags/${tag.sha}`);
    if (isFailure(answer)) return unknown(answer);
    const object = TAG_OBJECT.safeParse(answer.data).data;
    if (object === undefined)
      return unknown(new Failure("unreadable", "GitHub's answer about a tag was not understood."));
    commit = object.object.sha;
    if (object.object.type === "commit") about = { ...release, commit }; // it may have moved since it was polled
    if (object.verification.reason !== "unsigned") {
      const kinship = kinshipOf(object.tag, release.tag);
      const signature = await signatureEvidence({ ...object.verification, byForge: false }, about, context);
      return kinship === "own" ? signature : namedOtherwise(signature, kinship, object.tag);
    }
  } else about = { ...release, commit };
  const answer = await github.rest("GET", `${base(repository)}/commits/${commit}`);
  if (isFailure(answer)) return unknown(answer);
  const read = COMMIT.safeParse(answer.data).data;
  if (read === undefined)
    return unknown(new Failure("unreadable", "GitHub's answer about a commit was not understood."));
  const byForge = read.committer?.login === "web-flow";
  return signatureEvidence({ ...read.commit.verification, byForge }, about, context);
}

/**
 * What the name that was signed is to the one that it lies under. Whoever may push can put the signed tag of an old version
 * under a new name (https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/torres-arias, "teleport
 * attacks"). `v1` may stand for `v1.2.3`, `1.2.3` for `tool-v1.2.3`, and `stable` for any: these are `own`. `relative`: of the
 * same version, but not the same, as where a release candidate was found good and got the name of the release.
 */
function kinshipOf(signed: string, tag: string): "own" | "relative" | "stranger" {
  const [inside, outside] = [signed, tag].map((name) => name.replace(/^v(?=\d)/i, "")) as [string, string];
  const endsWith = (long: string, short: string) =>
    /\d/.test(short) && long.endsWith(short) && !/[\d.]$/.test(long.slice(0, -short.length));
  const isOwn = inside === outside || endsWith(inside, outside) || endsWith(outside, inside);
  if (isOwn || !/\d/.test(outside) || inside.startsWith(`${outside}.`)) return "own";
  const [one, other] = [inside, outside].map(numbersOf) as [string, string];
  const beginsWith = (long: string, short: string) => long.startsWith(short) && !/^\d/.test(long.slice(short.length));
  return one !== "" && (beginsWith(one, other) || beginsWith(other, one)) ? "relative" : "stranger";
}

/** A tag from its first digit on, however its numbers are separated: `release_1_2_0-rc1` is `1.2.0.rc1`. */
function numbersOf(tag: string): string {
  return /\d.*$/s.exec(tag)?.[0].replace(/[-_+.~]+/g, ".") ?? "";
}

/** A signature of another version is none of this one; one of a relative is what it is, under another name. */
function namedOtherwise(
  { kind: _, level, reason, ...about }: SignatureEvidence,
  kinship: "relative" | "stranger",
  signed: string,
): SignatureEvidence {
  const detail = `what is signed calls itself ${signed}`;
  const { identity: __, signedAt: ___, ...tag } = about;
  if (kinship === "stranger") return evidenceFor("git-signature", "subject-mismatch", { ...tag, detail });
  const holds = level === "verified" || level === "present";
  return evidenceFor("git-signature", holds ? "other-name" : reason, holds ? { ...about, detail } : about);
}

/** With a pinned OpenPGP key the signature is verified here; else the forge's word is taken for what it is. */
async function signatureEvidence(
  { reason, signature, payload, byForge }: Verification & { readonly byForge: boolean },
  release: Release,
  { keysOf, now }: EvidenceContext,
): Promise<SignatureEvidence> {
  const about = { subject: release.tag, ...(release.commit !== undefined && { commit: release.commit }) };
  const { openpgp } = keysOf(release.upstream);
  if (openpgp.length > 0 && signature?.includes("BEGIN PGP SIGNATURE") && payload) {
    const own = await verifyOpenPgp(Buffer.from(payload), Buffer.from(signature), openpgp);
    if (own.reason === "verified" || own.reason === "signature-mismatch") {
      const { identity, signedAt } = own;
      return evidenceFor("git-signature", own.reason, {
        subject: release.tag,
        observedAt: now,
        ...(identity !== undefined && { identity }),
        ...(signedAt !== undefined && { signedAt }),
        ...(release.commit !== undefined && { subjectDigest: `sha1:${release.commit}` }),
      });
    }
  }
  const keyId = signature ? await keyOfGitSignature(signature) : undefined;
  return gitSignatureEvidence({ state: reason, byForge, ...(keyId !== undefined && { keyId }) }, about, now);
}

/** The attestations of the first files, and of the tag's object, which those of immutable releases are about. */
async function collectAttestations(
  github: GitHub,
  repository: Repository,
  { release, tag }: About,
  context: EvidenceContext,
): Promise<SignatureEvidence[]> {
  const assets = release.assets
    .filter(({ name, digest }) => digest?.startsWith("sha256:") === true && !isSignatureFile(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST_ASSETS);
  const subjects = assets.map(({ name, digest = "" }: Asset) => ({ subject: name, digest }));
  const tagged = isFailure(tag) ? [] : [{ subject: release.tag, digest: `sha1:${tag.sha}` }];
  const web = context.urls.github.web;
  const asked = [...subjects, ...tagged].map((one) =>
    collectOf(github, { ...repository, web, tag: release.tag, ...one }, context),
  );
  return (await Promise.all(asked)).flat();
}

const ANSWER = z.object({
  attestations: looseArray(z.object({ bundle: z.unknown().optional(), bundle_url: z.string().nullish() })),
});

async function collectOf(
  github: GitHub,
  subject: GitHubSubject,
  context: EvidenceContext,
): Promise<SignatureEvidence[]> {
  const kind = subject.digest.startsWith("sha1:") ? "github-release" : "github-attestation";
  const path = `${base(subject)}/attestations/${subject.digest}?per_page=${MOST_ATTESTATIONS}`;
  const answer = await github.rest("GET", path);
  if (isFailure(answer) && answer.code !== "not-found") return [unasked(kind, subject.subject, answer, context.now)];
  const read = isFailure(answer) ? { rows: [], dropped: 0 } : ANSWER.safeParse(answer.data).data?.attestations;
  if (read === undefined || read.dropped > 0) {
    const failure = new Failure("unreadable", "GitHub's answer about attestations was not understood.");
    return [unasked(kind, subject.subject, failure, context.now)];
  }
  const { rows } = read;
  if (rows.length === 0) return [absent(kind, subject.subject, subject.digest, context.now)];
  const proofs = rows.map(async ({ bundle, bundle_url }) => {
    const content = bundle ?? (bundle_url ? await readBundle(bundle_url, context) : undefined);
    if (isFailure(content)) return unasked(kind, subject.subject, content, context.now);
    return gitHubAttestationEvidence(content, subject, { roots: context.roots }, context.now);
  });
  return Promise.all(proofs);
}

/** The address is signed beforehand and another company's: it gets no credential. The body is packed with snappy, or plain. */
async function readBundle(url: string, { fetcher }: EvidenceContext): Promise<unknown | Failure> {
  const answer = await fetcher.fetch({ url, anonymous: true, maxBytes: MAX_BUNDLE_BYTES });
  if (isFailure(answer)) return answer;
  if (answer.status !== 200) return failureOfStatus(answer, "the bundle of an attestation");
  const packed = /snappy/.test(answer.headers["content-type"] ?? "") || new URL(url).pathname.endsWith(".sn");
  const plain = packed && answer.body[0] !== 0x7b ? unpackSnappy(answer.body, MAX_BUNDLE_BYTES) : answer.body;
  return isFailure(plain) ? plain : parseJson(plain);
}

function base({ owner, name }: Repository): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}
