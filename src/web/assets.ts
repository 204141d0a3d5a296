import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const FOLDER = join(import.meta.dirname, "../../assets");

/** What browsers load besides pages, with its type. */
const FILES = {
  "headgate.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "change.mjs": "text/javascript; charset=utf-8",
  "progress.mjs": "text/javascript; charset=utf-8",
} as const;

/** A file that browsers may keep for ever: its address changes with its content. */
type Asset = { readonly type: string; readonly plain: Buffer; readonly gzip: Buffer; readonly br: Buffer };

/** Where each file of the dashboard is served, and what is served there. */
export type Assets = {
  readonly urls: Readonly<Record<keyof typeof FILES, string>>;
  readonly files: ReadonlyMap<string, Asset>;
  /** Which Headgate this is. */
  readonly version: string;
};

/** Reads and compresses the dashboard's files, once per process. */
export function loadAssets(): Assets {
  const loaded = Object.entries(FILES).map(([name, type]) => {
    const plain = readFileSync(join(FOLDER, name));
    const hash = createHash("sha256").update(plain).digest("hex").slice(0, 16);
    const url = `/assets/${hash}${name.slice(name.lastIndexOf("."))}`;
    return { name, url, asset: { type, plain, gzip: gzipSync(plain, { level: 9 }), br: brotliCompressSync(plain) } };
  });
  return {
    urls: Object.fromEntries(loaded.map(({ name, url }) => [name, url])) as Assets["urls"],
    version: readVersion(),
    files: new Map(loaded.map(({ url, asset }) => [url, asset])),
  };
}

function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(join(FOLDER, "../package.json"), "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "";
}
