import { literalValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference } from "../format.ts";

/**
 * Submodules (https://git-scm.com/docs/gitmodules). The commit that is checked out stands in git's tree and in no file;
 * what the file says is the repository, where it lies, and the branch that an update follows.
 */
export const gitModules: Format = {
  id: "git-modules",
  title: "Git submodules",
  matches: (path) => /(?:^|\/)\.gitmodules$/.test(path),
  read: readModules,
};

const SECTION = /^[ \t]*\[[ \t]*submodule[ \t]+"([^"\r\n]*)"[ \t]*\]/;
const SETTING = /^([ \t]*(url|branch|path)[ \t]*=[ \t]*)([^\r\n]*)/i;

type Module = { readonly name: string; url?: Value; branch?: Value; path?: Value };
type Key = "url" | "branch" | "path";

function readModules(text: string): Reading {
  const modules: Module[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const name = SECTION.exec(line)?.[1];
    if (name !== undefined) modules.push({ name });
    else if (/^[ \t]*\[/.test(line)) modules.push({ name: "" });
    const module = modules.at(-1);
    const value = settingOf(text, line, offset);
    if (module !== undefined && value !== undefined) module[value.key] = value.value;
    offset += line.length + 1;
  }
  return { references: modules.flatMap(referenceOf), variables: [], inclusions: [], problems: [] };
}

function settingOf(text: string, line: string, offset: number): { key: Key; value: Value } | undefined {
  const [, before = "", key, written = ""] = SETTING.exec(line) ?? [];
  if (key === undefined) return undefined;
  const quoted = /^"([^"]*)"/.exec(written)?.[1];
  const plain = quoted ?? written.replace(/[ \t][#;].*/s, "").trimEnd();
  const start = offset + before.length + (quoted === undefined ? 0 : 1);
  const value = literalValue(text, start, start + plain.length);
  return { key: key.toLowerCase() as Key, value };
}

/** `.` follows the branch that the project itself is on. */
function referenceOf({ name, url, branch, path }: Module): Reference[] {
  if (url === undefined || name === "") return [];
  const named = branch === undefined || /^\.?$/.test(visibleText(branch)) ? {} : { ref: branch };
  const submodule = path === undefined ? {} : { submodule: visibleText(path).replace(/(?<!\/)\/+$/, "") };
  return [{ kind: "git", value: url, name, ...named, ...submodule }];
}
