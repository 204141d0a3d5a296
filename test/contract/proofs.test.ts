import { createHash, generateKeyPairSync, sign as signWith } from "node:crypto";
import { createMessage, generateKey, sign as signOpenPgp } from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import type { SignatureEvidence } from "../../src/domain/evidence.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Rejected, Verified } from "../../src/lib/verify/outcome.ts";
import { type MinisignKey, readMinisignKey, verifyMinisign } from "../../src/lib/verify/signatures/minisign.ts";
import { verifyOpenPgp } from "../../src/lib/verify/signatures/openpgp.ts";
import {
  imageAttestationEvidence,
  imageBundleEvidence,
  simpleSigningEvidence,
} from "../../src/lib/verify/sigstore/cosign.ts";
import { gitHubAttestationEvidence } from "../../src/lib/verify/sigstore/github-attestation.ts";
import { npmAttestationEvidence } from "../../src/lib/verify/sigstore/npm-provenance.ts";
import { pep740Evidence } from "../../src/lib/verify/sigstore/pep740.ts";
import { publisherChanged } from "../../src/score/checks/publisher-changed.ts";
import { NOW } from "../support/build.ts";
import { aHistory, judgedAfter } from "../support/checks.ts";
import {
  aProvenance,
  aSigstore,
  aStatement,
  cosignAnnotations,
  hexOf,
  type TestBundle,
  type TestIdentity,
  type TestSigstore,
  workflowIdentity,
} from "../support/sigstore.ts";

/** Every form of proof that Sigstore signs, each against everything that may be wrong with one. */
type Form = {
  /** What is signed about an artifact of the given content. */
  readonly about: (content: string) => { readonly statement: object } | { readonly artifact: string };
  readonly judge: (bundle: TestBundle) => SignatureEvidence | undefined;
  readonly identity?: TestIdentity;
  /** Who may sign it is stated with the proof; where nothing states it, earlier releases do: then R5 holds. */
  readonly statesWho: boolean;
};

const GOOD = "the artifact of this release";
const hex = (content: string, algorithm = "sha256") => hexOf(content, algorithm);
const EVIL = workflowIdentity("evil/tool");

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});
const roots = () => ({ roots: sigstore.roots });

const PYPI = "https://docs.pypi.org/attestations/publish/v1";
const wheel = { name: "tool-1.2.0-py3-none-any.whl", sha256: hex(GOOD) };
const publisher = { kind: "GitHub", repository: "acme/tool", workflow: "release.yml" };
const onGitHub = { owner: "acme", name: "tool", web: "https://github.com", tag: "v1.2.0", subject: "tool.tar.gz" };
const RELEASE = "https://in-toto.io/attestation/release/v0.1";
const COSIGN = "https://sigstore.dev/cosign/sign/v1";
const image = { image: "registry.example/acme/tool:1.2.0", digest: `sha256:${hex(GOOD)}` };
const trust = () => ({ ...roots(), keys: [] });
const npm = {
  name: "tool",
  version: "1.2.0",
  integrity: `sha512-${Buffer.from(hex(GOOD, "sha512"), "hex").toString("base64")}`,
};
const signedImage = (digest: string) =>
  JSON.stringify({
    critical: { image: { "docker-manifest-digest": digest }, type: "cosign container image signature" },
  });

