import { toPurl } from "../../domain/upstream.ts";
import { literalValue, type Span, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference, Variable } from "../format.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/** Vagrantfiles (https://developer.hashicorp.com/vagrant/docs/vagrantfile): boxes, and the scripts that provision them. */
export const vagrantfile: Format = {
  id: "vagrantfile",
  title: "Vagrantfile",
  matches: (path) => /(?:^|\/)Vagrantfile(?:[._-][\w.-]+)?$/.test(path) && !/\.(?:md|lock)$/.test(path),
  read: readVagrantfile,
};

const BOX = /^[ \t]*[\w.]+\.box[ \t]*=[ \t]*(["'])([\w.-]+\/[\w.-]+)\1/gm;
const VERSION = /^[ \t]*[\w.]+\.box_version[ \t]*=[ \t]*(["'])([^"'#\n]+)\1/gm;
const HEREDOC = /<<[-~]?(["'`]?)([A-Za-z_]\w*)\1/g;
const INLINE = /\binline:[ \t]*(["'])((?:(?!\1)[^\\\n]|\\.){0,5000})\1/g;

function readVagrantfile(text: string): Reading {
  const boxes = [...text.matchAll(BOX)].map((match) => valueAt(text, match));
  const versions = [...text.matchAll(VERSION)].map((match) => valueAt(text, match));
  const references = boxes.map((box, index) => boxReference(box, versionOf(box, boxes[index + 1], versions)));
  const scripts = [...heredocsOf(text), ...inlinesOf(text)].map((span) =>
    readScript({ text, span, scope: `script ${span.start}` }),
  );
  const variables: Variable[] = scripts.flatMap((script) => [...script.variables]);
  const downloads = scripts.flatMap((script) => [...script.references]);
  return { references: [...references, ...downloads], variables, inclusions: [], problems: [] };
}

/** The second group of a match, as a value. */
function valueAt(text: string, match: RegExpExecArray): Value {
  const written = match[2] ?? "";
  const start = match.index + match[0].lastIndexOf(written);
  return literalValue(text, start, start + written.length);
}

/** The version that is given after a box and before the next one. */
function versionOf(box: Value, next: Value | undefined, versions: readonly Value[]): Value | undefined {
  return versions.find(({ start }) => start > box.start && start < (next?.start ?? Number.POSITIVE_INFINITY));
}

function boxReference(box: Value, version: Value | undefined): Reference {
  const name = visibleText(box);
  const base = { kind: "version" as const, name, upstream: toPurl("generic", `vagrant/${name}`) };
  if (version === undefined) return { ...base, value: { ...box, end: box.start, pieces: [] }, precision: "floating" };
  return { ...base, value: version, precision: /^v?\d[\w.+-]*$/.test(visibleText(version)) ? "exact" : "range" };
}

function heredocsOf(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(HEREDOC)) {
    const start = text.indexOf("\n", match.index) + 1;
    if (start === 0 || start <= (spans.at(-1)?.end ?? 0)) continue;
    const closing = new RegExp(`^[ \\t]*${match[2]}\\b`, "gm");
    closing.lastIndex = start;
    spans.push({ start, end: closing.exec(text)?.index ?? text.length });
  }
  return spans;
}

function inlinesOf(text: string): Span[] {
  return [...text.matchAll(INLINE)].map((match) => {
    const start = match.index + match[0].length - 1 - (match[2] ?? "").length;
    return { start, end: start + (match[2] ?? "").length };
  });
}
