import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toTrustMaterial, type VerifierOptions } from "@sigstore/verify";
import { z } from "zod";
import { type Instant, toInstant } from "../../../domain/instant.ts";
import { Failure, isFailure, toFailure } from "../../failure.ts";
import { parseJson } from "../../json.ts";

/** One instance of Sigstore whose certificates are trusted, and what a signature needs to count there. */
export type TrustRoot = {
  readonly name: string;
  readonly material: TrustMaterial;
  /** Its certificate authorities, to find the root that a certificate belongs to. */
  readonly authorities: readonly X509Certificate[];
  /** An instance without transparency logs (GitHub's own) relies on its timestamp authority alone. */
  readonly thresholds: VerifierOptions;
};

/** A key of the npm registry; DER (SubjectPublicKeyInfo). */
export type RegistryKey = {
  readonly keyId: string;
  readonly usage: "npm:signatures" | "npm:attestations";
  readonly der: Uint8Array;
  readonly validFrom: Instant;
  readonly validUntil?: Instant;
};

/** Where a trust root came from. `expires`: when its repository's own root says that it wants to be renewed. */
export type TrustOrigin = {
  readonly name: string;
  readonly source: "shipped" | "refreshed" | "missing";
  readonly at?: Instant;
  readonly expires?: Instant;
};

/** Everything that verification trusts. */
export type TrustRoots = {
  readonly roots: readonly TrustRoot[];
  readonly npmKeys: readonly RegistryKey[];
  readonly origins: readonly TrustOrigin[];
};

/** A repository of trust roots, by The Update Framework (https://theupdateframework.github.io/specification/latest/). */
export type TrustRepository = { readonly name: string; readonly targets: readonly string[] };

const require = createRequire(import.meta.url);
const SEEDS = z.record(z.string(), z.object({ "root.json": z.string(), targets: z.record(z.string(), z.string()) }));
/** Under which address the seed holds Sigstore's repository, wherever it is fetched from. */
const SEEDED: Readonly<Record<string, string>> = { sigstore: "https://tuf-repo-cdn.sigstore.dev" };

const TRUSTED_ROOT = "trusted_root.json";
/** Sigstore's repository keeps npm's keys under a name of their registry: the seed has it. */
const NPM_KEYS =
  Object.keys(seedOf("sigstore")?.targets ?? {})
    .map(decodeURIComponent)
    .find((name) => name.endsWith("/keys.json")) ?? "keys.json";

/** Sigstore's public instance, and GitHub's own, which signs release attestations and those of private repositories. */
export const TRUST_REPOSITORIES = [
  { name: "sigstore", targets: [TRUSTED_ROOT, NPM_KEYS] },
  { name: "github", targets: [TRUSTED_ROOT] },
] as const satisfies readonly TrustRepository[];

/**
 * Reads a trusted root (`application/vnd.dev.sigstore.trustedroot+json`). One that leaves the start of a validity open
 * is malformed: it would vouch for everything that was ever signed.
 */
export function readTrustedRoot(json: unknown, name: string): TrustRoot | Failure {
  try {
    const root = TrustedRoot.fromJSON(json);
    const starts = [
      ...[...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey?.validFor?.start),
      ...[...root.certificateAuthorities, ...root.timestampAuthorities].map(({ validFor }) => validFor?.start),
    ];
    if (starts.length === 0) return new Failure("unreadable", `the trust root ${name} names nobody`);
    if (starts.some((start) => start === undefined || Number.isNaN(start.getTime()))) {
      return new Failure("unreadable", `the trust root ${name} leaves the start of a validity open`);
    }
    const thresholds = {
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    };
    const chains = root.certificateAuthorities.flatMap(({ certChain }) => certChain?.certificates ?? []);
    const authorities = chains.map(({ rawBytes }) => new X509Certificate(Buffer.from(rawBytes)));
    return { name, material: toTrustMaterial(root), authorities, thresholds };
  } catch (error) {
    return toFailure(error, "unreadable", `the trust root ${name} was not understood`);
  }
}

/**
 * The trust roots to verify with: what was refreshed into `directory`, else what ships with the product; no network.
 * A refreshed repository that is older than the shipped one, or not readable, is passed over.
 */
