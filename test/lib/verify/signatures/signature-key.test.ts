import { createHash } from "node:crypto";
import { createMessage, generateKey, sign } from "openpgp";
import { describe, expect, it } from "vitest";
import { keyOfGitSignature } from "../../../../src/lib/verify/signatures/signature-key.ts";

describe("the key that a Git signature names", () => {
  it("is an OpenPGP fingerprint", async () => {
    const { privateKey } = await generateKey({ userIDs: { name: "Release" }, format: "object" });
    const message = await createMessage({ binary: Buffer.from("tag v1.2.0") });
    const signature = await sign({ message, signingKeys: privateKey, detached: true });
    expect(await keyOfGitSignature(signature)).toBe(privateKey.getFingerprint().toUpperCase());
  });

  it("is an SSH key's fingerprint", async () => {
    const key = Buffer.from("an SSH key in its wire form");
    expect(await keyOfGitSignature(sshSignature(key))).toBe(
      `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`,
    );
  });

  it.each([
    ["nothing", ""],
    ["an X.509 signature", "-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----"],
    ["a broken OpenPGP signature", "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----"],
    ["a broken SSH signature", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----"],
    ["an SSH signature that is cut off", sshSignature(Buffer.alloc(64)).replace(/A{40}/, "")],
  ])("is not told by %s", async (_case, signature) => {
    expect(await keyOfGitSignature(signature)).toBeUndefined();
  });
});

function sshSignature(key: Buffer): string {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(1, 0);
  numbers.writeUInt32BE(key.length, 4);
  const blob = Buffer.concat([Buffer.from("SSHSIG"), numbers, key]).toString("base64");
  return `-----BEGIN SSH SIGNATURE-----\n${blob}\n-----END SSH SIGNATURE-----\n`;
}
