import { own } from "../../domain/own.ts";
import type { InlineWord } from "../../domain/pin.ts";
import { toPurl } from "../../domain/upstream.ts";
import { lineAt } from "../../lib/syntax/line-index.ts";
import { usualScheme } from "../../lib/versions/usual-scheme.ts";

/** What the maintainers wrote beside a place, in Headgate's words or in Renovate's. */
export type Words = {
  readonly word?: InlineWord;
  readonly upstream?: string;
  readonly tagTemplate?: string;
  readonly scheme?: string;
};

type Lines = { readonly text: string; readonly starts: readonly number[] };

const MOST_COMMENT_LINES = 20;

/** Reads the comment on the line of an offset and the comment lines right above it; the nearest word of a kind wins. */
export function wordsAt(file: Lines, offset: number): Words {
  const line = lineAt(file.starts, offset);
  let words = readWords(trailingComment(lineText(file, line)));
  for (let above = line - 1; above > 0 && above > line - MOST_COMMENT_LINES; above -= 1) {
    const comment = /^\s*#(.*)$/.exec(lineText(file, above))?.[1];
    if (comment === undefined) break;
    words = { ...readWords(comment), ...words };
  }
  return words;
}

function trailingComment(line: string): string {
  const at = line.indexOf("# ");
  return at < 0 ? "" : line.slice(at + 1);
}

function lineText(file: Lines, line: number): string {
  const start = file.starts[line - 1] ?? 0;
  const end = (file.starts[line] ?? file.text.length + 1) - 1;
  return file.text.slice(start, Math.min(end, start + 2_000)).trimEnd();
}

function readWords(comment: string): Words {
  const [, name, rest = ""] = /\b(headgate|renovate):\s*(.*)/.exec(comment) ?? [];
  if (name === "headgate") return headgateWords(rest);
  return name === "renovate" ? renovateWords(rest) : {};
}

/** `ignore ["reason"]`, `hold [<9.0] ["reason"]`, `upstream=pkg:…`, `tag=v{version}`. */
function headgateWords(rest: string): Words {
  const [, kind, range] = /^(ignore|hold)\b\s*((?:[<>=~^!][^"\s]*(?:,\s*)?)*)/.exec(rest) ?? [];
  const reason = /"([^"]*)"/.exec(rest)?.[1];
  const why = reason === undefined ? {} : { reason };
  const fields = fieldsOf(rest);
  const word: Words =
    kind === "ignore"
      ? { word: { kind, ...why } }
      : kind === "hold"
        ? { word: { kind, ...(range ? { range: range.trim() } : {}), ...why } }
        : {};
  return { ...word, ...named(fields.upstream?.startsWith("pkg:") ? fields.upstream : undefined, fields.tag) };
}

/** https://docs.renovatebot.com/modules/manager/regex/#advanced-capture: datasource, depName or packageName, versioning. */
function renovateWords(rest: string): Words {
  const fields = fieldsOf(rest);
  const name = (fields.packageName ?? fields.depName)?.replace(/^(?:depName|packageName)=/, "");
  const type = own(PURL_TYPES, fields.datasource ?? "");
  if (name === undefined || type === undefined) return {};
  const upstream = toPurl(type, type === "docker" && !name.includes("/") ? `library/${name}` : name);
  const extract = /^\^?([\w./-]*)\(\?<version>[^)]*\)\$?$/.exec(fields.extractVersion ?? "")?.[1];
  const template = extract === undefined || extract === "" ? undefined : `${extract}{version}`;
  return { ...named(upstream, template), scheme: usualScheme(type) };
}

function named(upstream: string | undefined, tagTemplate: string | undefined): Words {
  return {
    ...(upstream === undefined ? {} : { upstream }),
    ...(tagTemplate?.includes("{version}") ? { tagTemplate } : {}),
  };
}

function fieldsOf(rest: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...rest.matchAll(/\b(\w+)=(\S+)/g)].map((match) => [match[1] ?? "", match[2]]));
}

/** What Renovate calls a datasource, as the type of its purls. */
const PURL_TYPES: Readonly<Record<string, string>> = {
  "github-releases": "github",
  "github-tags": "github",
  "gitlab-releases": "gitlab",
  "gitlab-tags": "gitlab",
  docker: "docker",
  pypi: "pypi",
  npm: "npm",
  crate: "cargo",
  rubygems: "gem",
  maven: "maven",
  go: "golang",
};
