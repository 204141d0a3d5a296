import { toPurl } from "../../domain/upstream.ts";
import { type Hole, type Piece, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { readPowerShell } from "../../lib/syntax/powershell.ts";
import type { ShellCommand } from "../../lib/syntax/shell-cursor.ts";
import type { Format, Reading, Reference, Variable } from "../format.ts";
import { buildInclusions } from "../readers/shell/read-build.ts";
import { readCommandList } from "../readers/shell/read-shell.ts";

/** PowerShell scripts and modules. */
export const powershell: Format = {
  id: "powershell",
  title: "PowerShell script",
  matches: (path) => /\.psm?1$/i.test(path),
  read: readPowerShellScript,
};

const SCOPE = "script";

function readPowerShellScript(text: string, path: string): Reading {
  const variables: Variable[] = [];
  const commands: ShellCommand[] = [];
  const modules: Reference[] = [];
  for (const { words } of readPowerShell(text)) {
    const equals = words.findIndex(
      (word, index) => visibleText(word) === "=" && variableOf(words[index - 1]) !== undefined,
    );
    const name = variableOf(words[equals - 1]);
    const rest = equals < 0 ? words : words.slice(equals + 1);
    const value = assignedValue(text, rest, words[equals]?.end ?? 0);
    if (name !== undefined) variables.push({ name, value, scope: SCOPE });
    const isText = value.pieces.some((piece) => piece.kind === "literal");
    commands.push({ words: name !== undefined && isText ? [value] : rest });
    modules.push(...readModule(rest));
  }
  const script = readCommandList({ text, span: { start: 0, end: text.length }, scope: SCOPE }, commands);
  const { scopes, calls, builds } = script;
  const references = [...script.references, ...modules];
  const inclusions = buildInclusions(script, path);
  return { references, variables, scopes, calls, builds, inclusions, problems: [] };
}

/** `Install-Module [-Name] NAME -RequiredVersion VERSION`, of the PowerShell Gallery. */
function readModule(words: readonly Value[]): Reference[] {
  const texts = words.map(visibleText);
  if (!/^install-(?:module|psresource|script)$/i.test(texts[0] ?? "")) return [];
  const optionOf = (option: RegExp) => {
    const at = texts.findIndex((text) => option.test(text));
    return at < 0 ? undefined : words[at + 1];
  };
  const name = optionOf(/^-name$/i) ?? (texts[1]?.startsWith("-") === true ? undefined : words[1]);
  const version = optionOf(/^-(?:required)?version$/i);
  const text = name === undefined ? "" : visibleText(name);
  if (name === undefined || !/^[\w.-]+$/.test(text)) return [];
  const upstream = toPurl("nuget", text, { repository_url: "https://www.powershellgallery.com/api/v2" });
  const value = version ?? { start: name.end, end: name.end, pieces: [] };
  return [
    {
      kind: "version",
      upstream,
      name: text,
      value,
      precision: version === undefined ? "floating" : "exact",
      scope: SCOPE,
    },
  ];
}

function variableOf(word: Value | undefined): string | undefined {
  const [only] = word?.pieces ?? [];
  return word?.pieces.length === 1 && only?.kind === "hole" && !only.name.startsWith("$") ? only.name : undefined;
}

/** One value, or several joined with a plus sign; what a command gives is not followed. */
function assignedValue(text: string, words: readonly Value[], at: number): Value {
  const [first] = words;
  if (first === undefined) return { start: at, end: at, pieces: [{ kind: "hole", name: "$(…)", start: at, end: at }] };
  const end = words.at(-1)?.end ?? first.end;
  const isOperand = (word: Value) => /['"$@\d]/.test(text[word.start] ?? "");
  const joined =
    words.length % 2 === 1 &&
    words.every((word, index) => (index % 2 === 0 ? isOperand(word) : visibleText(word) === "+"));
  const opaque: Hole = { kind: "hole", name: "$(…)", start: first.start, end };
  const pieces: readonly Piece[] = joined
    ? words.flatMap((word, index) => (index % 2 === 0 ? word.pieces : []))
    : [opaque];
  return { start: first.start, end, pieces };
}
