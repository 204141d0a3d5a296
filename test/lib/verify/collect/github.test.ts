import { createHash, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createMessage, generateKey, type PrivateKey, sign } from "openpgp";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Asset } from "../../../../src/domain/release.ts";
import { isFailure } from "../../../../src/lib/failure.ts";
import type { Fetcher } from "../../../../src/lib/fetcher.ts";
import { createGitHub, type GitHub } from "../../../../src/lib/github/client.ts";
import { collectEvidence } from "../../../../src/lib/verify/collect-evidence.ts";
import { NO_KEYS, type PinnedKeys, readPinnedKeys } from "../../../../src/lib/verify/signatures/pinned-keys.ts";
import { aRelease, NOW } from "../../../support/build.ts";
import { anEvidenceContext } from "../../../support/evidence.ts";
import { aFetcher } from "../../../support/fetcher.ts";
import {
  aSigstore,
  aStatement,
  cosignAnnotations,
  hexOf,
  type TestSigstore,
  workflowIdentity,
} from "../../../support/sigstore.ts";
import { anyUrls } from "../../../support/urls.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "../../../upstreams/stand-in.ts";

const FILE = "a program";
const SUMS = `${hexOf(FILE)}  tool.tar.gz\n`;
const TAG = "a".repeat(40);
const COMMIT = "c".repeat(40);
const TAG_PAYLOAD = `object ${COMMIT}\ntype commit\ntag v1.2.0\n`;
const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null };

let sigstore: TestSigstore;
let key: PrivateKey;
let pinned: PinnedKeys;
let server: StandIn;
let fetcher: Fetcher;
let github: GitHub;
let routes: Record<string, Answer | ((request: Received) => Answer)>;

beforeAll(async () => {
  sigstore = await aSigstore();
  ({ privateKey: key } = await generateKey({ userIDs: { name: "Release" }, format: "object" }));
  const read = readPinnedKeys([key.toPublic().armor(), minisignKey.line]);
  pinned = isFailure(read) ? NO_KEYS : read;
});

