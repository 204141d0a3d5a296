import { literalValue, type Piece, type Span, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Inclusion, Reading, Reference, Variable } from "../format.ts";
import { dockerfilesAround } from "../readers/shell/read-build.ts";
import { remoteContext } from "../readers/yaml/read-compose.ts";

/** Build definitions of Docker Buildx in HCL (https://docs.docker.com/build/bake/reference/). */
export const bake: Format = {
  id: "bake",
  title: "Bake file",
  matches: (path) => /(?:^|\/)(?:[\w.-]*bake[\w.-]*|[\w-]+)\.hcl$/i.test(path),
  guesses: (path) => !/bake[^/]*$/i.test(path), // a bake file may have any name; others have no targets
  read: readBake,
};

const BLOCK = /^(variable|target)[ \t]+"?([^"\s{]+)"?[ \t]*\{/gm;
const ATTRIBUTE = /^[ \t]*([\w-]+)[ \t]*=[ \t]*/gm;
const ENTRY = /(?:^|[{,\n])[ \t]*"?([A-Za-z_][\w.-]*)"?[ \t]*[=:][ \t]*("(?:[^"\n\\]|\\.){0,500}"|[A-Za-z_][\w.-]*)/g;
const TEXT = /"((?:[^"\n\\]|\\.){0,500})"/g;
const MOST_PARENTS = 20;
/** What one target inherits, and what its matrix says, is repeated for each that inherits it: far beyond what people write. */
const MOST_INHERITED = 200;

/** What a target says itself. */
type Target = {
  readonly inherits: readonly string[];
  readonly context?: Value;
  /** Several where a matrix says which. */
  readonly dockerfiles: readonly Value[];
  readonly variables: readonly Variable[];
  /** What the Dockerfile knows by these names is no image. */
  readonly contexts: readonly string[];
  readonly images: readonly Value[];
  readonly tags: readonly Value[];
};

function readBake(text: string, path: string): Reading {
  const variables: Variable[] = [];
  const targets = new Map<string, Target>();
  for (const { kind, name, block } of blocksOf(text)) {
    const attributes = attributesOf(text, block);
    const value = kind === "variable" ? textsOf(text, attributes.get("default"))[0] : undefined;
    if (value !== undefined) variables.push({ name, value });
    if (kind === "target") targets.set(name, targetOf(text, attributes, block));
  }
  const inclusions: Inclusion[] = [];
  const references: Reference[] = [];
  for (const [name, target] of targets) {
    references.push(...target.images.map((value): Reference => ({ kind: "image", value })));
    const parents = familyOf(targets, name);
    const context = parents.find((one) => one.context !== undefined)?.context;
    const remote = target.context === undefined ? undefined : remoteContext(target.context);
    if (remote !== undefined) references.push(remote);
    const files = parents.find((one) => one.dockerfiles.length > 0)?.dockerfiles ?? [undefined];
    const variables = parents.flatMap((one) => one.variables).slice(0, MOST_INHERITED);
    const contexts = parents.flatMap((one) => one.contexts).slice(0, MOST_INHERITED);
    for (const file of files) inclusions.push({ ...dockerfilesAround(path, context, file), variables, contexts });
  }
  const builds = [...targets.values()].flatMap(({ tags }) => tags);
  return { references, variables, inclusions, builds, unordered: true, problems: [] };
}

/** A block ends where a brace begins a line, as everybody writes it; one on a single line ends before the next. */
function blocksOf(text: string): { readonly kind: string; readonly name: string; readonly block: Span }[] {
  const heads = [...text.matchAll(BLOCK)];
  return heads.map(({ index, 0: whole, 1: kind = "", 2: name = "" }, at) => {
    const start = index + whole.length;
    const next = heads[at + 1]?.index ?? text.length;
    const brace = text.slice(start, next).indexOf("\n}");
    return { kind, name, block: { start, end: brace < 0 ? next : start + brace } };
  });
}

