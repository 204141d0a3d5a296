import { z } from "zod";
import type { Asset } from "../../domain/release.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { LIFECYCLE } from "../packages/metadata.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";

const manifest = z.object({ scripts: z.record(z.string(), z.unknown()).nullish().catch(undefined) });
/** npm takes the first folder's name away, whatever it is. */
const WANTED = /^[^/]+\/(package\.json|binding\.gyp)$/;
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
  const named = (wanted: string) => [...files].find(([name]) => name.endsWith(`/${wanted}`))?.[1];
  const scripts = scriptsOf(named("package.json"));
  if (isFailure(scripts)) return scripts;
  const builds =
    named("binding.gyp") !== undefined && scripts.install === undefined && scripts.preinstall === undefined;
  const all = builds ? { ...scripts, install: "node-gyp rebuild" } : scripts;
  return LIFECYCLE.flatMap((name) => (all[name] === undefined ? [] : [`${name}: ${commandOf(all[name])}`]));
}

function scriptsOf(content: Buffer | undefined): Readonly<Record<string, unknown>> | Failure {
  if (content === undefined) return new Failure("unreadable", "the package holds no package.json");
  try {
    return manifest.parse(JSON.parse(content.toString("utf8"))).scripts ?? {};
  } catch (error) {
    return new Failure("unreadable", "the package's own package.json is not understood", { cause: error });
  }
}

/** Text of strangers: without control characters, and cut. */
function commandOf(command: unknown): string {
  return String(command)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .slice(0, LONGEST);
}