const FORMS: Readonly<Record<string, Form>> = {
  "an attestation of PyPI (PEP 740)": {
    about: (content) => ({
      statement: aStatement({ name: wheel.name, digest: { sha256: hex(content) }, predicateType: PYPI }),
    }),
    judge: (bundle) => pep740Evidence(aProvenance(publisher, bundle), wheel, roots(), NOW)[0],
    statesWho: true,
  },
  "an artifact attestation of GitHub": {
    about: (content) => ({ statement: aStatement({ digest: { sha256: hex(content) } }) }),
    judge: (bundle) => gitHubAttestationEvidence(bundle, { ...onGitHub, digest: `sha256:${hex(GOOD)}` }, roots(), NOW),
    statesWho: true,
  },
  "the attestation of an immutable release of GitHub": {
    about: (content) => ({
      statement: aStatement({
        digest: { sha256: hex(content) },
        predicateType: RELEASE,
        predicate: { repository: "acme/tool", tag: "v1.2.0" },
      }),
    }),
    judge: (bundle) => gitHubAttestationEvidence(bundle, { ...onGitHub, digest: `sha256:${hex(GOOD)}` }, roots(), NOW),
    identity: {
      subject: "https://dotcom.releases.github.com",
      claims: { 8: "https://token.actions.githubusercontent.com" },
    },
    statesWho: true,
  },
  "provenance of npm": {
    about: (content) => ({
      statement: aStatement({ name: "pkg:npm/tool@1.2.0", digest: { sha512: hex(content, "sha512") } }),
    }),
    judge: (bundle) => {
      const attestations = [{ predicateType: "https://slsa.dev/provenance/v1", bundle }];
      return npmAttestationEvidence({ attestations }, npm, roots(), NOW)[0];
    },
    statesWho: false,
  },
  "cosign's bundle of an image": {
    about: (content) => ({ statement: aStatement({ digest: { sha256: hex(content) }, predicateType: COSIGN }) }),
    judge: (bundle) => imageBundleEvidence(bundle, image, trust(), NOW),
    statesWho: false,
  },
  "cosign's older attestation of an image": {
    about: (content) => ({ statement: aStatement({ digest: { sha256: hex(content) }, predicateType: COSIGN }) }),
    judge: (bundle) => {
      const content = Buffer.from(JSON.stringify(bundle.dsseEnvelope));
      return imageAttestationEvidence({ content, annotations: annotationsOf(bundle) }, image, trust(), NOW);
    },
    statesWho: false,
  },
  "cosign's older signature of an image": {
    about: (content) => ({ artifact: signedImage(`sha256:${hex(content)}`) }),
    judge: (bundle) => {
      const content = Buffer.from(bundle.messageSignature?.messageDigest.digest ?? "");
      return simpleSigningEvidence({ content, annotations: annotationsOf(bundle) }, image, trust(), NOW);
    },
    statesWho: false,
  },
};

/** Without a log entry cosign wrote none of its annotation. */
function annotationsOf(bundle: TestBundle): Record<string, string> {
  const logged = bundle.verificationMaterial.tlogEntries.length > 0;
  if (logged) return cosignAnnotations(bundle);
  const entry = { logIndex: "0", logId: { keyId: "" }, integratedTime: "0", canonicalizedBody: "" };
  const filled = { ...entry, inclusionPromise: { signedEntryTimestamp: "" } };
  const material = { ...bundle.verificationMaterial, tlogEntries: [filled] };
  const { "dev.sigstore.cosign/bundle": _, ...rest } = cosignAnnotations({ ...bundle, verificationMaterial: material });
  return rest;
}

/** A simple signature is of its text, which the bundle has the hash of only: here it carries the text itself. */
async function signed(form: Form, content: string, how: Parameters<TestSigstore["sign"]>[0] = {}): Promise<TestBundle> {
  const about = form.about(content);
  const bundle = await sigstore.sign({ ...(form.identity && { identity: form.identity }), ...about, ...how });
  if ("artifact" in about && bundle.messageSignature) bundle.messageSignature.messageDigest.digest = about.artifact;
  return bundle;
}

/** Changes one letter of what was signed. */
function tampered(bundle: TestBundle): TestBundle {
  const { dsseEnvelope: envelope, messageSignature: message } = bundle;
  if (envelope) {
    const text = Buffer.from(envelope.payload, "base64").toString();
    return {
      ...bundle,
      dsseEnvelope: {
        ...envelope,
        payload: Buffer.from(text.replace("slsa", "slsb").replace("v1", "v2")).toString("base64"),
      },
    };
  }
  if (message === undefined) throw new Error("nothing is signed");
  const digest = message.messageDigest.digest.replace("container", "containes");
  return { ...bundle, messageSignature: { ...message, messageDigest: { ...message.messageDigest, digest } } };
}

