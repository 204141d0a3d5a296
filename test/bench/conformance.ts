// Runs the verifier over a checkout of the public test vectors of sigstore/sigstore-conformance:
//   npm run conformance -- DIR
// Prints passed or FAILED per case and a total; exits 1 when one failed. The layout of the vectors is described in
// their test/assets/bundle-verify/README.md.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Failure, isFailure } from "../../src/lib/failure.ts";
import { type VerifiedBundle, verifyBundle } from "../../src/lib/verify/bundle.ts";
import type { Rejected } from "../../src/lib/verify/outcome.ts";
import { readSigningKey } from "../../src/lib/verify/signing-key.ts";
import { readStatement, subjectOf } from "../../src/lib/verify/statement.ts";
import { loadTrustRoots, readTrustedRoot, type TrustRoots } from "../../src/lib/verify/trust-roots.ts";

const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

type Outcome = VerifiedBundle | Rejected;

function main(directory: string | undefined): number {
  const vectors = directory === undefined ? undefined : join(directory, "test/assets/bundle-verify");
  if (vectors === undefined || !existsSync(vectors)) {
    console.error("usage: npm run conformance -- DIR   (a checkout of github.com/sigstore/sigstore-conformance)");
    return 2;
  }
  const cases = readdirSync(vectors, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const results = cases.map(({ name }) => ({ name, ...runCase(join(vectors, name), vectors) }));
  for (const { name, passed, outcome } of results) {
    const detail = outcome.reason === "verified" ? "" : `: ${outcome.detail}`;
    console.log(`${passed ? "passed" : "FAILED"}  ${name}  (${outcome.reason}${detail.split("\n")[0]})`);
  }
  const passed = results.filter((result) => result.passed).length;
  console.log(`${passed} passed, ${results.length - passed} failed, of ${results.length} cases`);
  return results.length > 0 && passed === results.length ? 0 : 1;
}

function runCase(path: string, vectors: string): { passed: boolean; outcome: Outcome } {
  const outcome = verifyCase(path, vectors);
  return { outcome, passed: path.endsWith("_fail") === (outcome.reason !== "verified") };
}

function verifyCase(path: string, vectors: string): Outcome {
  const read = (name: string) => (existsSync(join(path, name)) ? readFileSync(join(path, name)) : undefined);
  const artifact = read("artifact") ?? readFileSync(join(vectors, "a.txt"));
  const roots = rootsFor(read("trusted_root.json"));
  if (isFailure(roots)) return { reason: "no-trust-root", detail: roots.message };
  const pem = read("key.pub");
  const key = pem === undefined ? undefined : readSigningKey(new TextDecoder().decode(pem));
  const keyOf = () => (isFailure(key) ? undefined : key);
  const bundle = parse(readFileSync(join(path, "bundle.sigstore.json")));
  const outcome = verifyBundle(bundle, { roots, artifact, keyOf });
  if (outcome.reason !== "verified") return outcome;
  const expected = { identity: text(read("identity")) ?? IDENTITY, issuer: text(read("issuer")) ?? ISSUER };
  return compare(outcome, artifact, pem === undefined ? expected : undefined);
}

/** What the caller of the verifier has to compare: who signed, and that an attestation is about this artifact. */
function compare(
  outcome: VerifiedBundle,
  artifact: Uint8Array,
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
  const subject = subjectOf(statement, `sha256:${createHash("sha256").update(artifact).digest("hex")}`);
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

process.exitCode = main(process.argv[2]);
