import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { NO_KEYS, readPinnedKeys } from "../../../../src/lib/verify/signatures/pinned-keys.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
const minisign = Buffer.concat([Buffer.from("Ed"), Buffer.alloc(40, 7)]).toString("base64");

describe("pinned keys", () => {
  it("are told apart by what they look like", () => {
    const armored = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n…";
    expect(readPinnedKeys([armored, pem, `untrusted comment: key\n${minisign}`])).toMatchObject({
      openpgp: [armored],
      signing: [{ keyId: expect.stringMatching(/^SHA256:/) }],
      minisign: [{ keyId: "07".repeat(8) }],
    });
    expect(readPinnedKeys([])).toEqual(NO_KEYS);
  });

  it.each([
    ["a private key", privateKey.export({ format: "pem", type: "pkcs8" }).toString(), "private key"],
    ["a private OpenPGP key", "-----BEGIN PGP PRIVATE KEY BLOCK-----", "private key"],
    ["a word", "trust me", "neither"],
    ["a broken key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "PEM"],
  ])("are not %s", (_case, text, words) => {
    expect(readPinnedKeys([text])).toMatchObject({ message: expect.stringContaining(words) });
  });
});