beforeEach(async () => {
  routes = {
    "/repos/acme/tool/git/ref/tags/v1.2.0": { body: { object: { type: "tag", sha: TAG } } },
    [`/repos/acme/tool/git/tags/${TAG}`]: {
      body: { tag: "v1.2.0", verification: unsigned, object: { type: "commit", sha: COMMIT } },
    },
    [`/repos/acme/tool/commits/${COMMIT}`]: { body: { commit: { verification: unsigned }, committer: null } },
  };
  server = await startStandIn((request) => {
    const route = routes[request.path];
    return (typeof route === "function" ? route(request) : route) ?? { status: 404, body: { message: "Not Found" } };
  });
  fetcher = aFetcher([server], { retries: 0 });
  const urls = { api: server.url, graphql: `${server.url}/graphql`, web: "https://github.com" };
  github = createGitHub({ fetcher, urls, credential: { kind: "token", token: "t0ken" }, clock: () => NOW });
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

function collect(assets: readonly Asset[] = [], given: { keys?: PinnedKeys; token?: false; tag?: string } = {}) {
  const release = aRelease({
    upstream: "pkg:github/acme/tool",
    version: "1.2.0",
    tag: given.tag ?? "v1.2.0",
    commit: COMMIT,
    assets,
  });
  return collectEvidence(
    release,
    anEvidenceContext({
      fetcher,
      urls: anyUrls(),
      github: given.token === false ? undefined : github,
      roots: sigstore.roots,
      keysOf: () => given.keys ?? NO_KEYS,
    }),
  );
}

/** Publishes a file of the release. */
function anAsset(name: string, content: string | Uint8Array): Asset {
  routes[`/download/${name}`] = { body: content };
  const size = content.length;
  return { name, url: `${server.url}/download/${name}`, size, digest: `sha256:${hexOf(content)}` };
}

const ofKind = async (kind: string, proofs: ReturnType<typeof collect>) =>
  (await proofs).filter((one) => one.kind === kind);

describe("the signature of a release's tag", () => {
  const verification = (reason: string, signature: string | null = null) => ({
    verified: reason === "valid",
    reason,
    signature,
    payload: TAG_PAYLOAD,
  });
  const tagAnswer = (reason: string, signature?: string) => ({
    body: { tag: "v1.2.0", verification: verification(reason, signature), object: { type: "commit", sha: COMMIT } },
  });

  it("is what GitHub says of the tag, with the key that the signature names", async () => {
    const signature = await sign({
      message: await createMessage({ binary: Buffer.from(TAG_PAYLOAD) }),
      signingKeys: key,
      detached: true,
    });
    routes[`/repos/acme/tool/git/tags/${TAG}`] = tagAnswer("valid", signature);
    const identity = { keyId: key.getFingerprint().toUpperCase() };
    expect(await ofKind("git-signature", collect())).toMatchObject([
      { level: "verified", subject: "v1.2.0", identity },
    ]);
    // GitHub does not know the key, we do
    routes[`/repos/acme/tool/git/tags/${TAG}`] = tagAnswer("unknown_key", signature);
    expect(await ofKind("git-signature", collect())).toMatchObject([{ reason: "unverified-signer", identity }]);
    expect(await ofKind("git-signature", collect([], { keys: pinned }))).toMatchObject([
      { level: "verified", identity },
    ]);
  });

  it("is the commit's where the tag has none; by the forge it is weak", async () => {
    expect(await ofKind("git-signature", collect())).toMatchObject([
      { level: "none", subjectDigest: `sha1:${COMMIT}` },
    ]);
    const commit = `/repos/acme/tool/commits/${COMMIT}`;
    routes[commit] = { body: { commit: { verification: verification("valid") }, committer: { login: "web-flow" } } };
    expect(await ofKind("git-signature", collect())).toMatchObject([{ level: "present", reason: "signed-by-forge" }]);
    routes[commit] = { body: { commit: { verification: verification("invalid") }, committer: { login: "octo" } } };
    expect(await ofKind("git-signature", collect())).toMatchObject([
      { level: "invalid", reason: "signature-mismatch" },
    ]);
  });

  it("is the commit's for a tag without an object of its own", async () => {
    routes["/repos/acme/tool/git/ref/tags/v1.2.0"] = { body: { object: { type: "commit", sha: COMMIT } } };
    expect(await ofKind("git-signature", collect())).toMatchObject([{ level: "none" }]);
  });

  it("is of the commit that it signs, though the tag was polled at another", async () => {
    const moved = "d".repeat(40);
    routes[`/repos/acme/tool/git/tags/${TAG}`] = {
      body: { tag: "v1.2.0", verification: verification("valid"), object: { type: "commit", sha: moved } },
    };
    expect(await ofKind("git-signature", collect())).toMatchObject([{ subjectDigest: `sha1:${moved}` }]);
  });

  it.each([
    ["v1.2.0", "verified"],
    ["1.2.0", "verified"],
    ["tool-v1.2.0", "verified"],
    ["v1.2.0.1", "verified"],
    ["v1.2.0-rc1", "other-name"],
    ["1.2.0rc1", "other-name"],
    ["v1.2", "other-name"],
    ["release_1_2_0", "other-name"],
    ["v1.1.0", "subject-mismatch"],
    ["v1.1.0-rc1", "subject-mismatch"],
    ["v1.2.01", "subject-mismatch"],
    ["v11.2.0", "subject-mismatch"],
    ["other", "subject-mismatch"],
  ])("that calls itself %s inside is %s as v1.2.0", async (inside, reason) => {
    routes[`/repos/acme/tool/git/tags/${TAG}`] = {
      body: { tag: inside, verification: verification("valid"), object: { type: "commit", sha: COMMIT } },
    };
    expect((await ofKind("git-signature", collect())).map((proof) => proof.reason)).toEqual([reason]);
  });

  it("is no more worth under another name of the version than it was", async () => {
    routes[`/repos/acme/tool/git/tags/${TAG}`] = {
      body: { tag: "v1.2.0-rc1", verification: verification("invalid"), object: { type: "commit", sha: COMMIT } },
    };
    expect(await ofKind("git-signature", collect())).toMatchObject([{ reason: "signature-mismatch" }]);
  });

  it("stands for whatever a word is at that is no version", async () => {
    routes["/repos/acme/tool/git/ref/tags/stable"] = { body: { object: { type: "tag", sha: TAG } } };
    routes[`/repos/acme/tool/git/tags/${TAG}`] = tagAnswer("valid");
    expect(await ofKind("git-signature", collect([], { tag: "stable" }))).toMatchObject([{ level: "verified" }]);
  });

  it("is unknown without a token, and when GitHub does not answer", async () => {
    expect(await ofKind("git-signature", collect([], { token: false }))).toMatchObject([{ level: "unknown" }]);
    server.fail(() => true, { status: 502 });
    expect(await ofKind("git-signature", collect())).toMatchObject([{ level: "unknown" }]);
  });
});

describe("the attestations of a release", () => {
  const path = `/repos/acme/tool/attestations/sha256:${hexOf(FILE)}`;
  const statement = aStatement({ digest: { sha256: hexOf(FILE) } });

  it("are read packed from where they lie, without our credential", async () => {
    const bundle = JSON.stringify(await sigstore.sign({ statement }));
    routes[path] = { body: { attestations: [{ bundle: null, bundle_url: `${server.url}/blob/1.json.sn?sig=x` }] } };
    routes["/blob/1.json.sn"] = { headers: { "content-type": "application/x-snappy" }, body: packSnappy(bundle) };
    const proofs = await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]));
    expect(proofs).toMatchObject([
      { level: "verified", subject: "tool.tar.gz", identity: { ref: "refs/tags/v1.2.0" } },
    ]);
    const asked = server.requests.find((request) => request.path.startsWith("/blob/"));
    expect(asked?.headers.authorization).toBeUndefined();
  });

  it("may come plain, or within the answer", async () => {
    const bundle = await sigstore.sign({ statement });
    routes[path] = { body: { attestations: [{ bundle }] } };
    expect(await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]))).toMatchObject([
      { level: "verified" },
    ]);
    routes[path] = { body: { attestations: [{ bundle_url: `${server.url}/blob/1.json.sn` }] } };
    routes["/blob/1.json.sn"] = { body: bundle };
    expect(await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]))).toMatchObject([
      { level: "verified" },
    ]);
  });

  it("are none where GitHub knows none, and unknown where it does not say", async () => {
    expect(await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]))).toMatchObject([
      { level: "none" },
    ]);
    routes[path] = { status: 403, body: { message: "Resource not accessible" } };
    expect(await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]))).toMatchObject([
      { level: "unknown" },
    ]);
  });

  it("of an immutable release are asked for by the tag's object", async () => {
    const predicate = { repository: "acme/tool", tag: "v1.2.0" };
    const release = aStatement({
      digest: { sha1: TAG },
      predicateType: "https://in-toto.io/attestation/release/v0.1",
      predicate,
    });
    const claims = { 8: "https://token.actions.githubusercontent.com" };
    const identity = { subject: "https://dotcom.releases.github.com", claims };
    routes[`/repos/acme/tool/attestations/sha1:${TAG}`] = {
      body: { attestations: [{ bundle: await sigstore.sign({ statement: release, identity }) }] },
    };
    expect(await ofKind("github-release", collect())).toMatchObject([{ level: "verified", subject: "v1.2.0" }]);
  });

  it.each([
    [
      "a broken block",
      { headers: { "content-type": "application/x-snappy" }, body: Uint8Array.from([9, 1]) },
      "unknown",
    ],
    ["no bundle", { body: "{}" }, "invalid"],
    ["nothing", { status: 404 }, "unknown"],
  ])("with %s are told so", async (_case, answer, level) => {
    routes[path] = { body: { attestations: [{ bundle_url: `${server.url}/blob/1.json.sn` }] } };
    routes["/blob/1.json.sn"] = answer;
    expect(await ofKind("github-attestation", collect([anAsset("tool.tar.gz", FILE)]))).toMatchObject([{ level }]);
  });
});

