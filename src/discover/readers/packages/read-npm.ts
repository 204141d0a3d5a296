import type { Precision } from "../../../domain/pin.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";

const LOCAL = /^(?:file|link|portal|workspace|catalog|patch|exec):|^\.{0,2}\/|^~\//;
const ALIAS = /^npm:(?:((?:@[\w.-]+\/)?[a-z_][\w.-]*)(?:@|$)|(?=[\d^~<>=*v]))/i;
const GIT = /^(?:git\+)?(?:https?|ssh|git|file):\/\/|^git@/;
const SHORTHAND = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)(?=#|$)/;
/** One version behind at most one operator: the one shape in which an edit cannot change what the range means. */
const SINGLE = /^([\^~]|[<>]?=)?\s*(v?\d[\w.+-]*(?:\.\*)*)$/;

/**
 * A dependency as package.json writes it (https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies);
 * undefined for what comes from the project itself: folders, workspaces, catalogs.
 */
export function readNpmDependency(name: string, value: Value): Reference | undefined {
  const text = visibleText(value);
  if (LOCAL.test(text)) return undefined;
  const alias = ALIAS.exec(text);
  if (alias !== null) return readRange(name, alias[1] ?? name, sliceValue(value, alias[0].length, text.length));
  if (/^https?:\/\/[^#]+\.t(?:ar\.)?gz(?:[?#]|$)/.test(text)) return { kind: "url", value, name };
  if (GIT.test(text)) return readGit(name, value, text);
  const [shorthand, forge = "github", repository] = SHORTHAND.exec(text) ?? [];
  if (shorthand === undefined || repository === undefined) return readRange(name, name, value);
  const upstream = toPurl(forge, repository.replace(/\.git$/, ""));
  return withRef({ kind: "git", name, upstream }, value, shorthand.length);
}

function readGit(name: string, value: Value, text: string): Reference {
  const hash = text.indexOf("#");
  const from = text.startsWith("git+") ? "git+".length : 0;
  const address = sliceValue(value, from, hash < 0 ? text.length : hash);
  return withRef({ kind: "git", name }, value, hash < 0 ? text.length : hash, address);
}

type Partial = Pick<Reference, "kind" | "name" | "upstream">;

/** `#ref` is a tag, a branch or a commit; `#semver:^1` is a range of tags. `hash`: where the `#` is, or would be. */
function withRef(base: Partial, value: Value, hash: number, address = value): Reference {
  const text = visibleText(value);
  const written = text.slice(hash + 1);
  if (written === "" || written.startsWith("semver:")) return { ...base, value: address };
  return { ...base, value: address, ref: sliceValue(value, hash + 1, text.length), pinnable: true };
}

function readRange(name: string, packageName: string, value: Value): Reference {
  const base = { kind: "version" as const, name, upstream: toPurl("npm", packageName), scheme: "semver" };
  const text = visibleText(value).trim();
  const [, operator = "", version] = SINGLE.exec(text) ?? [];
  if (!/\d/.test(text) || /^(?!v\d)[a-z]/i.test(text)) return { ...base, value, precision: "floating" };
  if (version === undefined) return { ...base, value, precision: "range" };
  const exact = (operator === "" || operator === "=") && /^v?\d+\.\d+\.\d+(?:[-+].*)?$/.test(version);
  const end = visibleText(value).trimEnd().length;
  const precision: Precision = exact ? "exact" : "range";
  const written = operator === "" ? {} : { written: text };
  return { ...base, value: sliceValue(value, end - version.length, end), precision, ...written };
}
