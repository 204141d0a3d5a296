import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../../../src/lib/failure.ts";
import { type MinisignKey, readMinisignKey, verifyMinisign } from "../../../../src/lib/verify/signatures/minisign.ts";

const FILE = Buffer.from("the content of a release");
const KEY_ID = Buffer.from("0102030405060708", "hex");
const COMMENT = "timestamp:1790000000\tfile:tool.tar.gz\thashed";

const signer = aSigner();
const other = aSigner();

describe("a minisign signature", () => {
  it.each(["ED", "Ed"] as const)("of the form %s is verified", (algorithm) => {
    expect(verifyMinisign(FILE, signer.sign(FILE, { algorithm }), [signer.key])).toEqual({
      reason: "verified",
      identity: { keyId: "0807060504030201" },
    });
  });

  it("is verified among several keys, and with lines of Windows", () => {
    const another = { ...other.key, keyId: "FFFFFFFFFFFFFFFF" };
    const signature = signer.sign(FILE).replaceAll("\n", "\r\n");
    expect(verifyMinisign(FILE, signature, [another, signer.key]).reason).toBe("verified");
  });

  it.each([
    [
      "a tampered byte in the file",
      Buffer.from("the content of a releasE"),
      (text: string) => text,
      "signature-mismatch",
    ],
    [
      "another trusted comment",
      FILE,
      (text: string) => text.replace("tool.tar.gz", "evil.tar.gz"),
      "signature-mismatch",
    ],
    ["no trusted comment", FILE, (text: string) => text.split("\n").slice(0, 2).join("\n"), "malformed"],
    ["an unknown algorithm", FILE, (text: string) => text.replace("\nRU", "\nRV"), "malformed"],
    ["a cut signature", FILE, (text: string) => text.slice(0, 100), "malformed"],
    ["nothing at all", FILE, () => "", "malformed"],
  ])("with %s is rejected", (_case, file, damage, reason) => {
    expect(verifyMinisign(file, damage(signer.sign(FILE)), [signer.key]).reason).toBe(reason);
  });

  it.each([
    ["tool.tar.gz", "tool.tar.gz", "verified"],
    ["dist/tool-1.2.0.tar.gz", "tool-1.2.0.tar.gz", "verified"],
    ["tool", "tool-1.2.0-linux.tar.gz", "verified"],
    ["tool-1.1.0.tar.gz", "tool-1.2.0.tar.gz", "subject-mismatch"],
    ["tool-1.1.tar.gz", "tool-1.11.tar.gz", "subject-mismatch"],
  ])("of a file that was signed as %s proves %s: %s", (signedAs, fileName, reason) => {
    const signature = signer.sign(FILE, { comment: `timestamp:1790000000\tfile:${signedAs}\thashed` });
    expect(verifyMinisign(FILE, signature, [signer.key], fileName).reason).toBe(reason);
  });

  it("by another key of the same id does not fit", () => {
    expect(verifyMinisign(FILE, other.sign(FILE), [signer.key]).reason).toBe("signature-mismatch");
  });

  it("by a key that is not known is told with its id", () => {
    expect(verifyMinisign(FILE, signer.sign(FILE), [{ ...signer.key, keyId: "00" }])).toMatchObject({
      reason: "unknown-key",
      identity: { keyId: "0807060504030201" },
    });
    expect(verifyMinisign(FILE, signer.sign(FILE), [])).toMatchObject({ reason: "no-key" });
  });

  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(verifyMinisign(FILE, text, [signer.key]).reason).toBe("malformed");
      }),
    );
  });
});

describe("a minisign key", () => {
  it("is read from its file as from its line", () => {
    expect(readMinisignKey(`untrusted comment: minisign public key 0807060504030201\n${signer.line}\n`)).toEqual(
      readMinisignKey(signer.line),
    );
  });

  it.each(["", "RWQ", "not a key", "-----BEGIN PUBLIC KEY-----"])("is not %j", (text) => {
    expect(isFailure(readMinisignKey(text))).toBe(true);
  });
});

function aSigner() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const line = Buffer.concat([Buffer.from("Ed"), KEY_ID, raw]).toString("base64");
  const key = readMinisignKey(line) as MinisignKey;
  return { line, key, sign: (file: Uint8Array, options: SignOptions = {}) => signatureFile(file, privateKey, options) };
}

type SignOptions = { readonly algorithm?: "ED" | "Ed"; readonly comment?: string };

function signatureFile(file: Uint8Array, key: KeyObject, { algorithm = "ED", comment = COMMENT }: SignOptions): string {
  const message = algorithm === "ED" ? createHash("blake2b512").update(file).digest() : file;
  const signature = sign(null, message, key);
  const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key);
  const line = Buffer.concat([Buffer.from(algorithm), KEY_ID, signature]).toString("base64");
  return `untrusted comment: signature\n${line}\ntrusted comment: ${comment}\n${global.toString("base64")}\n`;
}
