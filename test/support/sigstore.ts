import { createHash, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from "@sigstore/mock";
import { z } from "zod";
import { isFailure } from "../../src/lib/failure.ts";
import { readTrustedRoot, type TrustRoot, type TrustRoots } from "../../src/lib/verify/sigstore/trust-roots.ts";

/** Who a test's certificate names; `claims` by Fulcio's number below 1.3.6.1.4.1.57264.1. */
export type TestIdentity = { readonly subject: string; readonly claims: Readonly<Record<number, string>> };

/** A GitHub workflow's identity: `workflowIdentity("acme/tool")` is its release workflow at tag v1.2.0. */
export function workflowIdentity(repository: string, workflow = "release.yml", ref = "refs/tags/v1.2.0"): TestIdentity {
  const url = `https://github.com/${repository}`;
  const build = `${url}/.github/workflows/${workflow}@${ref}`;
  const claims = {
    8: "https://token.actions.githubusercontent.com",
    11: "github-hosted",
    12: url,
    13: "c0ffee".padEnd(40, "0"),
    14: ref,
    18: build,
  };
  return { subject: build, claims };
}

/** What is signed, by whom, and what is wrong with it. */
type SignRequest = {
  /** A file's content, or a statement that becomes an attestation. */
  readonly artifact?: string;
  readonly statement?: unknown;
  readonly identity?: TestIdentity;
  /** Signed at this many minutes after the certificate was issued, by the log's clock; certificates hold ten. */
  readonly minutesLater?: number;
  /** Signs with this key instead of a certificate; the bundle names it by `hint`. */
  readonly key?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly hint?: string;
  /** False: no log entry. */
  readonly logged?: boolean;
  /** True: a timestamp of the authority beside the log entry. */
  readonly timestamped?: boolean;
};

/** A Sigstore of our own: a certificate authority with its log, a transparency log and a timestamp authority. */
export type TestSigstore = {
  readonly roots: TrustRoots;
  readonly root: TrustRoot;
  readonly trustedRoot: Record<string, unknown>;
  /** A bundle of version 0.3, as JSON. */
  readonly sign: (request: SignRequest) => Promise<TestBundle>;
};

export type TestBundle = {
  mediaType: string;
  verificationMaterial: {
    certificate: { rawBytes: string };
    publicKey?: { hint: string };
    tlogEntries: Record<string, unknown>[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
};

const IN_TOTO = "application/vnd.in-toto+json";
const MINUTE = 60_000;

/** Starts one, with fresh keys. `name`: as which instance its root counts. */
export async function aSigstore(name = "sigstore"): Promise<TestSigstore> {
  const keys = { ca: newKey(), ctLog: newKey(), log: newKey(), tsa: newKey() };
  const ctLog = await initializeCTLog(keys.ctLog);
  const ca = await initializeCA(keys.ca, ctLog);
  const tsa = await initializeTSA(keys.tsa);
  const trustedRoot = trustedRootOf({
    ca: [Buffer.from(ca.rootCertificate.buffer)],
    ctLog: keys.ctLog.publicKey.export({ format: "der", type: "spki" }),
    log: keys.log.publicKey.export({ format: "der", type: "spki" }),
    tsa: [Buffer.from(tsa.intCertificate.buffer), Buffer.from(tsa.rootCertificate.buffer)],
  });
  const root = readTrustedRoot(trustedRoot, name);
  if (isFailure(root)) throw root;
  const roots: TrustRoots = { roots: [root], npmKeys: [], origins: [{ name, source: "shipped" }] };

  async function sign(request: SignRequest): Promise<TestBundle> {
    const { identity = workflowIdentity("acme/tool"), minutesLater = 0, logged = true, timestamped = false } = request;
    const key = request.key ?? newKey();
    const certificate = await ca.issueCertificate({
      publicKey: Buffer.from(key.publicKey.export({ format: "der", type: "spki" })),
      subjectAltName: identity.subject,
      extensions: Object.entries(identity.claims).map(([number, value]) => ({
        oid: `1.3.6.1.4.1.57264.1.${number}`,
        value,
        legacy: Number(number) < 8,
      })),
    });
    const pem = toPem(Buffer.from(certificate.buffer));
    const content = contentOf(request);
    const signature = signWith("sha256", content.signed, key.privateKey);
    const log = await initializeTLog("https://rekor.test", keys.log, new Date(Date.now() + minutesLater * MINUTE));
    const entry = logged ? [toLogEntry(await log.log(content.entry(signature, pem)))] : [];
    // Whole seconds: a fraction that ends in zero is written in a form that is not read.
    const clock = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + minutesLater * MINUTE);
    const stamp = await (await initializeTSA(keys.tsa, clock)).timestamp({
      artifactHash: createHash("sha256").update(signature).digest(),
      hashAlgorithmOID: "2.16.840.1.101.3.4.2.1",
      nonce: 1,
      policyOID: "1.2.3.4",
    });
    const stamps = { rfc3161Timestamps: [{ signedTimestamp: Buffer.from(stamp.buffer).toString("base64") }] };
    const signer =
      request.hint === undefined
        ? { certificate: { rawBytes: Buffer.from(certificate.buffer).toString("base64") } }
        : { publicKey: { hint: request.hint } };
    return {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        ...(signer as { certificate: { rawBytes: string } }),
        tlogEntries: entry,
        ...(timestamped && { timestampVerificationData: stamps }),
      },
      ...content.body(signature),
    };
  }
  return { roots, root, trustedRoot, sign };
}

/** An in-toto statement about one file: `aStatement({ name, sha256 })`. */
export function aStatement(given: {
  readonly name?: string;
  readonly digest: Readonly<Record<string, string>>;
  readonly predicateType?: string;
  readonly predicate?: unknown;
}) {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: given.name ?? "tool.tar.gz", digest: given.digest }],
    predicateType: given.predicateType ?? "https://slsa.dev/provenance/v1",
    predicate: given.predicate ?? {},
  };
}

