import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";

const CALL =
  /\b(?:(install_github|install_gitlab|install_bitbucket)|(install_version)|install\.packages|BiocManager::install|pak::pkg_install|pak::pak)\s{0,9}\(/g;
const REPOSITORY = /^([\w.-]+\/[\w.-]+)(?:\/[\w./-]+)?(?:@(.*)|#\d+)?$/;
const PACKAGE = /^[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9](?:@(\d[\w.-]*))?$/;
const LONGEST_CALL = 4_000;
const FORGES = { install_github: "github", install_gitlab: "gitlab", install_bitbucket: "bitbucket" } as const;

type Argument = { readonly name: string; readonly strings: readonly Quoted[] };
type Quoted = { readonly text: string; readonly start: number };

/** Packages that R code installs: `install_github("owner/name@ref")`, `install_version("name", "1.2")`, `install.packages()`. */
export function readR(code: Value): Reference[] {
  const text = visibleText(code);
  return [...text.matchAll(CALL)].flatMap((call) => {
    if (isComment(text, call.index)) return [];
    const given = argumentsAt(text, call.index + call[0].length);
    const forge = Object.entries(FORGES).find(([name]) => name === call[1])?.[1];
    if (forge !== undefined) return repositoriesOf(code, forge, given);
    return call[2] === undefined ? packagesOf(code, given) : versionOf(code, given);
  });
}

/** The code of `R -e CODE` and `Rscript -e CODE`, and the packages of `install2.r` and `installGithub.r`. */
export function readRCommand(words: readonly Value[]): Reference[] {
  const texts = words.map(visibleText);
  const program = texts.findIndex((text) => /^(?:\S*\/)?(?:R|Rscript|r|install2\.r|installGithub\.r)$/.test(text));
  if (program < 0) return [];
  if (/r$/.test(texts[program] ?? "") && (texts[program] ?? "").includes(".")) {
    return listed(words.slice(program + 1), (texts[program] ?? "").endsWith("installGithub.r"));
  }
  return words.flatMap((word, index) => (index > program + 1 && texts[index - 1] === "-e" ? readR(word) : []));
}

const VALUED = /^(?:-[nlrtmd]|--(?:ncpus|repos|libloc|type|method|deps|error-on|ref))$/;

function listed(words: readonly Value[], github: boolean): Reference[] {
  const found: Reference[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const text = word === undefined ? "" : visibleText(word);
    if (VALUED.test(text)) index += 1;
    else if (word !== undefined && !text.startsWith("-")) {
      const quoted = { text, start: 0 };
      found.push(...(github ? repository(word, "github", quoted) : onePackage(word, quoted)));
    }
  }
  return found;
}

function repositoriesOf(code: Value, forge: string, given: readonly Argument[]): Reference[] {
  const ref = given.find(({ name }) => name === "ref" || name === "tag")?.strings[0];
  const value = ref === undefined ? undefined : sliceValue(code, ref.start, ref.start + ref.text.length);
  return subjects(given, /^(?:repo|)$/).flatMap((quoted) =>
    repository(code, forge, quoted).map((one) => (value === undefined ? one : { ...one, ref: value })),
  );
}

/** `owner/name`, with a ref behind `@`; `@*release` is whatever is newest. */
function repository(code: Value, forge: string, { text, start }: Quoted): Reference[] {
  const [, path, ref] = REPOSITORY.exec(text) ?? [];
  if (path === undefined) return [];
  const end = start + text.length;
  const chosen = ref === undefined || ref.startsWith("*") ? {} : { ref: sliceValue(code, end - ref.length, end) };
  return [
    { kind: "git", value: sliceValue(code, start, start + path.length), upstream: toPurl(forge, path), ...chosen },
  ];
}

function packagesOf(code: Value, given: readonly Argument[]): Reference[] {
  return subjects(given, /^(?:pkgs?|package|)$/).flatMap((quoted) => onePackage(code, quoted));
}

function onePackage(code: Value, { text, start }: Quoted): Reference[] {
  const [whole, version] = PACKAGE.exec(text) ?? [];
  if (whole === undefined) return [];
  const end = start + text.length;
  const name = version === undefined ? text : text.slice(0, -version.length - 1);
  const precision = version === undefined ? "floating" : "exact";
  const { start: at } = sliceValue(code, start, start + 1);
  const value =
    version === undefined ? { start: at, end: at, pieces: [] } : sliceValue(code, end - version.length, end);
  return [{ kind: "version", value, upstream: toPurl("cran", name), name, scheme: "loose", precision }];
}

function versionOf(code: Value, given: readonly Argument[]): Reference[] {
  const [subject, behind] = subjects(given, /^(?:package|)$/);
  const version = given.find(({ name }) => name === "version")?.strings[0] ?? behind;
  if (subject === undefined || version === undefined || !/^(?:\d|\uFFFC)[\w.-]*$/.test(version.text)) return [];
  const value = sliceValue(code, version.start, version.start + version.text.length);
  const { text: name } = subject;
  return [{ kind: "version", value, upstream: toPurl("cran", name), name, scheme: "loose", precision: "exact" }];
}

function subjects(given: readonly Argument[], names: RegExp): Quoted[] {
  return given.filter(({ name }) => names.test(name)).flatMap(({ strings }) => strings);
}

function isComment(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 300), at);
  return /^[ \t]*#/.test(before.slice(before.lastIndexOf("\n") + 1));
}

type Cursor = {
  readonly text: string;
  readonly found: { name: string; strings: Quoted[] }[];
  at: number;
  depth: number;
};

/** The arguments of a call, each with its name and the strings in it. */
function argumentsAt(text: string, from: number): Argument[] {
  const token = /["']|[(){}[\],#\n]|[\w.]+\s{0,9}=(?!=)|[^"'(){}[\],#\n\w.]+|[\w.]+/y;
  const cursor: Cursor = { text, found: [{ name: "", strings: [] }], at: from, depth: 0 };
  while (cursor.depth >= 0 && cursor.at - from < LONGEST_CALL) {
    token.lastIndex = cursor.at;
    const sign = token.exec(text)?.[0];
    if (sign === undefined) break;
    cursor.at += sign.length;
    if (sign === '"' || sign === "'") passString(cursor, sign);
    else if (sign === "#") cursor.at = indexOrEnd(text, "\n", cursor.at);
    else passSign(cursor, sign);
  }
  return cursor.found;
}

function passString(cursor: Cursor, quote: string): void {
  const end = indexOrEnd(cursor.text, quote, cursor.at);
  cursor.found.at(-1)?.strings.push({ text: cursor.text.slice(cursor.at, end), start: cursor.at });
  cursor.at = end + 1;
}

function passSign(cursor: Cursor, sign: string): void {
  if (/^[([{]$/.test(sign)) cursor.depth += 1;
  else if (/^[)\]}]$/.test(sign)) cursor.depth -= 1;
  else if (cursor.depth > 0) return;
  else if (sign === ",") cursor.found.push({ name: "", strings: [] });
  else if (sign.endsWith("="))
    cursor.found[cursor.found.length - 1] = { name: sign.slice(0, -1).trimEnd(), strings: [] };
}

function indexOrEnd(text: string, wanted: string, at: number): number {
  const end = text.indexOf(wanted, at);
  return end < 0 ? text.length : end;
}
