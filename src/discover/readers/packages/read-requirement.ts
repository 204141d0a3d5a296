import type { Precision } from "../../../domain/pin.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { parseRequirement, type Requirement } from "../../../lib/syntax/requirement.ts";
import type { Checksum, Reference } from "../../format.ts";

/** A `--hash=` option of a requirement. */
export type Hash = { readonly algorithm: string; readonly value: Value };

/** Reads one requirement as pip would; undefined for options, paths and what is not one. */
export function readRequirement(value: Value, hashes: readonly Hash[] = []): Reference | undefined {
  const text = visibleText(value);
  if (/^(?:git\+|https?:)/.test(text)) return readAddress(value, text);
  const requirement = parseRequirement(text);
  if (requirement === undefined) return undefined;
  if (requirement.url !== undefined) {
    const address = sliceValue(value, requirement.url.start, requirement.url.end);
    return readAddress(address, visibleText(address), requirement.name);
  }
  return versionReference(value, requirement, hashes);
}

/** Operators behind which a newer version can be written without excluding it. */
const FOLLOWING = /^(?:~=|>=|={2,3})$/;

function versionReference(value: Value, requirement: Requirement, hashes: readonly Hash[]): Reference {
  const { name, nameEnd, specifier, version } = requirement;
  const base = { kind: "version" as const, name, upstream: toPurl("pypi", name), scheme: "pep440" };
  if (specifier === undefined) return { ...base, value: sliceValue(value, nameEnd, nameEnd), precision: "floating" };
  const equal = version?.operator === "==" || version?.operator === "===";
  const exact = equal && !version.text.includes("*");
  const precision: Precision = exact ? "exact" : "range";
  const place = version !== undefined && FOLLOWING.test(version.operator) ? version : specifier;
  const checksums = hashes.flatMap((hash) => checksumOf(hash));
  return {
    ...base,
    value: sliceValue(value, place.start, place.end),
    precision,
    ...(exact ? {} : { written: specifier.text }),
    ...(checksums.length === 0 ? {} : { checksums }),
  };
}

/** `git+https://host/owner/name@ref#egg=…`, or the address of an archive. */
function readAddress(value: Value, text: string, name?: string): Reference {
  const fragment = text.search(/[#\s]/);
  const end = fragment < 0 ? text.length : fragment;
  const named = name === undefined ? {} : { name };
  if (!text.startsWith("git+")) return { kind: "url", value: sliceValue(value, 0, end), ...named };
  const at = text.slice(0, end).lastIndexOf("@");
  const hasRef = at > text.indexOf("/", text.indexOf("://") + 3);
  return {
    kind: "git",
    value: sliceValue(value, "git+".length, hasRef ? at : end),
    ...(hasRef ? { ref: sliceValue(value, at + 1, end), pinnable: true } : {}),
    ...named,
  };
}

const ALGORITHMS = ["sha1", "sha256", "sha384", "sha512"] as const;

function checksumOf(hash: Hash): Checksum[] {
  const algorithm = ALGORITHMS.find((known) => known === hash.algorithm);
  return algorithm === undefined ? [] : [{ algorithm, value: hash.value }];
}
