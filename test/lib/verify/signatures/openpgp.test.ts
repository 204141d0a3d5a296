import {
  config,
  createCleartextMessage,
  createMessage,
  enums,
  generateKey,
  PacketList,
  type PrivateKey,
  revokeKey,
  Signature,
  SignaturePacket,
  sign,
  UserIDPacket,
} from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  readOpenPgpFingerprints,
  verifyClearsigned,
  verifyOpenPgp,
} from "../../../../src/lib/verify/signatures/openpgp.ts";

const FILE = Buffer.from("the content of a release");
const SUMS = `${"a".repeat(64)}  tool.tar.gz\n`;

type Signer = { key: PrivateKey; armored: string; fingerprint: string };
const DAY = 86_400_000;

let signer: Signer;
let other: Signer;
let old: Signer;
beforeAll(async () => {
  [signer, other, old] = await Promise.all([
    aSigner("Release <release@example.org>"),
    aSigner("Other <other@example.org>"),
    aSigner("Old <old@example.org>", { type: "rsa", rsaBits: 2048, date: new Date(Date.now() - 5 * DAY) }),
  ]);
});

describe("a detached OpenPGP signature", () => {
  it.each(["armored", "binary"] as const)("is verified, %s", async (format) => {
    const outcome = await verifyOpenPgp(FILE, await detached(signer, format), [other.armored, signer.armored]);
    expect(outcome).toMatchObject({ reason: "verified", identity: { keyId: signer.fingerprint } });
    expect(Date.parse(outcome.signedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("of another content does not fit", async () => {
    const outcome = await verifyOpenPgp(Buffer.from("another"), await detached(signer), [signer.armored]);
    expect(outcome).toMatchObject({ reason: "signature-mismatch", identity: { keyId: signer.fingerprint } });
  });

  it("by a key that is not known is told with its fingerprint", async () => {
    const signature = await detached(signer);
    const identity = { keyId: signer.fingerprint };
    expect(await verifyOpenPgp(FILE, signature, [other.armored])).toMatchObject({ reason: "unknown-key", identity });
    expect(await verifyOpenPgp(FILE, signature, [])).toMatchObject({ reason: "no-key", identity });
  });

  it("by a key that has expired since still tells who it was", async () => {
    const date = new Date(Date.now() - 10 * 86_400_000);
    const { privateKey } = await generateKey({
      userIDs: { name: "Old" },
      date,
      keyExpirationTime: 86_400,
      format: "object",
    });
    const late = await sign({
      message: await createMessage({ binary: FILE }),
      signingKeys: privateKey,
      detached: true,
      date: new Date(date.getTime() + 3_600_000),
    });
    const inTime = await verifyOpenPgp(FILE, Buffer.from(String(late)), [privateKey.toPublic().armor()]);
    expect(inTime.reason).toBe("verified"); // signed while the key was valid
  });

  it("by a revoked key is told so", async () => {
    const signature = await detached(signer);
    const revoked = await revokeKey({ key: signer.key, format: "armored" });
    expect((await verifyOpenPgp(FILE, signature, [revoked.publicKey])).reason).toBe("key-revoked");
  });

  const { signature: types, hash } = enums;
  it.each([
    ["a usual one", types.binary, hash.sha256, {}, "verified"],
    ["one over nothing (0x02, CVE-2019-9153)", types.standalone, hash.sha256, {}, "malformed"],
    ["one of a moment (0x40)", types.timestamp, hash.sha256, {}, "malformed"],
    ["one of a name", types.certGeneric, hash.sha256, {}, "malformed"],
    ["one with SHA-1", types.binary, hash.sha1, {}, "unsupported"],
    ["one with MD5", types.binary, hash.md5, {}, "unsupported"],
    ["one that was to last an hour", types.binary, hash.sha256, { lasts: 3_600, at: Date.now() - DAY }, "key-expired"],
    ["one from before its key", types.binary, hash.sha256, { at: Date.now() - 10 * DAY }, "signature-mismatch"],
    ["one of tomorrow", types.binary, hash.sha256, { at: Date.now() + DAY }, "signature-mismatch"],
  ] as const)("is %s", async (_, type, algorithm, options, reason) => {
    const outcome = await verifyOpenPgp(FILE, await made(old, type, algorithm, options), [old.armored]);
    expect(outcome.reason).toBe(reason);
  });

  it("by a key of ours that does not fit is not outweighed by one that does", async () => {
    const foreign = await made(signer, types.binary, hash.sha256, {}, Buffer.from("another"));
    const both = Buffer.concat([await detached(signer, "binary"), foreign]);
    expect((await verifyOpenPgp(FILE, both, [signer.armored])).reason).toBe("signature-mismatch");
    const stranger = Buffer.concat([await detached(other, "binary"), await detached(signer, "binary")]);
    expect(await verifyOpenPgp(FILE, stranger, [signer.armored])).toMatchObject({
      reason: "verified",
      identity: { keyId: signer.fingerprint },
    });
  });

  it("by a revoked subkey is told so", async () => {
    const userIDs = { name: "Subkeys" };
    const { privateKey: key } = await generateKey({ userIDs, subkeys: [{ sign: true }], format: "object" });
    const message = await createMessage({ binary: FILE });
    const signature = Buffer.from(await sign({ message, signingKeys: key, detached: true }));
    expect((await verifyOpenPgp(FILE, signature, [key.toPublic().armor()])).reason).toBe("verified");
    const [subkey] = key.subkeys;
    const revoked = await subkey?.revoke(key.keyPacket as never);
    if (revoked !== undefined) key.subkeys = [revoked];
    expect((await verifyOpenPgp(FILE, signature, [key.toPublic().armor()])).reason).toBe("key-revoked");
  });

  it.each(["", "text", "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----"])(
    "that is none is malformed: %j",
    async (text) => {
      expect((await verifyOpenPgp(FILE, Buffer.from(text), [signer.armored])).reason).toBe("malformed");
    },
  );

  it("is not verified with something that is no key", async () => {
    expect((await verifyOpenPgp(FILE, await detached(signer), ["not a key"])).reason).toBe("malformed");
  });
});

describe("a clearsigned checksum file", () => {
  it("is verified, and gives the text that was signed", async () => {
    const document = await sign({ message: await createCleartextMessage({ text: SUMS }), signingKeys: signer.key });
    expect(await verifyClearsigned(document, [signer.armored])).toMatchObject({
      reason: "verified",
      identity: { keyId: signer.fingerprint },
      text: SUMS,
    });
    const changed = document.replace("aaaa", "bbbb");
    expect(await verifyClearsigned(changed, [signer.armored])).toMatchObject({ reason: "signature-mismatch" });
    const padded = `${"b".repeat(64)}  tool.tar.gz\n${document}`;
    const outcome = await verifyClearsigned(padded, [signer.armored]);
    expect(outcome.reason === "verified" ? outcome.text : "").not.toContain("bbbb");
  });

  it("that is none is malformed", async () => {
    expect((await verifyClearsigned(SUMS, [signer.armored])).reason).toBe("malformed");
  });
});

describe("an OpenPGP key block", () => {
  it("is known by its fingerprints", async () => {
    expect(await readOpenPgpFingerprints(signer.armored)).toEqual([signer.fingerprint]);
    expect(await readOpenPgpFingerprints("nothing")).toMatchObject({ code: "unreadable" });
  });
});

type Made = { readonly lasts?: number; readonly at?: number };

/** A signature as no program would make it. */
async function made(
  { key }: Signer,
  type: enums.signature,
  algorithm: enums.hash,
  { lasts, at = Date.now() }: Made,
  content = FILE,
): Promise<Buffer> {
  const [literal] = (await createMessage({ binary: content })).packets;
  const packet = Object.assign(new SignaturePacket(), {
    signatureType: type,
    publicKeyAlgorithm: key.keyPacket.algorithm,
    hashAlgorithm: algorithm,
    ...(lasts !== undefined && { signatureExpirationTime: lasts, signatureNeverExpires: false }),
  });
  const userID = UserIDPacket.fromObject({ name: "x" });
  const data = type === enums.signature.certGeneric ? { userID, key: key.keyPacket } : literal;
  const make = packet.sign.bind(packet) as (...given: unknown[]) => Promise<unknown>; // its types leave out the last
  const plainly = { ...config, nonDeterministicSignaturesViaNotation: false };
  await make(key.keyPacket, data, new Date(at), true, plainly);
  const list = new PacketList<SignaturePacket>();
  list.push(packet);
  return Buffer.from(new Signature(list).write() as Uint8Array);
}

type KeyOptions = { readonly type?: "rsa"; readonly rsaBits?: number; readonly date?: Date };

async function aSigner(userId: string, options: KeyOptions = {}): Promise<Signer> {
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(userId) ?? [];
  const { privateKey } = await generateKey({ userIDs: { name, email }, ...options, format: "object" });
  return {
    key: privateKey,
    armored: privateKey.toPublic().armor(),
    fingerprint: privateKey.getFingerprint().toUpperCase(),
  };
}

async function detached({ key }: Signer, format: "armored" | "binary" = "armored"): Promise<Uint8Array> {
  const message = await createMessage({ binary: FILE });
  const options = { message, signingKeys: key, detached: true } as const;
  return format === "binary" ? sign({ ...options, format: "binary" }) : Buffer.from(await sign(options));
}
