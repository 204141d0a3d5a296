import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isWatched, type Pin } from "../../domain/pin.ts";
import type { ForgeId } from "../../domain/project.ts";
import { parsePurl, upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { fileTrouble } from "../../lib/file-trouble.ts";
import { DEPENDABOT_FILES, importDependabot } from "../../lib/import/dependabot.ts";
import type { Imported, UpstreamsOf } from "../../lib/import/imported.ts";
import { importRenovate, RENOVATE_FILES } from "../../lib/import/renovate.ts";
import { type Origin, originOf } from "../../lib/trees/origin.ts";
import { readPinsAt } from "./read-pins.ts";

/** Which other tools' files are read: `auto`, those that are there. `forge`: what is said of the remote's host. */
export type ImportWish = {
  readonly renovate: string | boolean;
  readonly dependabot: string | boolean;
  readonly forge?: ForgeId | undefined;
};

/** What a checkout holds that a configuration is proposed from. */
export type Survey = {
  readonly pins: readonly Pin[];
  readonly origin: Origin | undefined;
  readonly imported: readonly { readonly file: string; readonly read: Imported }[];
  /** Other tools' files that were seen and are not read, with why. */
  readonly seen: readonly { readonly what: string; readonly why: string }[];
};

const OTHERS: readonly (readonly [string, string])[] = [
  [
    "nvchecker.toml",
    "it lists what to ask about; Headgate finds what is pinned by itself. Compare with headgate pins.",
  ],
  [
    ".nvchecker.toml",
    "it lists what to ask about; Headgate finds what is pinned by itself. Compare with headgate pins.",
  ],
  ["diun.yml", "it watches images that run; Headgate watches those that files name. The two go together."],
];

/** Looks at a checkout: its pins, its remote, and the rules of Renovate and Dependabot in it. Offline; nothing is changed. */
export async function surveyCheckout(path: string, wish: ImportWish): Promise<Survey | Failure> {
  const found = await readPinsAt(path);
  if (isFailure(found)) return found;
  const upstreamsOf = namesIn(found.pins);
  const imported: { file: string; read: Imported }[] = [];
  for (const [wanted, files, read] of [
    [wish.renovate, RENOVATE_FILES, importRenovate],
    [wish.dependabot, DEPENDABOT_FILES, importDependabot],
  ] as const) {
    if (wanted === false) continue;
    const file = typeof wanted === "string" ? wanted : await firstOf(path, files);
    if (file === undefined) continue;
    const text = await rulesIn(typeof wanted === "string" ? wanted : join(path, file));
    if (isFailure(text)) return text;
    const rules = read(text, file, upstreamsOf);
    if (isFailure(rules)) return rules;
    imported.push({ file, read: rules });
  }
  const seen = await Promise.all(OTHERS.map(async ([what, why]) => ((await has(path, what)) ? [{ what, why }] : [])));
  return { pins: found.pins, origin: await originOf(path, wish.forge), imported, seen: seen.flat() };
}

async function rulesIn(file: string): Promise<string | Failure> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = isMissing ? "does not exist" : `cannot be read: ${fileTrouble(error)}`;
    return new Failure("misconfigured", `${file} ${why}.`);
  }
}

async function firstOf(path: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await has(path, file)) return file;
  return undefined;
}

async function has(path: string, file: string): Promise<boolean> {
  return readFile(join(path, file), "utf8").then(
    () => true,
    () => false,
  );
}

/** The purls of what is pinned under a name, as it stands or without its owner; for other names a glob that fits them. */
function namesIn(pins: readonly Pin[]): UpstreamsOf {
  const purls = [...new Set(pins.filter(isWatched).map(({ upstream }) => upstream))];
  return (name) => {
    const wanted = name.toLowerCase();
    const known = purls.filter((purl) => {
      const label = upstreamLabel(purl).toLowerCase();
      const bare = parsePurl(purl)?.name.toLowerCase();
      return label === wanted || label === wanted.replace(/^(?:docker\.io\/)?library\//, "") || bare === wanted;
    });
    return known.length > 0 ? known : [`pkg:**/${name.replace(/^@/, "%40")}`];
  };
}