/** Each attribute with the text up to the next one of the same block; what stands in nested braces belongs to it. */
function attributesOf(text: string, block: Span): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  let end = block.start;
  for (const match of text.slice(block.start, block.end).matchAll(ATTRIBUTE)) {
    if (block.start + match.index < end) continue;
    const start = block.start + match.index + match[0].length;
    const stop = /[{[]/.test(text[start] ?? "") ? closingOf(text, start, block.end) : text.indexOf("\n", start);
    end = stop < 0 || stop > block.end ? block.end : stop;
    found.set(match[1] ?? "", { start, end });
  }
  return found;
}

/** Where what opens at an offset is closed again; braces of templates are pairs, too. */
function closingOf(text: string, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    if (text[at] === "{" || text[at] === "[") depth += 1;
    if (text[at] === "}" || text[at] === "]") depth -= 1;
    if (depth === 0) return at;
  }
  return end;
}

function targetOf(text: string, attributes: ReadonlyMap<string, Span>, block: Span): Target {
  const one = (name: string) => textsOf(text, attributes.get(name))[0];
  const context = one("context");
  const dockerfile = one("dockerfile");
  const listed = attributes.has("matrix") ? entriesOf(text, block).filter(({ name }) => name === "dockerfile") : [];
  const contexts = entriesOf(text, attributes.get("contexts")).slice(0, MOST_INHERITED);
  const images = attributes.has("matrix") ? textsOf(text, block) : contexts.map(({ value }) => value);
  return {
    inherits: textsOf(text, attributes.get("inherits")).map(visibleText).slice(-MOST_PARENTS),
    ...(context === undefined ? {} : { context }),
    dockerfiles: dockerfile === undefined ? dockerfilesIn(listed) : [dockerfile],
    variables: entriesOf(text, attributes.get("args")).slice(0, MOST_INHERITED),
    contexts: contexts.map(({ name }) => name),
    images: images.flatMap(imageOf),
    tags: textsOf(text, attributes.get("tags")),
  };
}

function dockerfilesIn(listed: readonly Variable[]): Value[] {
  const written = listed.filter(({ value }) => value.pieces.every(({ kind }) => kind === "literal"));
  return written.slice(0, MOST_INHERITED).map(({ value }) => value);
}

/** The target itself, then those it inherits from: the last that is named counts most. */
function familyOf(targets: ReadonlyMap<string, Target>, name: string): Target[] {
  const family = new Map<string, Target>();
  const visit = (one: string) => {
    const target = targets.get(one);
    if (target === undefined || family.has(one) || family.size > MOST_PARENTS) return;
    family.set(one, target);
    for (const parent of target.inherits.toReversed()) visit(parent);
  };
  visit(name);
  return [...family.values()];
}

function textsOf(text: string, span: Span | undefined): Value[] {
  if (span === undefined) return [];
  return [...text.slice(span.start, span.end).matchAll(TEXT)].map((match) => {
    const start = span.start + match.index + 1;
    return readTemplate(text, start, start + (match[1] ?? "").length);
  });
}

/** A quoted template of HCL: `${name}` is a variable, whose name may have hyphens; any other expression is not followed. */
function readTemplate(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  for (const match of text.slice(start, end).matchAll(/\$\{([^}]{0,200})\}/g)) {
    const [whole, inner = ""] = match;
    const at = start + match.index;
    pieces.push(...literalValue(text, from, at).pieces);
    const name = /^\s*([\w-]+)\s*$/.exec(inner)?.[1] ?? whole;
    from = at + whole.length;
    pieces.push({ kind: "hole", name, start: at, end: from });
  }
  return { start, end, pieces: [...pieces, ...literalValue(text, from, end).pieces] };
}

/** `NAME = "value"`, `"NAME": "value"`, and `NAME = OTHER`, which is the value of a variable. */
function entriesOf(text: string, span: Span | undefined): Variable[] {
  if (span === undefined) return [];
  return [...text.slice(span.start, span.end).matchAll(ENTRY)].map((match): Variable => {
    const [whole, name = "", written = ""] = match;
    const end = span.start + match.index + whole.length;
    const start = end - written.length;
    if (written.startsWith('"')) return { name, value: readTemplate(text, start + 1, end - 1) };
    return { name, value: { start, end, pieces: [{ kind: "hole", name: written, start, end }] } };
  });
}

function imageOf(value: Value): Value[] {
  const text = visibleText(value);
  return text.startsWith("docker-image://") ? [sliceValue(value, "docker-image://".length, text.length)] : [];
}
