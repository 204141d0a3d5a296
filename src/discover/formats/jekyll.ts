import { toPurl } from "../../domain/upstream.ts";
import { literalValue, visibleText } from "../../lib/syntax/pieces.ts";
import { type Format, NOTHING_READ, type Reading } from "../format.ts";

/** The theme of a Jekyll site that stands in another repository (https://github.com/benbalter/jekyll-remote-theme). */
export const jekyll: Format = {
  id: "jekyll",
  title: "Jekyll configuration",
  matches: (path) => /(?:^|\/)_config(?:[._-][\w-]+)?\.ya?ml$/.test(path),
  read: readConfiguration,
};

const THEME =
  /^(remote_theme[ \t]*:[ \t]*["']?)((?:https:\/\/github\.com\/)?([\w.-]+\/[\w.-]+?))(?:@([\w./-]+))?["']?[ \t]*(?:#[^\n]*)?\r?$/m;

function readConfiguration(text: string): Reading {
  const found = THEME.exec(text);
  const [, before = "", address = "", repository, ref] = found ?? [];
  if (found === null || repository === undefined) return NOTHING_READ;
  const start = found.index + before.length;
  const end = start + address.length;
  const value = literalValue(text, start, end);
  const at = ref === undefined ? {} : { ref: literalValue(text, end + 1, end + 1 + ref.length) };
  const upstream = toPurl("github", repository.replace(/\.git$/, ""));
  return { ...NOTHING_READ, references: [{ kind: "git", value, upstream, name: visibleText(value), ...at }] };
}
