import { createCleartextMessage, createMessage, generateKey, type PrivateKey, revokeKey, sign } from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import { readOpenPgpFingerprints, verifyClearsigned, verifyOpenPgp } from "../../../src/lib/verify/openpgp.ts";

const FILE = Buffer.from("the content of a release");
const SUMS = `${"a".repeat(64)}  tool.tar.gz\n`;

type Signer = { key: PrivateKey; armored: string; fingerprint: string };
let signer: Signer;
let other: Signer;
beforeAll(async () => {
  [signer, other] = await Promise.all([aSigner("Release <release@example.org>"), aSigner("Other <other@example.org>")]);
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

async function aSigner(userId: string): Promise<Signer> {
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(userId) ?? [];
  const { privateKey } = await generateKey({ userIDs: { name, email }, format: "object" });
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