describe("the signature files of a release", () => {
  const openpgp = async (content: string) =>
    sign({ message: await createMessage({ binary: Buffer.from(content) }), signingKeys: key, detached: true });
  const files = (sums = SUMS) => [anAsset("tool.tar.gz", FILE), anAsset("SHA256SUMS", sums)];

  it("prove with a bare digest the one file that it lies beside", async () => {
    const digest = `${hexOf(FILE)}\n`;
    const assets = [
      anAsset("tool.zip", "another program"),
      anAsset("tool.tar.gz", FILE),
      anAsset("tool.tar.gz.sha256", digest),
      anAsset("tool.tar.gz.sha256.asc", await openpgp(digest)),
    ];
    const proofs = await ofKind("openpgp", collect(assets, { keys: pinned }));
    expect(proofs.map(({ level, subject }) => [level, subject])).toEqual([
      ["verified", "tool.tar.gz.sha256"],
      ["verified", "tool.tar.gz"],
    ]);
  });

  it("prove what a signed list names, however many files it does not name stand before", async () => {
    const others = Array.from({ length: 25 }, (_, index) => anAsset(`a${index}.deb`, `package ${index}`));
    const assets = [...others, ...files(), anAsset("SHA256SUMS.asc", await openpgp(SUMS))];
    const proofs = await ofKind("openpgp", collect(assets, { keys: pinned }));
    expect(proofs.map(({ level, subject }) => [level, subject])).toEqual([
      ["verified", "SHA256SUMS"],
      ["verified", "tool.tar.gz"],
    ]);
  });

  it("prove the files that a signed list of checksums names", async () => {
    const assets = [...files(), anAsset("SHA256SUMS.asc", await openpgp(SUMS))];
    expect(await ofKind("openpgp", collect(assets, { keys: pinned }))).toMatchObject([
      { level: "verified", subject: "SHA256SUMS", identity: { keyId: key.getFingerprint().toUpperCase() } },
      { level: "verified", subject: "tool.tar.gz", subjectDigest: `sha256:${hexOf(FILE)}` },
    ]);
  });

  it("state the digest of a file that nobody else states, and in which list", async () => {
    const sums = `${"e".repeat(128)}  tool.tar.gz\n`;
    const list = (text: string) => anAsset("SHA256SUMS", text);
    const { digest: _, ...unknown } = anAsset("tool.tar.gz", FILE);
    const bare = [unknown, list(SUMS), anAsset("SHA256SUMS.asc", await openpgp(SUMS))];
    expect((await ofKind("openpgp", collect(bare, { keys: pinned })))[1]).toMatchObject({
      ...{ level: "verified", subject: "tool.tar.gz", subjectDigest: `sha256:${hexOf(FILE)}`, listedIn: "SHA256SUMS" },
    });
    const other = [...files().slice(0, 1), list(sums), anAsset("SHA256SUMS.asc", await openpgp(sums))];
    expect((await ofKind("openpgp", collect(other, { keys: pinned })))[1]).toMatchObject({
      ...{ level: "verified", subjectDigest: `sha512:${"e".repeat(128)}`, listedIn: "SHA256SUMS" },
    });
    expect((await ofKind("openpgp", collect(bare)))[1]).toBeUndefined();
  });

  it("tell when the signed list names another digest than the file has", async () => {
    const sums = `${hexOf("another program")}  tool.tar.gz\n`;
    const assets = [...files(sums), anAsset("SHA256SUMS.asc", await openpgp(sums))];
    const proofs = await ofKind("openpgp", collect(assets, { keys: pinned }));
    expect(proofs.find(({ subject }) => subject === "tool.tar.gz")).toMatchObject({ reason: "subject-mismatch" });
  });

  it("of another release prove nothing of these files, though they hold", async () => {
    const sums = `${hexOf("an older program")}  tool-1.1.0.tar.gz\n`;
    const assets = [...files(sums), anAsset("SHA256SUMS.asc", await openpgp(sums))];
    expect(await ofKind("openpgp", collect(assets, { keys: pinned }))).toMatchObject([
      { level: "verified", subject: "SHA256SUMS" },
      { level: "none", subject: "tool.tar.gz" },
    ]);
  });

  it("tell when they are of another content, or nobody's key is known", async () => {
    const assets = [...files(), anAsset("SHA256SUMS.asc", await openpgp("another list"))];
    expect(await ofKind("openpgp", collect(assets, { keys: pinned }))).toMatchObject([
      { reason: "signature-mismatch" },
    ]);
    expect(await ofKind("openpgp", collect(assets))).toMatchObject([{ level: "present", reason: "no-key" }]);
  });

  it("may be minisign's", async () => {
    const assets = [anAsset("tool.tar.gz", FILE), anAsset("tool.tar.gz.minisig", minisignKey.sign(FILE))];
    expect(await ofKind("minisign", collect(assets, { keys: pinned }))).toMatchObject([
      { level: "verified", subject: "tool.tar.gz", identity: { keyId: "07".repeat(8) } },
    ]);
  });

  it("may be Sigstore bundles, by a workflow of this repository or another", async () => {
    const own = anAsset("SHA256SUMS.sigstore.json", JSON.stringify(await sigstore.sign({ artifact: SUMS })));
    expect(await ofKind("cosign", collect([...files(), own]))).toMatchObject([
      { level: "verified", subject: "SHA256SUMS" },
      { level: "verified", subject: "tool.tar.gz" },
    ]);
    const identity = workflowIdentity("other/tool");
    const foreign = JSON.stringify(await sigstore.sign({ artifact: SUMS, identity }));
    const assets = [...files(), anAsset("SHA256SUMS.sigstore.json", foreign)];
    expect((await ofKind("cosign", collect(assets)))[0]).toMatchObject({
      level: "present",
      reason: "unexpected-identity",
    });
  });

  it("may be what cosign wrote before it wrote bundles, by certificate or by key", async () => {
    const bundle = await sigstore.sign({ artifact: SUMS });
    const annotations = cosignAnnotations(bundle);
    const older = {
      base64Signature: bundle.messageSignature?.signature,
      cert: Buffer.from(annotations["dev.sigstore.cosign/certificate"] ?? "").toString("base64"),
      rekorBundle: JSON.parse(annotations["dev.sigstore.cosign/bundle"] ?? ""),
    };
    const assets = [...files(), anAsset("SHA256SUMS.bundle", JSON.stringify(older))];
    expect((await ofKind("cosign", collect(assets)))[0]).toMatchObject({ level: "verified", subject: "SHA256SUMS" });
    const keyed = [...files(), anAsset("SHA256SUMS.bundle", JSON.stringify({ base64Signature: "AAAA" }))];
    expect((await ofKind("cosign", collect(keyed)))[0]).toMatchObject({ level: "present", reason: "no-key" });
  });

  it.each([
    ["SHA256SUMS.sig", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----", "openpgp"],
    ["SHA256SUMS.sign", Uint8Array.from({ length: 64 }, (_, index) => index), "openpgp"],
    ["SHA256SUMS.bundle", "# v2 git bundle", "cosign"],
  ])("%s may be another program's: it is there, and not judged", async (name, content, kind) => {
    expect((await ofKind(kind, collect([...files(), anAsset(name, content)])))[0]).toMatchObject({
      level: "present",
      reason: "unsupported",
    });
  });

  it("of large files are verified by the digest that the host computed, where they are bundles", async () => {
    const bundle = anAsset("SHA256SUMS.sigstore.json", JSON.stringify(await sigstore.sign({ artifact: SUMS })));
    const large = (digest: string) => [{ ...anAsset("SHA256SUMS", SUMS), size: 100 * 1024 * 1024, digest }, bundle];
    const proofOf = async (digest: string) => (await ofKind("cosign", collect(large(digest))))[0];
    expect(await proofOf(`sha256:${hexOf(SUMS)}`)).toMatchObject({ level: "verified", subject: "SHA256SUMS" });
    expect(await proofOf(`sha256:${hexOf("another")}`)).toMatchObject({ level: "invalid", reason: "subject-mismatch" });
  });

  it("of large files are not judged, and what cannot be downloaded is unknown", async () => {
    const signature = anAsset("tool.tar.gz.asc", await openpgp(FILE));
    const large = { ...anAsset("tool.tar.gz", FILE), size: 100 * 1024 * 1024 };
    expect(await ofKind("openpgp", collect([large, signature]))).toMatchObject([{ reason: "unsupported" }]);
    server.fail((request) => request.path.endsWith(".asc"), { status: 500 });
    expect(await ofKind("openpgp", collect([anAsset("tool.tar.gz", FILE), signature]))).toMatchObject([
      { level: "unknown" },
    ]);
  });
});

const minisignKey = (() => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const id = Buffer.alloc(8, 7);
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const line = Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64");
  const signFile = (content: string) => {
    const signature = signBytes(null, createHash("blake2b512").update(content).digest(), privateKey);
    const global = signBytes(null, Buffer.concat([signature, Buffer.from("file")]), privateKey).toString("base64");
    const encoded = Buffer.concat([Buffer.from("ED"), id, signature]).toString("base64");
    return `untrusted comment: x\n${encoded}\ntrusted comment: file\n${global}\n`;
  };
  return { line, sign: signFile };
})();

/** Snappy with literals alone, as its format allows. */
function packSnappy(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left >= 128 ? 128 : 0));
    if (left < 128) break;
  }
  const size = Buffer.alloc(2);
  size.writeUInt16LE(bytes.length - 1);
  return Buffer.concat([Uint8Array.from([...length, 61 << 2]), size, bytes]);
}
