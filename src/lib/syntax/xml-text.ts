const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/**
 * What stands between the first `<name>` and the next `</name>`; undefined when there is none. For the few flat XML files
 * whose elements hold no others of their name; it reads on where a parser would stop.
 */
export function textBetween(xml: string, name: string): string | undefined {
  const opening = new RegExp(`<${name}(?=[\\s>])[^<>]*>`).exec(xml);
  if (opening === null || opening[0].endsWith("/>")) return undefined;
  const start = opening.index + opening[0].length;
  const end = xml.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : xml.slice(start, end);
}

/** The texts of all elements of a name that hold text alone, with the predefined entities resolved. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^<>]*)?>([^<]*)</${name}>`, "g"))].map(([, text = ""]) =>
    text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, entity: string) => ENTITIES[entity] ?? whole).trim(),
  );
}