/** A provenance object of PyPI (PEP 740) that holds the bundles' parts. */
export function aProvenance(publisher: object, ...bundles: readonly TestBundle[]) {
  const attestations = bundles.map(({ verificationMaterial, dsseEnvelope }) => ({
    version: 1,
    verification_material: {
      certificate: verificationMaterial.certificate.rawBytes,
      transparency_entries: verificationMaterial.tlogEntries,
    },
    envelope: { statement: dsseEnvelope?.payload, signature: dsseEnvelope?.signatures[0]?.sig },
  }));
  return { version: 1, attestation_bundles: [{ publisher, attestations }] };
}

/** A bundle's parts as cosign annotated them before version 3. */
export function cosignAnnotations(bundle: TestBundle): Record<string, string> {
  const { certificate, tlogEntries } = bundle.verificationMaterial;
  const [entry] = z.array(LOGGED).parse(tlogEntries);
  const log = {
    SignedEntryTimestamp: entry?.inclusionPromise.signedEntryTimestamp,
    Payload: {
      body: entry?.canonicalizedBody,
      integratedTime: Number(entry?.integratedTime),
      logIndex: Number(entry?.logIndex),
      logID: Buffer.from(entry?.logId.keyId ?? "", "base64").toString("hex"),
    },
  };
  return {
    "dev.cosignproject.cosign/signature": bundle.messageSignature?.signature ?? "",
    "dev.sigstore.cosign/certificate": toPem(Buffer.from(certificate.rawBytes, "base64")),
    "dev.sigstore.cosign/bundle": JSON.stringify(log),
  };
}

const LOGGED = z.object({
  logIndex: z.string(),
  logId: z.object({ keyId: z.string() }),
  integratedTime: z.string(),
  inclusionPromise: z.object({ signedEntryTimestamp: z.string() }),
  canonicalizedBody: z.string(),
});

