import { toPurl } from "../../domain/upstream.ts";
import { literalValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference } from "../format.ts";

/** Bundler's Gemfile (https://bundler.io/man/gemfile.5.html) and the dependencies of a gemspec. */
export const gemfile: Format = {
  id: "gemfile",
  title: "Gemfile or gemspec",
  matches: (path) => /(?:^|\/)(?:Gemfile|gems\.rb|[\w.-]+\.gemspec|Gemfile\.[\w-]+|[\w-]+\.gemfile)$/.test(path),
  read: readGemfile,
};

/** A statement with its continuation lines: one that ends with a comma goes on. */
const STATEMENT =
  /^[ \t]*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ \t]*(?:\([ \t]*)?(?=["'])((?:[^\n]*,[ \t]*\r?\n)*[^\n]*)/gm;
const STRING = /(?:\b(\w+):[ \t]*|:(\w+)[ \t]*=>[ \t]*)?(["'])([^"'\n]*)\3/g;
const CONSTRAINT = /^(=|~>|>=|<=|>|<|!=)?\s*(\d[\w.-]*)$/;

type Text = { readonly key: string; readonly value: Value };

function readGemfile(text: string, path: string): Reading {
  const references = [...text.matchAll(STATEMENT)].flatMap(({ 0: whole, 1: rest = "", index }) => {
    const start = index + whole.length - rest.length;
    const reference = readGem(stringsOf(text, start, withoutComment(rest)));
    return reference === undefined ? [] : [{ ...reference, locked: true }];
  });
  const published = /\.name\s*=\s*["']([\w.-]+)["']/.exec(path.endsWith(".gemspec") ? text : "")?.[1];
  const publishes = published === undefined ? [] : [toPurl("gem", published)];
  return { references, variables: [], inclusions: [], publishes, problems: [] };
}

function withoutComment(statement: string): string {
  return statement.replace(
    /(^|\s)#(?!\{)[^\n]*/g,
    (comment, before: string) => before + " ".repeat(comment.length - before.length),
  );
}

function stringsOf(text: string, start: number, statement: string): Text[] {
  return [...statement.matchAll(STRING)].map((match) => {
    const end = start + match.index + match[0].length - 1;
    return { key: match[1] ?? match[2] ?? "", value: literalValue(text, end - (match[4] ?? "").length, end) };
  });
}

function readGem([name, ...rest]: readonly Text[]): Reference | undefined {
  const given = (key: string) => rest.find((one) => one.key === key)?.value;
  const label = name === undefined ? "" : visibleText(name.value);
  if (name === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(label) || given("path") !== undefined) return undefined;
  const ref = given("tag") ?? given("ref") ?? given("branch");
  const at = ref === undefined ? {} : { ref };
  const [git, github] = [given("git"), given("github")];
  if (git !== undefined) return { kind: "git", value: git, name: label, ...at };
  if (github !== undefined) {
    const upstream = toPurl("github", visibleText(github).replace(/\.git$/, ""));
    return upstream.includes("/", "pkg:github/".length)
      ? { kind: "git", value: github, name: label, upstream, ...at }
      : undefined;
  }
  const constraints = rest.filter(({ key, value }) => key === "" && CONSTRAINT.test(visibleText(value)));
  return versionOf(
    name.value,
    label,
    constraints.map(({ value }) => value),
  );
}

function versionOf(name: Value, label: string, constraints: readonly Value[]): Reference {
  const base = { kind: "version" as const, name: label, upstream: toPurl("gem", label), scheme: "loose" };
  const [first, second] = constraints;
  if (first === undefined)
    return { ...base, value: { start: name.end, end: name.end, pieces: [] }, precision: "floating" };
  const text = visibleText(first);
  const [, operator, version = ""] = CONSTRAINT.exec(text) ?? [];
  const exact = (operator === undefined || operator === "=") && second === undefined;
  const written = constraints.map(visibleText).join(", ");
  const start = first.end - version.length;
  const value: Value = { start, end: first.end, pieces: [{ kind: "literal", text: version, start, end: first.end }] };
  if (second !== undefined) return { ...base, value: first, precision: "range", written };
  return { ...base, value, precision: exact ? "exact" : "range", ...(exact ? {} : { written }) };
}
