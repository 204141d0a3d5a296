// How long one verification takes, on one core: npm run bench:verify
// Every kind is verified 200 times with keys and certificates of our own; the median and the slowest twentieth are
// printed, the mean processor time (which a busy machine leaves alone), and what loading the verifiers costs, once.
import { createHash, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createMessage, generateKey, sign } from "openpgp";
import { NO_KEYS } from "../../src/lib/verify/signatures/pinned-keys.ts";
import { aProvenance, aSigstore, aStatement, cosignAnnotations, hexOf } from "../support/sigstore.ts";

const TIMES = 200;
const NOW = new Date().toISOString();
const FILE = "the content of a release".repeat(40_000); // a megabyte

const started = performance.now();
const [
  { verifyBundle },
  { pep740Evidence },
  { simpleSigningEvidence },
  { verifyMinisign, readMinisignKey },
  openpgp,
  roots,
] = await Promise.all([
  import("../../src/lib/verify/sigstore/bundle.ts"),
  import("../../src/lib/verify/sigstore/pep740.ts"),
  import("../../src/lib/verify/sigstore/cosign.ts"),
  import("../../src/lib/verify/signatures/minisign.ts"),
  import("../../src/lib/verify/signatures/openpgp.ts"),
  import("../../src/lib/verify/sigstore/trust-roots.ts"),
]);
const loaded = performance.now();
roots.loadTrustRoots();
console.log(
  `loading the verifiers ${(loaded - started).toFixed(0)} ms, the trust roots ${(performance.now() - loaded).toFixed(0)} ms, once`,
);

const sigstore = await aSigstore();
const materials = { roots: sigstore.roots };
const statement = aStatement({ digest: { sha256: hexOf(FILE) } });
const attestation = await sigstore.sign({ statement });
const stamped = await sigstore.sign({ statement, timestamped: true });
const signature = await sigstore.sign({ artifact: FILE });

const wheel = { name: "tool-1.2.0-py3-none-any.whl", sha256: hexOf("a wheel") };
const publisher = { kind: "GitHub", repository: "acme/tool", workflow: "release.yml" };
const published = aStatement({
  name: wheel.name,
  digest: { sha256: wheel.sha256 },
  predicateType: "https://docs.pypi.org/attestations/publish/v1",
});
const provenance = aProvenance(publisher, await sigstore.sign({ statement: published }));

const digest = `sha256:${hexOf("a manifest")}`;
const payload = JSON.stringify({ critical: { image: { "docker-manifest-digest": digest } } });
const layer = {
  content: Buffer.from(payload),
  annotations: cosignAnnotations(await sigstore.sign({ artifact: payload })),
};
const image = { image: "registry.example/tool:1.2.0", digest };

const pgp = await generateKey({ userIDs: { name: "Release" }, format: "object" });
const pgpKeys = [pgp.publicKey.armor()];
const message = await createMessage({ binary: Buffer.from(FILE) });
const detached = Buffer.from(await sign({ message, signingKeys: pgp.privateKey, detached: true }));

const pair = generateKeyPairSync("ed25519");
const id = Buffer.alloc(8, 1);
const raw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const key = readMinisignKey(Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64"));
const hashed = signBytes(null, createHash("blake2b512").update(FILE).digest(), pair.privateKey);
const global = signBytes(null, Buffer.concat([hashed, Buffer.from("file")]), pair.privateKey).toString("base64");
const line = Buffer.concat([Buffer.from("ED"), id, hashed]).toString("base64");
const minisig = `untrusted comment: x\n${line}\ntrusted comment: file\n${global}\n`;

type Case = readonly [string, () => Promise<string | undefined> | string | undefined];
const cases: readonly Case[] = [
  ["attestation (certificate, logs)", () => verifyBundle(attestation, materials).reason],
  ["attestation with a timestamp", () => verifyBundle(stamped, materials).reason],
  ["file of 1 MB with a bundle", () => verifyBundle(signature, { ...materials, artifact: Buffer.from(FILE) }).reason],
  ["PyPI provenance", () => pep740Evidence(provenance, wheel, materials, NOW)[0]?.reason],
  [
    "older image signature",
    () => simpleSigningEvidence(layer, image, { ...materials, keys: NO_KEYS.signing }, NOW).reason,
  ],
  ["OpenPGP, file of 1 MB", async () => (await openpgp.verifyOpenPgp(Buffer.from(FILE), detached, pgpKeys)).reason],
  [
    "minisign, file of 1 MB",
    () => (key instanceof Error ? key.message : verifyMinisign(Buffer.from(FILE), minisig, [key]).reason),
  ],
];

for (const [name, verify] of cases) {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let turn = 0; turn < TIMES; turn++) {
    const before = performance.now();
    const reason = await verify();
    times.push(performance.now() - before);
    if (reason !== "verified") throw new Error(`${name}: ${reason}`);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(TIMES * share)] ?? 0).toFixed(1);
  console.log(
    `${name.padEnd(34)} median ${at(0.5).padStart(5)} ms   95 % ${at(0.95).padStart(5)} ms   processor ${((user + system) / 1_000 / TIMES).toFixed(1).padStart(5)} ms`,
  );
}