/** Hex of a text's or file's digest. */
export function hexOf(content: string | Uint8Array, algorithm = "sha256"): string {
  return createHash(algorithm).update(content).digest("hex");
}

type Content = {
  readonly signed: Uint8Array;
  readonly entry: (signature: Uint8Array, certificate: string) => object;
  readonly body: (signature: Uint8Array) => Pick<TestBundle, "dsseEnvelope" | "messageSignature">;
};

function contentOf({ artifact, statement }: SignRequest): Content {
  if (artifact !== undefined) return fileContent(artifact);
  const payload = Buffer.from(JSON.stringify(statement));
  const encoding = `DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `;
  return {
    signed: Buffer.concat([Buffer.from(encoding), payload]),
    entry: (signature, certificate) => ({
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: {
        envelopeHash: { algorithm: "sha256", value: hexOf("the log keeps the envelope's hash") },
        payloadHash: { algorithm: "sha256", value: hexOf(payload) },
        signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(certificate)) }],
      },
    }),
    body: (signature) => ({
      dsseEnvelope: {
        payload: base64(payload),
        payloadType: IN_TOTO,
        signatures: [{ sig: base64(signature), keyid: "" }],
      },
    }),
  };
}

function fileContent(artifact: string): Content {
  return {
    signed: Buffer.from(artifact),
    entry: (signature, certificate) => ({
      apiVersion: "0.0.1",
      kind: "hashedrekord",
      spec: {
        data: { hash: { algorithm: "sha256", value: hexOf(artifact) } },
        signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(certificate)) } },
      },
    }),
    body: (signature) => ({
      messageSignature: {
        messageDigest: { algorithm: "SHA2_256", digest: Buffer.from(hexOf(artifact), "hex").toString("base64") },
        signature: base64(signature),
      },
    }),
  };
}

/** Rekor's answer to a proposed entry, of version 1 of its API, as a bundle writes it. */
const LOG_ANSWER = z.record(
  z.string(),
  z.object({
    body: z.string(),
    integratedTime: z.number(),
    logID: z.string(),
    logIndex: z.number(),
    verification: z.object({
      signedEntryTimestamp: z.string(),
      inclusionProof: z.object({
        logIndex: z.number(),
        rootHash: z.string(),
        treeSize: z.number(),
        hashes: z.array(z.string()),
        checkpoint: z.string(),
      }),
    }),
  }),
);

function toLogEntry(answer: unknown): Record<string, unknown> {
  const [entry] = Object.values(LOG_ANSWER.parse(answer));
  if (entry === undefined) throw new Error("the log gave no entry");
  const { body, integratedTime, logID, logIndex, verification } = entry;
  const { inclusionProof: proof, signedEntryTimestamp } = verification;
  const { kind, apiVersion } = JSON.parse(Buffer.from(body, "base64").toString());
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, "hex").toString("base64") },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: Buffer.from(proof.rootHash, "hex").toString("base64"),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes.map((hash) => Buffer.from(hash, "hex").toString("base64")),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: body,
  };
}

function trustedRootOf(given: { ca: Buffer[]; ctLog: Uint8Array; log: Uint8Array; tsa: Buffer[] }) {
  const validFor = { start: "2020-01-01T00:00:00Z" };
  const chain = (certificates: Buffer[]) => ({
    certificates: certificates.map((certificate) => ({ rawBytes: base64(certificate) })),
  });
  const log = (der: Uint8Array) => ({
    baseUrl: "https://rekor.test",
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(der), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: createHash("sha256").update(der).digest("base64") },
  });
  const subject = { organization: "sigstore.mock", commonName: "sigstore" };
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [log(given.log)],
    ctlogs: [log(given.ctLog)],
    certificateAuthorities: [{ subject, uri: "https://fulcio.test", certChain: chain(given.ca), validFor }],
    timestampAuthorities: [{ subject, uri: "https://tsa.test", certChain: chain(given.tsa), validFor }],
  };
}

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function toPem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${base64(der)
    .match(/.{1,64}/g)
    ?.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
