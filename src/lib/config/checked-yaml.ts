import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { type ZodRawShape, type ZodType, z } from "zod";
import { own } from "../../domain/own.ts";

/** One thing wrong with a configuration file. `line` is 1-based; absent when it is about what is missing altogether. */
export type ConfigurationError = { readonly line?: number; readonly where: string; readonly message: string };

/** A YAML file read by a schema: its value, or everything that is wrong with it, in the order of the lines. */
export type CheckedYaml<Value> = { readonly value: Value } | { readonly errors: readonly ConfigurationError[] };

/** A mapping that knows all its keys: an unknown one is an error that names what was likely meant. */
export function section<Shape extends ZodRawShape>(shape: Shape) {
  const known = `unknown option|${Object.keys(shape).join(",")}`;
  return z.strictObject(shape, { error: (issue) => (issue.code === "unrecognized_keys" ? known : undefined) });
}

/** What no single option can know: where it is, as a path of keys, and what is wrong. */
export type RuleError = { readonly path: readonly PropertyKey[]; readonly message: string };

/**
 * Parses and validates, and reports all errors at once with their lines, the allowed values and a likely correction.
 * `rules` look across options; they are asked once every single option is right.
 */
export function readCheckedYaml<Value>(
  text: string,
  schema: ZodType<Value>,
  rules: (value: Value) => readonly RuleError[] = () => [],
): CheckedYaml<Value> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      errors: document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        where: "",
        message: `not YAML: ${withoutPlace(firstLine(error.message))}`,
      })),
    };
  }
  const plain = plainValue(document);
  if (plain instanceof Error) return { errors: [{ where: "", message: `not YAML: ${firstLine(plain.message)}` }] };
  const parsed = schema.safeParse(plain, { reportInput: true });
  const lineOf = (path: readonly PropertyKey[]) => lineOfPath(document.contents, path, lines);
  if (parsed.success) {
    const errors = rules(parsed.data).map(({ path, message }) => at(path, lineOf, message));
    return errors.length === 0 ? { value: parsed.data } : { errors: errors.sort(byLine) };
  }
  const meaning = meaningIn(schema);
  const errors = parsed.error.issues.flatMap((issue) => describe(issue, lineOf, meaning));
  return { errors: errors.sort(byLine) };
}

/** What the option at a path is, as its schema describes it. */
type Meaning = (path: readonly PropertyKey[]) => string | undefined;

type Described = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly additionalProperties?: Described | boolean;
};

function meaningIn(schema: ZodType): Meaning {
  const whole = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Described;
  return (path) => {
    const described = path.reduce<Described | undefined>((part, key) => {
      const { additionalProperties: named } = part ?? {};
      const field = own(part?.properties ?? {}, String(key));
      return field ?? part?.items ?? (typeof named === "object" ? named : undefined);
    }, whole);
    return described?.description;
  };
}

/** The library throws when aliases multiply without end, or name what does not exist. */
function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** One line per error, as a compiler prints them. */
export function formatConfigurationErrors(file: string, errors: readonly ConfigurationError[]): string {
  const lines = errors.slice(0, MOST_ERRORS).map(({ line, where, message }) => {
    const place = `${file}${line === undefined ? "" : `:${line}`}`;
    return `${place}: ${where === "" ? "" : `${where}: `}${message}`.slice(0, LONGEST_ERROR);
  });
  const rest = errors.length - lines.length;
  return [...lines, ...(rest > 0 ? [`${file}: and ${rest} more errors`] : [])].join("\n");
}

/** Somebody reads this: a file that is something else altogether has an error in each of its lines. */
const MOST_ERRORS = 50;
const LONGEST_ERROR = 1_000;

/** The known word that was most likely meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(letters(word), letters(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

type LineOf = (path: readonly PropertyKey[]) => number | undefined;

function describe(issue: z.core.$ZodIssue, lineOf: LineOf, meaning: Meaning): ConfigurationError[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue);
    return issue.keys.map((key) => at([...issue.path, key], lineOf, `unknown option${suggestion(key, known)}`));
  }
  const message = issue.code === "invalid_union" ? unionMessage(issue) : messageOf(issue);
  const about = SAYS_LITTLE.has(issue.code) ? meaning(issue.path) : undefined;
  return [at(issue.path, lineOf, about === undefined ? message : `${message} (${about})`)];
}

/** Where the message is the library's: what we wrote ourselves says what is meant. */
const SAYS_LITTLE: ReadonlySet<string> = new Set(["invalid_type", "invalid_value", "too_small", "too_big"]);

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const meant = typeof issue.input === "string" ? nearest(issue.input, allowed) : undefined;
    return `must be ${allowed.length === 1 ? allowed[0] : `one of ${allowed.join(", ")}`}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  }
  if (issue.code === "too_small" && issue.origin === "array" && issue.message.startsWith("Too small"))
    return "must have at least one entry";
  if (issue.code === "invalid_type")
    return `${issue.input === undefined ? "is missing, and " : ""}must be ${named(issue.expected)}`;
  return issue.message;
}

/** A kind of value as people call it in YAML. */
function named(kind: string): string {
  if (kind === "object" || kind === "record") return "a mapping";
  if (kind === "array") return "a list";
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const alternatives = issue.errors.flatMap((issues) =>
    issues.slice(0, 1).map((one) => [...one.path.map(String), messageOf(one)].join(" ")),
  );
  return alternatives.length === 0 ? issue.message : [...new Set(alternatives)].join(", or ");
}

/** zod does not name the allowed keys of an unknown one: `section` puts them into the message, behind a bar. */
function knownKeys(issue: z.core.$ZodIssue): string[] {
  const [, list] = issue.message.split("|");
  return list === undefined ? [] : list.split(",");
}

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  const allowed = known.length === 0 || known.length > 24 ? "" : ` (known: ${known.join(", ")})`;
  return meant === undefined ? allowed : `; did you mean ${meant}?`;
}

function at(path: readonly PropertyKey[], lineOf: LineOf, message: string): ConfigurationError {
  const line = lineOf(path);
  return { ...(line !== undefined && { line }), where: path.map(String).join("."), message };
}

/** The line of the node at a path, or of its nearest ancestor that exists. */
function lineOfPath(contents: Node | null, path: readonly PropertyKey[], lines: LineCounter): number | undefined {
  let node: unknown = contents;
  let offset = contents?.range?.[0];
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment));
      if (pair === undefined) break;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[Number(segment)];
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range === undefined) break;
      offset = range[0];
    }
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function byLine(a: ConfigurationError, b: ConfigurationError): number {
  return (a.line ?? 0) - (b.line ?? 0);
}

/** The line stands before the message. */
function withoutPlace(message: string): string {
  return message.replace(/ at line \d+, column \d+:?$/, "");
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

function letters(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, "");
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
