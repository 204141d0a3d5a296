import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyDigest } from "../../../../src/lib/verify/sigstore/prehashed.ts";

const CURVES = ["P-256", "P-384"] as const;
const HASHES = ["sha256", "sha384", "sha512"] as const;
const pairs = new Map(CURVES.map((namedCurve) => [namedCurve, generateKeyPairSync("ec", { namedCurve })]));
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const hashOf = (name: string, content: Uint8Array) => createHash(name).update(content).digest();

describe("a signature of a digest", () => {
  it("holds where Node says that the signature of the content does, and nowhere else", () => {
    const content = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.constantFrom(...CURVES),
        fc.constantFrom(...HASHES),
        content,
        fc.nat(),
        (curve, hash, bytes, at) => {
          const pair = pairs.get(curve);
          if (pair === undefined) throw new Error(curve);
          const signature = sign(hash, bytes, pair.privateKey);
          const broken = Buffer.from(signature);
          broken[at % broken.length] = (broken[at % broken.length] ?? 0) ^ 1;
          const digest = hashOf(hash, bytes);
          const other = hashOf(hash, Buffer.concat([bytes, Buffer.from("x")]));
          expect(verifyDigest(digest, pair.publicKey, signature)).toBe(true);
          expect(verifyDigest(other, pair.publicKey, signature)).toBe(false);
          expect(verifyDigest(digest, pair.publicKey, broken)).toBe(false);
          expect(verifyDigest(digest, stranger, signature)).toBe(false);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ["nothing", ""],
    ["zeros", "3006020100020100"],
    ["a number below zero", "3006020181020101"],
    ["a number written longer than it is", "300702020001020101"],
    ["something after it", "300602010102010100"],
    ["something that is cut off", "30060201010201"],
    ["numbers beyond the order", `3026022100${"ff".repeat(32)}020101`],
  ])("is no signature of %s", (_, hex) => {
    const key = pairs.get("P-256")?.publicKey;
    if (key === undefined) throw new Error("no key");
    expect(verifyDigest(hashOf("sha256", Buffer.from("x")), key, Buffer.from(hex, "hex"))).toBe(false);
  });

  it.each(["ed25519", "rsa"] as const)("is not judged with a key of the kind %s", (kind) => {
    const pair = kind === "rsa" ? generateKeyPairSync(kind, { modulusLength: 2048 }) : generateKeyPairSync(kind);
    expect(verifyDigest(hashOf("sha256", Buffer.from("x")), pair.publicKey, Buffer.alloc(8))).toBeUndefined();
    expect(createPublicKey(pair.privateKey).type).toBe("public");
  });
});
