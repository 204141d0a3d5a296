import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Asset } from "../../domain/release.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { buildBackendOf } from "./build-system.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";
import { openZip } from "./zip-archive.ts";

/** What runs when a source archive is built: its backend (PEP 517), and a hash of its `setup.py`, or `none`. */
export type BuildCode = { readonly buildBackend: string; readonly setup: string };

/** Below one folder, or below none where an archive has several. Some file systems do not tell capitals apart. */
const WANTED = /^(?:[^/]+\/)?(setup\.py|pyproject\.toml)$/i;

/**
 * Looks into a source archive: what would run if it were built. Nothing is run. The version in `setup.py` does not
 * count, so that a hash stays the same as long as its code does. A `conflict` failure: it is not the file that the index
 * names.
 */
export async function readBuildCode(fetcher: Fetcher, asset: Asset, version: string): Promise<BuildCode | Failure> {
  const files = asset.name.endsWith(".zip") ? await fromZip(fetcher, asset) : await fromTar(fetcher, asset);
  if (isFailure(files)) return files;
  const buildBackend = buildBackendOf(files.get("pyproject.toml") ?? "");
  return isFailure(buildBackend) ? buildBackend : { buildBackend, setup: hashOf(files.get("setup.py"), version) };
}

type Files = ReadonlyMap<string, string>;

async function fromTar(fetcher: Fetcher, asset: Asset): Promise<Files | Failure> {
  const read = await readHashed(fetcher, asset, "the source archive", (parts) =>
    readTar(parts, { wanted: (name) => WANTED.test(name), packed: true }),
  );
  if (isFailure(read)) return read;
  const named = [...read].map(([name, content]) => [ownName(name), content.toString("utf8")] as const);
  return new Map(
    [...Map.groupBy(named, ([name]) => name)].map(([name, all]) => [name, all.map(([, text]) => text).join("\n")]),
  );
}

async function fromZip(fetcher: Fetcher, { url = "" }: Asset): Promise<Files | Failure> {
  const archive = await openZip(fetcher, url, "the source archive");
  if (isFailure(archive)) return archive;
  const files = new Map<string, string>();
  for (const entry of archive.entries) {
    const name = ownName(posix.normalize(entry.name.replaceAll("\\", "/")).replace(/^\/+/, ""));
    if (name === "") continue;
    const content = await archive.read(entry);
    if (isFailure(content)) return content;
    files.set(name, `${files.get(name) ?? ""}${content.toString("utf8")}`);
  }
  return files;
}

function ownName(path: string): string {
  return WANTED.exec(path)?.[1]?.toLowerCase() ?? "";
}

function hashOf(setup: string | undefined, version: string): string {
  if (setup === undefined) return "none";
  return `sha256:${createHash("sha256").update(setup.replaceAll(version, "")).digest("hex")}`;
}
