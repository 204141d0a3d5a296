/** The offset of the parenthesis that closes the one before `from`, quotes and nesting minded; -1 when none does. */
export function closingParenthesis(text: string, from: number, end: number): number {
  const open = ["("];
  for (let at = from; at < end; at += 1) {
    const character = text[at] ?? "";
    const quoted = open.at(-1) === '"';
    if (character === "\\") at += 1;
    else if (character === "'" && !quoted) at = indexOrEnd(text, "'", at + 1, end);
    else if (closes(character, quoted)) open.pop();
    else if (opens(character, quoted, text[at - 1])) open.push(character);
    if (open.length === 0) return at;
  }
  return -1;
}

function closes(character: string, quoted: boolean): boolean {
  return quoted ? character === '"' : character === ")";
}

function opens(character: string, quoted: boolean, before: string | undefined): boolean {
  return character === "(" ? !quoted || before === "$" : character === '"';
}

function indexOrEnd(text: string, wanted: string, from: number, end: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 || found > end ? end : found;
}
