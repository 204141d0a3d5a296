import { createHash } from "node:crypto";

const SSH_SIGNATURE = /-----BEGIN SSH SIGNATURE-----([^-]+)-----END SSH SIGNATURE-----/;
const SSH_MAGIC = "SSHSIG";

/**
 * The key that a Git signature names: an OpenPGP fingerprint or key id in upper-case hex, or an SSH key's fingerprint as
 * `ssh-keygen -l` prints it (`SHA256:…`). Undefined for other kinds, or where it names none. It proves nothing by
 * itself: it is what the forge's word on the signature is about.
 */
export async function keyOfGitSignature(signature: string): Promise<string | undefined> {
  const ssh = SSH_SIGNATURE.exec(signature)?.[1];
  if (ssh !== undefined) return sshFingerprint(Buffer.from(ssh.replace(/\s+/g, ""), "base64"));
  if (!signature.includes("-----BEGIN PGP SIGNATURE-----")) return undefined;
  try {
    const { readSignature } = await import("openpgp");
    const [packet] = (await readSignature({ armoredSignature: signature })).packets;
    const fingerprint = packet?.issuerFingerprint;
    if (fingerprint != null) return Buffer.from(fingerprint).toString("hex").toUpperCase();
    return packet?.issuerKeyID.toHex().toUpperCase();
  } catch {
    return undefined; // the forge has judged the signature; only its key stays unnamed
  }
}

/** The blob is `SSHSIG`, a version, then the public key with its length (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig). */
function sshFingerprint(blob: Buffer): string | undefined {
  if (blob.subarray(0, SSH_MAGIC.length).toString("latin1") !== SSH_MAGIC || blob.length < 14) return undefined;
  const length = blob.readUInt32BE(10);
  const key = blob.subarray(14, 14 + length);
  if (key.length !== length) return undefined;
  return `SHA256:${createHash("sha256")
    .update(key)
    .digest("base64")
    .replace(/(?<!=)=+$/, "")}`;
}