export function loadTrustRoots(directory?: string): TrustRoots {
  const found = TRUST_REPOSITORIES.map((repository) => loadRepository(repository, directory));
  return {
    roots: found.flatMap(({ root }) => (root === undefined ? [] : [root])),
    npmKeys: found.flatMap(({ npmKeys }) => npmKeys),
    origins: found.map(({ origin }) => origin),
  };
}

type Loaded = { readonly root?: TrustRoot; readonly npmKeys: readonly RegistryKey[]; readonly origin: TrustOrigin };
type ReadFile = (name: string) => Uint8Array | undefined;

function loadRepository(repository: TrustRepository, directory: string | undefined): Loaded {
  const shipped = loadFrom(repository, (name) => shippedFile(repository, name), "shipped");
  const { name } = repository;
  if (directory === undefined) return shipped ?? { npmKeys: [], origin: { name, source: "missing" } };
  const refreshed = loadFrom(
    repository,
    (file) => readIfThere(refreshedPath(directory, repository, file)),
    "refreshed",
  );
  if (refreshed === undefined) return shipped ?? { npmKeys: [], origin: { name, source: "missing" } };
  if (shipped !== undefined && refreshed.version < shipped.version) return shipped;
  const at = toInstant(statSync(refreshedPath(directory, repository, TRUSTED_ROOT)).mtime);
  return { ...refreshed, origin: { ...refreshed.origin, ...(at !== undefined && { at }) } };
}

function loadFrom(
  { name, targets }: TrustRepository,
  read: ReadFile,
  source: "shipped" | "refreshed",
): (Loaded & { readonly version: number }) | undefined {
  const file = read(TRUSTED_ROOT);
  const root = file === undefined ? undefined : readTrustedRoot(parseJson(file), name);
  if (root === undefined || isFailure(root)) return undefined;
  const npmKeys = targets.includes(NPM_KEYS) ? readNpmKeys(parseJson(read(NPM_KEYS))) : [];
  const { version, expires } = METADATA.parse(parseJson(read("root.json"))).signed;
  return { root, npmKeys, version, origin: { name, source, ...(expires !== undefined && { expires }) } };
}

const METADATA = z
  .object({ signed: z.object({ version: z.number(), expires: z.string().transform(toInstant).optional() }) })
  .catch({ signed: { version: 0 } });

/** Where a refreshed file of a repository is kept: the root beside the targets, as the update client wants it. */
export function refreshedPath(directory: string, { name }: TrustRepository, file: string): string {
  const below = join(directory, name);
  return file === "root.json" ? join(below, file) : join(below, "targets", encodeURIComponent(file));
}

const ANCHORS = join(import.meta.dirname, "../../../../config/trust");

/** A file that ships with the product: in the seed of @sigstore/tuf, or (GitHub's update root) under `config/trust`. */
export function shippedFile({ name }: TrustRepository, file: string): Uint8Array | undefined {
  const seed = seedOf(name);
  const encoded = file === "root.json" ? seed?.["root.json"] : seed?.targets[encodeURIComponent(file)];
  if (encoded !== undefined) return Buffer.from(encoded, "base64");
  return readIfThere(join(ANCHORS, `${name}.${encodeURIComponent(file)}`));
}

function seedOf(name: string) {
  return SEEDS.parse(require("@sigstore/tuf/seeds.json"))[SEEDED[name] ?? ""];
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // not there, or not ours to read: then it is not trusted
  }
}

const NPM_KEYS_SCHEMA = z
  .object({
    keys: z.array(
      z.object({
        keyId: z.string(),
        keyUsage: z.enum(["npm:signatures", "npm:attestations"]),
        publicKey: z.object({
          rawBytes: z.base64(),
          validFor: z.object({ start: z.string(), end: z.string().optional() }),
        }),
      }),
    ),
  })
  .transform(({ keys }) => keys)
  .catch([]);

function readNpmKeys(json: unknown): RegistryKey[] {
  return NPM_KEYS_SCHEMA.parse(json).flatMap(({ keyId, keyUsage: usage, publicKey: { rawBytes, validFor } }) => {
    const validFrom = toInstant(validFor.start);
    const validUntil = toInstant(validFor.end);
    if (validFrom === undefined) return [];
    const der = Buffer.from(rawBytes, "base64");
    return [{ keyId, usage, der, validFrom, ...(validUntil !== undefined && { validUntil }) }];
  });
}
