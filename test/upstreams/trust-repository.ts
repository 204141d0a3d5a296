import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type StandIn, startStandIn } from "./stand-in.ts";

/** A local repository of trust roots by The Update Framework, with consistent snapshots as the real ones have. */
export type TrustRepositoryStandIn = StandIn & {
  /** The first root, as a product would ship it. */
  readonly root: string;
  /** Replaces the targets; `by: "stranger"` signs them with a key that no root names, `version` says an older one. */
  readonly publish: (targets: Readonly<Record<string, string>>, options?: PublishOptions) => void;
  /** Publishes a newer root with another key for everything, signed by the old key and the new one. */
  readonly rotate: () => void;
};

type PublishOptions = { readonly by?: "stranger"; readonly expires?: string; readonly version?: number };
type Signer = { readonly id: string; readonly key: KeyObject; readonly json: object };

const LATER = "2099-01-01T00:00:00Z";

/** Starts one that holds the given targets: path → content. */
export async function startTrustRepository(targets: Readonly<Record<string, string>>): Promise<TrustRepositoryStandIn> {
  let signer = aSigner();
  let version = 0;
  let rootVersion = 1;
  const files = new Map<string, string>();
  const firstRoot = rootOf(signer, 1, [signer]);
  files.set("/1.root.json", firstRoot);

  function publish(next: Readonly<Record<string, string>>, options: PublishOptions = {}) {
    const { by, expires = LATER } = options;
    const who = by === "stranger" ? aSigner() : signer;
    version = options.version ?? version + 1;
    const meta = (text: string) => ({ version, length: text.length, hashes: { sha256: hash(text) } });
    const described = Object.entries(next).map(([path, text]) => [
      path,
      { length: text.length, hashes: { sha256: hash(text) } },
    ]);
    const targetsFile = signed({ _type: "targets", expires, targets: Object.fromEntries(described) }, version, [who]);
    const snapshot = signed({ _type: "snapshot", expires, meta: { "targets.json": meta(targetsFile) } }, version, [
      who,
    ]);
    const timestamp = signed({ _type: "timestamp", expires, meta: { "snapshot.json": meta(snapshot) } }, version, [
      who,
    ]);
    files.set(`/${version}.targets.json`, targetsFile);
    files.set(`/${version}.snapshot.json`, snapshot);
    files.set("/timestamp.json", timestamp);
    for (const [path, text] of Object.entries(next)) files.set(`/targets/${consistent(path, text)}`, text);
  }

  publish(targets);
  const standIn = await startStandIn(({ path }) => {
    const body = files.get(decodeURIComponent(path));
    return body === undefined ? { status: 404 } : { body };
  });
  return {
    ...standIn,
    root: firstRoot,
    publish,
    rotate: () => {
      const old = signer;
      signer = aSigner();
      rootVersion++;
      files.set(`/${rootVersion}.root.json`, rootOf(signer, rootVersion, [old, signer]));
    },
  };
}

function rootOf(signer: Signer, version: number, signers: readonly Signer[]): string {
  const role = { keyids: [signer.id], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const keys = { [signer.id]: signer.json };
  return signed({ _type: "root", consistent_snapshot: true, expires: LATER, keys, roles }, version, signers);
}

function signed(content: object, version: number, signers: readonly Signer[]): string {
  const document = { ...content, spec_version: "1.0.31", version };
  const bytes = Buffer.from(canonical(document));
  const signatures = signers.map(({ id, key }) => ({ keyid: id, sig: sign(null, bytes, key).toString("hex") }));
  return JSON.stringify({ signatures, signed: document });
}

function aSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const json = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { id: hash(canonical(json)), key: privateKey, json };
}

/** JSON with sorted keys and no spaces: what is signed. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

function consistent(path: string, text: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}${hash(text)}.${path.slice(slash)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
