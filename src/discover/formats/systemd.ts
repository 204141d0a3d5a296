import { readPlainValue } from "../../lib/syntax/holes.ts";
import type { Span } from "../../lib/syntax/pieces.ts";
import type { Format, Inclusion, Reading, Reference, Variable } from "../format.ts";
import { buildInclusions } from "../readers/shell/read-build.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/**
 * Units of systemd: the images that Podman's generator runs (https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html),
 * and the commands of services.
 */
export const systemd: Format = {
  id: "systemd",
  title: "systemd unit or Podman Quadlet",
  matches: (path) => NAME.test(path),
  guesses: (path) => /\.(?:image|volume|build)$/.test(path),
  read: readUnit,
};

const NAME = /\.(?:container|image|volume|build|service)(?:\.(?:in|j2|tmpl|template))?$/i;
const SETTING = /^[ \t]*(\w+)[ \t]*=[ \t]*(?![ \t])(.*)$/;
const COMMAND = /^Exec(?:Start|StartPre|StartPost|Stop|StopPost|Reload|Condition)$/;
const QUADLET = /\.(?:container|image|volume)(?:\.\w+)?$/i;
/** Names of other units of the folder, which are built or pulled there. */
const UNIT = /\.(?:image|build)$/;

function readUnit(text: string, path: string): Reading {
  const references: Reference[] = [];
  const variables: Variable[] = [];
  const inclusions: Inclusion[] = [];
  const scopes: Record<string, string> = {};
  for (const { key, start, end } of settingsOf(text)) {
    if (key === "Image" && QUADLET.test(path)) references.push(...imageAt(text, { start, end }));
    if (key === "Environment") variables.push(...variablesOf(text, { start, end }));
    if (!COMMAND.test(key)) continue;
    const prefix = /^[-@:+!|]*/.exec(text.slice(start, Math.min(end, start + 10)))?.[0].length ?? 0;
    const script = readScript({ text, span: { start: start + prefix, end }, scope: `command ${start}` });
    references.push(...script.references);
    inclusions.push(...buildInclusions(script, path));
    Object.assign(scopes, script.scopes);
  }
  return { references, variables, inclusions, scopes, unordered: true, problems: [] };
}

type Setting = Span & { readonly key: string };

/** Lines with their continuations, comments left out. */
function settingsOf(text: string): Setting[] {
  const lines = [...text.matchAll(/^(?![#;])(?:[^\n\\]|\\(?!\r?\n)|\\\r?\n)+/gm)];
  return lines.flatMap((line) => {
    const [, key = "", value] = SETTING.exec(line[0].split("\n")[0]?.trimEnd() ?? "") ?? [];
    if (value === undefined) return [];
    const start = line.index + line[0].indexOf("=") + 1;
    const blank = /^[ \t]*/.exec(text.slice(start, start + 200))?.[0].length ?? 0;
    const end = line.index + line[0].trimEnd().length;
    return [{ key, start: Math.min(start + blank, end), end }];
  });
}

function imageAt(text: string, { start, end }: Span): Reference[] {
  const value = readPlainValue(text, start, end);
  return start === end || UNIT.test(text.slice(start, end)) ? [] : [{ kind: "image", value }];
}

/** `NAME=value`, several of them in quotes or apart. */
function variablesOf(text: string, { start, end }: Span): Variable[] {
  const found = text.slice(start, end).matchAll(/(?:^|[\s"'])([A-Za-z_]\w*)=([^\s"']*)/g);
  return [...found].map((match): Variable => {
    const at = start + match.index + match[0].length;
    return { name: match[1] ?? "", value: readPlainValue(text, at - (match[2] ?? "").length, at) };
  });
}
