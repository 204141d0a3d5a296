import { readPlainValue } from "./holes.ts";
import { literalValue, type Piece, type Value } from "./pieces.ts";

const NAME = /^[A-Za-z_]\w*$/;
/** `'localhost/' if built_here else prefix`, `'main' if version == 'latest' else version`. */
const CHOSEN = /^(?:'[^']*'|"[^"]*") if ([A-Za-z_]\w*)(?: == (?:'([^']*)'|"([^"]*)"))? else ([A-Za-z_]\w*)$/;
const DEFAULTED = /^([A-Za-z_]\w*)\s*\|\s*default\(\s*(["'])([^"']*)\2/;

/**
 * Text with `{{ name }}` holes, as Jinja and Go templates write them, and with `${name}` holes between them. A filter
 * other than `default('…')` changes the value in a way that is not followed: such a hole is named by its whole spelling,
 * so that nothing fills it.
 */
export function readTemplateValue(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  for (let open = text.indexOf("{{", from); open >= 0 && open < end; open = text.indexOf("{{", from)) {
    const close = text.indexOf("}}", open);
    if (close < 0 || close + 2 > end) break;
    pieces.push(...readPlainValue(text, from, open).pieces, templateHole(text, open, close));
    from = close + 2;
  }
  pieces.push(...readPlainValue(text, from, end).pieces);
  return { start, end, pieces };
}

function templateHole(text: string, open: number, close: number): Piece {
  const span = { kind: "hole" as const, start: open, end: close + 2 };
  const inner = text.slice(open + 2, close);
  const content = inner.trim();
  if (NAME.test(content)) return { ...span, name: content };
  const [, condition, single, double = single, other] = CHOSEN.exec(content) ?? [];
  if (condition !== undefined && other !== undefined)
    return { ...span, name: other, unless: { name: condition, ...(double === undefined ? {} : { is: double }) } };
  const [, name, quote = "", fallback = ""] = DEFAULTED.exec(content) ?? [];
  if (name === undefined) return { ...span, name: text.slice(open, close + 2) };
  const at = text.indexOf(quote, text.indexOf("default", open)) + 1;
  return { ...span, name, fallback: literalValue(text, at, at + fallback.length) };
}

/**
 * A template of another language with its Jinja taken out, at the same offsets: `{{ name }}` is a variable of a shell that
 * nothing sets, statements and comments are blanks.
 */
export function withoutTemplates(text: string): string {
  return text
    .replace(/\{[%#][^{}\n]{0,500}[%#]\}/g, (statement) => " ".repeat(statement.length))
    .replace(/\{\{([^{}\n]{0,500})\}\}/g, (whole, inner: string) => {
      const [name = "template"] = /[A-Za-z_]\w*/.exec(inner) ?? [];
      return `\${${name.slice(0, whole.length - 3).padEnd(whole.length - 3, "_")}}`;
    });
}
