import { existsSync, readFileSync } from "node:fs";
import { Failure, isFailure } from "../../failure.ts";
import { globMatcher } from "../../syntax/glob.ts";
import { type MinisignKey, readMinisignKey } from "./minisign.ts";
import { readSigningKey, type SigningKey } from "./signing-key.ts";

/** The keys that people trust for one upstream. OpenPGP keys stay armored until they are used. */
export type PinnedKeys = {
  readonly openpgp: readonly string[];
  readonly minisign: readonly MinisignKey[];
  readonly signing: readonly SigningKey[];
};

/** Of an upstream for which nobody pinned a key. */
export const NO_KEYS: PinnedKeys = { openpgp: [], minisign: [], signing: [] };

/** Keys under the glob of the upstreams that they are trusted for. */
export type KeyEntry = { readonly upstream: string; readonly keys: PinnedKeys };

/** The keys for one upstream: those of every entry whose glob matches its purl. */
export function keysFor(entries: readonly KeyEntry[], upstream: string): PinnedKeys {
  const matching = entries.filter((entry) => globMatcher(entry.upstream)(upstream)).map(({ keys }) => keys);
  return {
    openpgp: matching.flatMap(({ openpgp }) => openpgp),
    minisign: matching.flatMap(({ minisign }) => minisign),
    signing: matching.flatMap(({ signing }) => signing),
  };
}

/** What somebody wrote down is a key, or the path of a file that holds one. */
export function readKeyEntries(entries: readonly string[]): PinnedKeys | Failure {
  const texts: string[] = [];
  for (const entry of entries) {
    const isKey = entry.includes("-----BEGIN") || !isFailure(readMinisignKey(entry));
    if (!isKey && !existsSync(entry)) {
      return new Failure("misconfigured", `there is no file at ${entry}, and it is no key either`);
    }
    texts.push(isKey ? entry : readFileSync(entry, "utf8"));
  }
  return readPinnedKeys(texts);
}

/**
 * Reads keys as people write them down: an armored OpenPGP block, a PEM public key (cosign), or a minisign key. They
 * are told apart by their first line. The first text that is none is the failure.
 */
export function readPinnedKeys(texts: readonly string[]): PinnedKeys | Failure {
  let keys = NO_KEYS;
  for (const text of texts) {
    const key = readKey(text);
    if (isFailure(key)) return key;
    keys = {
      openpgp: [...keys.openpgp, ...(key.openpgp ?? [])],
      minisign: [...keys.minisign, ...(key.minisign ?? [])],
      signing: [...keys.signing, ...(key.signing ?? [])],
    };
  }
  return keys;
}

function readKey(text: string): Partial<PinnedKeys> | Failure {
  if (text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")) return { openpgp: [text] };
  if (text.includes("-----BEGIN PGP PRIVATE KEY BLOCK-----") || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return new Failure("misconfigured", "this is a private key: take it away, and pin the public one");
  }
  if (text.includes("-----BEGIN PUBLIC KEY-----")) {
    const key = readSigningKey(text);
    return isFailure(key) ? key : { signing: [key] };
  }
  const key = readMinisignKey(text);
  if (!isFailure(key)) return { minisign: [key] };
  return new Failure("misconfigured", "neither an OpenPGP public key block, nor a PEM public key, nor a minisign key");
}
