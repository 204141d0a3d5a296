import { safeUrl } from "../../views/html.ts";
import { plainLine } from "../../views/plain.ts";
import { codeSpan, escapeMarkdown } from "../notes/escape.ts";

/** One line of text from anywhere, made safe for Markdown. */
export function prose(text: string, limit = 500): string {
  return escapeMarkdown(plainLine(text, limit));
}

const EXACT = /((?<!\S)\S+@sha256:[0-9a-f]{64}|test \$\(git -C [\w./-]+ rev-parse HEAD\) = [0-9a-f]{40})/;

/** The same, with what people copy from it, an exact image or a comparison with a commit, as code. */
export function proseToCopy(text: string, limit = 500): string {
  return plainLine(text, limit)
    .split(EXACT)
    .map((part, index) => (index % 2 === 1 ? code(part, limit) : escapeMarkdown(part)))
    .join("");
}

/** One line as code; a dash for nothing. Pipes are escaped: it often stands in a table. */
export function code(text: string, limit = 200): string {
  const span = codeSpan(plainLine(text, limit));
  return span === "" ? "—" : span.replaceAll("|", "\\|");
}

/** A link, or only its words when the address may not be linked to. */
export function link(words: string, url: string | undefined): string {
  const safe = safeUrl(url);
  return safe === undefined ? words : `[${words}](${safe.replaceAll("(", "%28").replaceAll(")", "%29")})`;
}

/** A table; cells are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), `|${" --- |".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

/** Text that is folded until somebody wants it. `summary` is a sentence of ours, without anything from outside. */
export function fold(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