describe.each(Object.entries(FORMS))("%s", (_, form) => {
  const reason = (bundle: TestBundle) => form.judge(bundle)?.reason;

  it("is accepted as it was made", async () => {
    expect(form.judge(await signed(form, GOOD))).toMatchObject({ level: "verified", reason: "verified" });
  });

  it("with a tampered byte is rejected: it is not of this content", async () => {
    expect(reason(tampered(await signed(form, GOOD)))).toBe("signature-mismatch");
  });

  it("by a wrong identity is rejected, or is another publisher than that of earlier releases", async () => {
    const evidence = form.judge(await signed(form, GOOD, { identity: EVIL }));
    if (form.statesWho) return expect(evidence?.reason).toBe("identity-mismatch");
    expect(evidence?.identity?.repository).toBe("https://github.com/evil/tool");
    const usual = form.judge(await signed(form, GOOD));
    const proofs = (one: SignatureEvidence | undefined) => ({ proofs: one === undefined ? [] : [one] });
    const check = judgedAfter(publisherChanged, proofs(evidence), aHistory([1, 2, 3].map(() => proofs(usual))));
    expect(check).toMatchObject({ outcome: "hold", summary: expect.stringContaining("repository changed") });
  });

  it("by a certificate that had expired, with and without anything that says when, is rejected", async () => {
    expect(reason(await signed(form, GOOD, { minutesLater: 20 }))).toBe("certificate-expired");
    expect(reason(await signed(form, GOOD, { minutesLater: 20, logged: false }))).toBe("no-timestamp");
  });

  it("of another artifact is rejected as such", async () => {
    expect(reason(await signed(form, "another artifact"))).toBe("subject-mismatch");
  });

  it("with the log entry of another signature is rejected as such", async () => {
    const [bundle, another] = await Promise.all([signed(form, GOOD), signed(form, GOOD)]);
    const { tlogEntries } = another.verificationMaterial;
    expect(reason({ ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } })).toBe(
      "log-mismatch",
    );
  });
});

/** Forms with a key instead of a certificate and a log: a stranger's key is the wrong identity, an old one the expired certificate. */
type KeyForm = {
  readonly judge: (
    content: string,
    signature: string,
    signer: Signer,
  ) => Promise<Verified | Rejected> | Verified | Rejected;
  readonly signer: () => Promise<Signer>;
};
type Signer = { readonly key: string; readonly sign: (content: string) => Promise<string> };

const KEY_FORMS: Readonly<Record<string, KeyForm>> = {
  "an OpenPGP signature": {
    judge: (content, signature, { key }) => verifyOpenPgp(Buffer.from(content), Buffer.from(signature), [key]),
    signer: async () => {
      const { privateKey } = await generateKey({ userIDs: { name: "Release" }, format: "object" });
      const sign = async (content: string) => {
        const message = await createMessage({ binary: Buffer.from(content) });
        return String(await signOpenPgp({ message, signingKeys: privateKey, detached: true }));
      };
      return { key: privateKey.toPublic().armor(), sign };
    },
  },
  "a minisign signature": {
    judge: (content, signature, { key }) => verifyMinisign(Buffer.from(content), signature, [minisignKey(key)]),
    signer: async () => {
      const pair = generateKeyPairSync("ed25519");
      const id = createHash("sha256")
        .update(pair.publicKey.export({ format: "der", type: "spki" }))
        .digest()
        .subarray(0, 8);
      const raw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
      const sign = async (content: string) => {
        const own = signWith(null, createHash("blake2b512").update(content).digest(), pair.privateKey);
        const global = signWith(null, Buffer.concat([own, Buffer.from("c")]), pair.privateKey).toString("base64");
        const line = Buffer.concat([Buffer.from("ED"), id, own]).toString("base64");
        return `untrusted comment: x\n${line}\ntrusted comment: c\n${global}\n`;
      };
      return { key: Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64"), sign };
    },
  },
};

function minisignKey(text: string): MinisignKey {
  const key = readMinisignKey(text);
  if (isFailure(key)) throw key;
  return key;
}

describe.each(Object.entries(KEY_FORMS))("%s", (_, { judge, signer }) => {
  it("is accepted as it was made, and rejected for a changed byte, another file, another key and another's signature", async () => {
    const [own, stranger] = await Promise.all([signer(), signer()]);
    const [signature, strange] = await Promise.all([own.sign(GOOD), stranger.sign(GOOD)]);
    const reasons = await Promise.all([
      judge(GOOD, signature, own),
      judge(GOOD.replace("this", "thiS"), signature, own),
      judge("another artifact", signature, own),
      judge(GOOD, strange, own),
      judge(GOOD, signature.slice(0, 40), own),
    ]);
    expect(reasons.map(({ reason }) => reason)).toEqual([
      "verified",
      "signature-mismatch",
      "signature-mismatch",
      "unknown-key",
      "malformed",
    ]);
  });
});
