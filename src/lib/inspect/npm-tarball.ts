import { createHash } from "node:crypto";
import { z } from "zod";
import type { Asset } from "../../domain/release.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { LIFECYCLE } from "../packages/metadata.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";

const manifest = z.object({ scripts: z.record(z.string(), z.unknown()).nullish().catch(undefined) });
/** npm takes the first folder's name away, whatever it is. Some file systems do not tell capitals apart. */
const WANTED = /^[^/]+\/(package\.json|binding\.gyp)$/i;
const LONGEST = 120;

/**
 * What runs when an npm package is installed, as `postinstall: node setup.js`: by the file itself, since a registry
 * repeats what the publisher's client said. A `binding.gyp` without an install script is built (`node-gyp rebuild`).
 */
export async function readLifecycle(fetcher: Fetcher, asset: Asset): Promise<string[] | Failure> {
  const files = await readHashed(fetcher, asset, "the package", (parts) =>
    readTar(parts, { wanted: (name) => WANTED.test(name), packed: true }),
  );
  if (isFailure(files)) return files;
  const named = (wanted: string) => [...files].filter(([name]) => name.toLowerCase().endsWith(`/${wanted}`));
  const manifests = named("package.json");
  if (manifests.length > 1) return new Failure("unreadable", "the package holds more than one package.json");
  const scripts = scriptsOf(manifests[0]?.[1]);
  if (isFailure(scripts)) return scripts;
  const builds = named("binding.gyp").length > 0 && scripts.install === undefined && scripts.preinstall === undefined;
  const all = builds ? { ...scripts, install: "node-gyp rebuild" } : scripts;
  return LIFECYCLE.flatMap((name) => (all[name] === undefined ? [] : [`${name}: ${commandOf(all[name])}`]));
}

function scriptsOf(content: Buffer | undefined): Readonly<Record<string, unknown>> | Failure {
  if (content === undefined) return new Failure("unreadable", "the package holds no package.json");
  try {
    // npm takes a byte order mark away before it reads
    return manifest.parse(JSON.parse(content.toString("utf8").replace(/^\ufeff/, ""))).scripts ?? {};
  } catch (error) {
    return new Failure("unreadable", "the package's own package.json is not understood", { cause: error });
  }
}

/** Text of strangers: without control characters. What is cut off is told by its hash, since it must not change unseen. */
function commandOf(command: unknown): string {
  const text = String(command).replace(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  if (text.length <= LONGEST) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${text.slice(0, LONGEST).toWellFormed()}… (sha256 ${hash})`;
}
