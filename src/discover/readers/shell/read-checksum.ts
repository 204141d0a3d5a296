import { HOLE, sliceValue, spelledText, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";
import type { Checksum, Reference } from "../../format.ts";
import type { Step } from "./read-functions.ts";

/** A download: its place in the list of references, and the file it is written to. */
export type Download = { readonly at: number; readonly output: string; readonly scope: string };
type Check = { readonly checksum: Checksum; readonly file: string; readonly scope: string };

/** The file a download is written to: `-o`, `-O`, else the last part of its address. */
export function outputOf(command: ShellCommand): (reference: Reference) => string {
  const words = command.words.map(spelledText);
  const flag = words.findIndex((word) => /^(?:-[A-Za-z]*o|-O|--output|--output-document)$/.test(word));
  const named = flag >= 0 ? words[flag + 1] : undefined;
  const isName = named !== undefined && !named.startsWith("-") && !named.includes("://");
  return ({ value }) => baseName(isName ? named : spelledText(value));
}

/** A check belongs to the download of the file it names, or to the only one there is. */
export function withChecksums(
  references: readonly Reference[],
  downloads: readonly Download[],
  steps: readonly Step[],
): readonly Reference[] {
  const linked = [...references];
  for (const { checksum, file, scope, only } of checksOf(steps)) {
    const near = downloads.filter((download) => download.scope === scope);
    const named = near.filter((download) => download.output === file);
    const [download] = named.length > 0 ? named : only && near.length === 1 ? near : [];
    const reference = download === undefined ? undefined : linked[download.at];
    if (download === undefined || reference === undefined) continue;
    linked[download.at] = { ...reference, checksums: [...(reference.checksums ?? []), checksum] };
  }
  return linked;
}

/** Commands such as `echo "<hash>  <file>" | sha256sum -c`; `only`: there is no other in its scope. */
function checksOf(steps: readonly Step[]): (Check & { readonly only: boolean })[] {
  const checks = steps.flatMap(({ command, scope }, index) => {
    const words = command.words.map(visibleText);
    const tool = words.map((word) => /^(?:\S*\/)?(?:sha(1|256|384|512)sum|shasum)$/.exec(word)).find((match) => match);
    if (!tool || !words.some((word) => /^(?:-[a-z]{0,20}c\w*|--check)$/.test(word))) return [];
    const algorithm = ALGORITHMS.find((known) => known === `sha${tool[1] ?? shasumBits(words)}`) ?? "sha1";
    const candidates = [...command.words, ...(steps[index - 1]?.command.words ?? [])];
    return candidates.flatMap((word) => checkOf(word, algorithm, scope)).slice(0, 1);
  });
  const count = new Map<string, number>();
  for (const { scope } of checks) count.set(scope, (count.get(scope) ?? 0) + 1);
  return checks.map((check) => ({ ...check, only: count.get(check.scope) === 1 }));
}

const ALGORITHMS = ["sha1", "sha256", "sha384", "sha512"] as const;

function shasumBits(words: readonly string[]): string {
  const flag = words.findIndex((word) => /^(?:-a|--algorithm)$/.test(word));
  return (flag >= 0 ? words[flag + 1] : undefined) ?? "1";
}

function checkOf(word: Value, algorithm: Checksum["algorithm"], scope: string): Check[] {
  const match = new RegExp(`^(${HOLE}|[0-9a-f]{40,128})\\s+\\*?(\\S+)`).exec(visibleText(word));
  const [whole, hash, file] = match ?? [];
  if (whole === undefined || hash === undefined || file === undefined) return [];
  const value = sliceValue(word, 0, hash.length);
  const name = baseName(spelledText(sliceValue(word, whole.length - file.length, whole.length)));
  return [{ checksum: { value, algorithm }, file: name, scope }];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
