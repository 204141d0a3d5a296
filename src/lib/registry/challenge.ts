/** One offer of a `WWW-Authenticate` header. Scheme and parameter names are in lower case. */
export type Challenge = { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> };

/**
 * Reads a `WWW-Authenticate` header (RFC 9110 §11.6.1): several challenges, parameters as tokens or quoted strings with
 * commas and escapes inside. What does not fit the grammar ends the reading; what was read before it counts.
 */
export function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let rest = header.trim();
  while (rest !== "") {
    const parameter = readParameter(rest);
    const current = challenges.at(-1);
    if (parameter !== undefined && current !== undefined) {
      current.parameters[parameter.name] ??= parameter.value;
      rest = skipSeparators(parameter.rest);
      continue;
    }
    const scheme = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+/.exec(rest)?.[0];
    if (scheme === undefined || parameter !== undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    rest = skipSeparators(rest.slice(scheme.length));
  }
  return challenges;
}

function readParameter(text: string): { name: string; value: string; rest: string } | undefined {
  const match = /^([A-Za-z0-9_-]+)[ \t]*=[ \t]*/.exec(text);
  const name = match?.[1]?.toLowerCase();
  if (match === null || name === undefined) return undefined;
  const rest = text.slice(match[0].length);
  if (rest.startsWith('"')) return readQuoted(name, rest);
  const value = /^[^\s,"]*/.exec(rest)?.[0] ?? "";
  return { name, value, rest: rest.slice(value.length) };
}

function readQuoted(name: string, text: string): { name: string; value: string; rest: string } {
  let value = "";
  let at = 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\") at++;
    value += text[at] ?? "";
  }
  return { name, value, rest: text.slice(at + 1) };
}

function skipSeparators(text: string): string {
  return text.replace(/^[\s,]+/, "");
}
