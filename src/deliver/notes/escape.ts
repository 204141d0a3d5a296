import { plain } from "../../views/plain.ts";

/**
 * Text as Markdown that means only itself on GitHub, GitLab, Gitea and Forgejo: one text for all of them, since what is
 * harmless everywhere costs nobody anything. Marks are escaped; `@name`, `#12`, `!12`, `&12`, `GH-12`, `GL-12`,
 * `[issue:12]` (https://docs.gitlab.com/user/markdown/#gitlab-specific-references) and bare addresses are broken by a
 * zero-width space or an entity, so that nobody is notified and nothing is referred to or closed. The end of a text counts
 * as well: what follows may complete it.
 */
export function escapeMarkdown(text: string): string {
  return plain(text)
    .replace(/[\\`*_[\]|~]|!$/g, "\\$&") // a "!" before a link would make it a picture
    .replace(/&(\d|$)?/g, (_, next: string | undefined) => (next === undefined ? "&amp;" : `&amp;&#8203;${next}`))
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/(?<!&)#(?=\d|$)/g, "#&#8203;") // before the others: they write entities of their own
    .replace(/!(?=\d)/g, "!&#8203;")
    .replace(/@(?=\S|$)/g, "@&#8203;")
    .replace(/\b(G[HL]-)(?=\d|$)/gi, "$1&#8203;")
    .replace(/(?<=\[[a-z_\\]{3,24}):(?=[^\s/]|$)/g, ":&#8203;")
    .replace(/:(?=\/\/|\/?$)/g, ":&#8203;")
    .replace(/\b(www)\./gi, "$1&#46;");
}

/** Keeps the first characters of each line from making a heading, list, quote or rule, or a command such as `/approve`. */
export function escapeLineStarts(text: string): string {
  return text
    .replace(/^([ \t]*)\/(?=\w)/gm, "$1&#47;")
    .replace(/^[ \t]*([-+=#](?!&#8203;)|\d{1,9}(?=[.)]))/gm, (_, mark: string) =>
      /\d/.test(mark) ? `${mark}\\` : `\\${mark}`,
    );
}

/** Code in a line of text, between as many backticks as it needs. */
export function codeSpan(code: string): string {
  const text = guardKeywords(plain(code).replace(/\n/g, " "));
  if (text.trim() === "") return "";
  const ticks = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** Code in lines of its own. Only a language's name stays beside it: diagrams and formulas would be drawn. */
export function codeBlock(code: string, language: string): string {
  const text = guardKeywords(plain(code).replace(/(?<!\n)\n+$/, ""));
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  const name = /^[A-Za-z0-9+#-]{1,20}$/.test(language) && !DRAWN.has(language.toLowerCase()) ? language : "";
  return `${fence}${name}\n${text}\n${fence}`;
}

const DRAWN = new Set(["mermaid", "math", "geojson", "topojson", "stl"]);

/** A squash merge may copy the body into a commit message, where `fixes #1` closes an issue inside code as well. */
function guardKeywords(code: string): string {
  return code.replace(
    /\b((?:clos|fix|resolv|implement)(?:e[sd]?|s|ing)?)(?=:?\s{1,9}\S{0,200}(?:[#!]|\/issues\/|\/pulls?\/|\/merge_requests\/|G[HL]-)\d)/gi,
    "$1\u200B",
  );
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
