import { createHash } from "node:crypto";
import type { Asset } from "../../domain/release.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { tableOf } from "../packages/manifest-names.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";
import { openZip } from "./zip-archive.ts";

/** What runs when a source archive is built: its backend (PEP 517), and a hash of its `setup.py`, or `none`. */
export type BuildCode = { readonly buildBackend: string; readonly setup: string };

/** A source archive's own files are below one folder. */
const WANTED = /^[^/]+\/(setup\.py|pyproject\.toml)$/;

/**
 * Looks into a source archive: what would run if it were built. Nothing is run. The version in `setup.py` does not
 * count, so that a hash stays the same as long as its code does. A `conflict` failure: it is not the file that the index
 * names.
 */
export async function readBuildCode(fetcher: Fetcher, asset: Asset, version: string): Promise<BuildCode | Failure> {
  const files = asset.name.endsWith(".zip") ? await fromZip(fetcher, asset) : await fromTar(fetcher, asset);
  if (isFailure(files)) return files;
  return { buildBackend: backendOf(files.get("pyproject.toml")), setup: hashOf(files.get("setup.py"), version) };
}

type Files = ReadonlyMap<string, string>;

async function fromTar(fetcher: Fetcher, asset: Asset): Promise<Files | Failure> {
  const read = await readHashed(fetcher, asset, "the source archive", (parts) =>
    readTar(parts, { wanted: (name) => WANTED.test(name), packed: true }),
  );
  if (isFailure(read)) return read;
  const named = [...read].map(([name, content]) => [WANTED.exec(name)?.[1] ?? "", content.toString("utf8")] as const);
  return new Map(
    [...Map.groupBy(named, ([name]) => name)].map(([name, all]) => [name, all.map(([, text]) => text).join("\n")]),
  );
}

async function fromZip(fetcher: Fetcher, { url = "" }: Asset): Promise<Files | Failure> {
  const archive = await openZip(fetcher, url, "the source archive");
  if (isFailure(archive)) return archive;
  const files = new Map<string, string>();
  for (const entry of archive.entries) {
    const name = WANTED.exec(entry.name)?.[1];
    if (name === undefined) continue;
    const content = await archive.read(entry);
    if (isFailure(content)) return content;
    files.set(name, `${files.get(name) ?? ""}${content.toString("utf8")}`);
  }
  return files;
}

/** Without a word on it, setuptools builds it (PEP 517, "Source trees"). A backend of its own folder is code of its own. */
function backendOf(pyproject: string | undefined): string {
  const table = tableOf(pyproject ?? "", "build-system") ?? "";
  const named = /^build-backend\s*=\s*["']([^"'\n]{1,200})["']/m.exec(table)?.[1];
  const own = /^backend-path\s*=/m.test(table);
  return `${named ?? "setuptools.build_meta:__legacy__"}${own ? " (in the archive)" : ""}`;
}

function hashOf(setup: string | undefined, version: string): string {
  if (setup === undefined) return "none";
  return `sha256:${createHash("sha256").update(setup.replaceAll(version, "")).digest("hex")}`;
}
