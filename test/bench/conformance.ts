// Runs the verifier over a checkout of the public test vectors of sigstore/sigstore-conformance:
//   npm run conformance -- DIR
// Each case is run twice, as their suite does: with the signed file, and with its digest alone. Prints passed or FAILED
// per case and a total; exits 1 when one failed. The layout of the vectors is described in their
// test/assets/bundle-verify/README.md. It also is a client of that suite (their docs/cli_protocol.md), with exit code 0
// for what verifies; it signs nothing:
//   node test/bench/conformance.ts verify-bundle [--staging] --bundle FILE --certificate-identity ID
//     --certificate-oidc-issuer URL [--key FILE] [--trusted-root FILE] FILE_OR_DIGEST
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Failure, isFailure } from "../../src/lib/failure.ts";
import type { Rejected } from "../../src/lib/verify/outcome.ts";
import { readSigningKey } from "../../src/lib/verify/signatures/signing-key.ts";
import { type VerifiedBundle, verifyBundle } from "../../src/lib/verify/sigstore/bundle.ts";
import { readStatement, subjectOf } from "../../src/lib/verify/sigstore/statement.ts";
import { loadTrustRoots, readTrustedRoot, type TrustRoots } from "../../src/lib/verify/sigstore/trust-roots.ts";

const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

type Outcome = VerifiedBundle | Rejected;
/** The signed file, or `sha256:<hex>` of it. */
type Signed = { readonly artifact: Uint8Array } | { readonly digest: string };
type Case = {
  readonly bundle: Uint8Array;
  readonly signed: Signed;
  readonly identity: string;
  readonly issuer: string;
  readonly key: Uint8Array | undefined;
  readonly trustedRoot: Uint8Array | undefined;
};

function main(words: readonly string[]): number {
  const [first] = words;
  if (first === "verify-bundle") return verifyOne(words.slice(1));
  const vectors = first === undefined ? undefined : join(first, "test/assets/bundle-verify");
  if (vectors === undefined || !existsSync(vectors)) {
    console.error("usage: npm run conformance -- DIR   (a checkout of github.com/sigstore/sigstore-conformance)");
    return 2;
  }
  const cases = readdirSync(vectors, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const results = cases.flatMap(({ name }) => runCase(name, join(vectors, name), vectors));
  for (const { name, by, passed, outcome } of results) {
    const detail = outcome.reason === "verified" ? "" : `: ${outcome.detail}`;
    console.log(`${passed ? "passed" : "FAILED"}  ${name} by ${by}  (${outcome.reason}${detail.split("\n")[0]})`);
  }
  const passed = results.filter((result) => result.passed).length;
  console.log(
    `${passed} passed, ${results.length - passed} failed, of ${cases.length} cases by file and by digest each`,
  );
  return results.length > 0 && passed === results.length ? 0 : 1;
}

/** A client of the public suite. */
function verifyOne(words: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      staging: { type: "boolean" },
      bundle: { type: "string" },
      "certificate-identity": { type: "string" },
      "certificate-oidc-issuer": { type: "string" },
      key: { type: "string" },
      "trusted-root": { type: "string" },
    },
  });
  const [subject = ""] = positionals;
  if (values.staging === true || values.bundle === undefined || subject === "") {
    console.error(
      "usage: verify-bundle --bundle FILE … FILE_OR_DIGEST   (the staging instance is not among the roots)",
    );
    return 2;
  }
  const optional = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const isDigest = /^sha256:[0-9a-f]{64}$/i.test(subject) && !existsSync(subject);
  const outcome = verifyCase({
    bundle: readFileSync(values.bundle),
    signed: isDigest ? { digest: subject.toLowerCase() } : { artifact: readFileSync(subject) },
    identity: values["certificate-identity"] ?? IDENTITY,
    issuer: values["certificate-oidc-issuer"] ?? ISSUER,
    key: optional(values.key),
    trustedRoot: optional(values["trusted-root"]),
  });
  if (outcome.reason === "verified") return 0;
  console.error(`${outcome.reason}: ${outcome.detail}`);
  return 1;
}

function runCase(name: string, path: string, vectors: string) {
  const read = (file: string) => (existsSync(join(path, file)) ? readFileSync(join(path, file)) : undefined);
  const artifact = read("artifact") ?? readFileSync(join(vectors, "a.txt"));
  const digest = hashOf(artifact);
  const given = {
    bundle: readFileSync(join(path, "bundle.sigstore.json")),
    identity: text(read("identity")) ?? IDENTITY,
    issuer: text(read("issuer")) ?? ISSUER,
    key: read("key.pub"),
    trustedRoot: read("trusted_root.json"),
  };
  return [{ artifact }, { digest }].map((signed) => {
    const outcome = verifyCase({ ...given, signed });
    const passed = path.endsWith("_fail") === (outcome.reason !== "verified");
    return { name, by: "digest" in signed ? "digest" : "file", passed, outcome };
  });
}

function verifyCase({ bundle, signed, identity, issuer, key: pem, trustedRoot }: Case): Outcome {
  const roots = rootsFor(trustedRoot);
  if (isFailure(roots)) return { reason: "no-trust-root", detail: roots.message };
  const key = pem === undefined ? undefined : readSigningKey(new TextDecoder().decode(pem));
  const keyOf = () => (isFailure(key) ? undefined : key);
  const outcome = verifyBundle(parse(bundle), { roots, ...signed, keyOf });
  if (outcome.reason !== "verified") return outcome;
  const digest = "digest" in signed ? signed.digest : hashOf(signed.artifact);
  return compare(outcome, digest, pem === undefined ? { identity, issuer } : undefined);
}

function hashOf(artifact: Uint8Array): string {
  return `sha256:${createHash("sha256").update(artifact).digest("hex")}`;
}

/** What the caller of the verifier has to compare: who signed, and that an attestation is about this artifact. */
function compare(
  outcome: VerifiedBundle,
  digest: string,
  expected: { readonly identity: string; readonly issuer: string } | undefined,
): Outcome {
  const { identity, payload } = outcome;
  if (expected !== undefined) {
    const same = identity.subjectAlternativeName === expected.identity && identity.issuer === expected.issuer;
    if (!same) return { reason: "identity-mismatch", detail: `signed by ${identity.subjectAlternativeName}` };
  } else if (identity.keyId === undefined) {
    return { reason: "identity-mismatch", detail: "signed by a certificate, a key was expected" };
  }
  if (payload === undefined) return outcome;
  const statement = readStatement(payload);
  if (isFailure(statement)) return { reason: "malformed", detail: statement.message };
  const subject = subjectOf(statement, digest);
  return subject === undefined ? { reason: "subject-mismatch", detail: "another artifact" } : outcome;
}

function rootsFor(custom: Uint8Array | undefined): TrustRoots | Failure {
  if (custom === undefined) return loadTrustRoots();
  const root = readTrustedRoot(parse(custom), "custom");
  return isFailure(root) ? root : { roots: [root], npmKeys: [], origins: [] };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // verifying it says what it is
  }
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error); // a file that is not there, an option that nobody knows
  process.exitCode = 2;
}
