import type { Context } from "hono";
import type { Address } from "../views/parts/address.ts";

/** What a page's address asks: the answers to the questions that the page knows, without empty ones and blanks around. */
export function addressOf(context: Context, names: readonly string[]): Address {
  const asked = names.flatMap((name) => {
    const value = storable(context.req.query(name) ?? "");
    return value === "" ? [] : [[name, value] as const];
  });
  return { path: context.req.path, query: Object.fromEntries(asked) };
}

/** Without characters that the store refuses or nobody sees, and not endless. */
function storable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trim()
    .slice(0, 200);
}

/** The answer where it is one of those that there are. */
export function oneOf<const Known extends string>(
  text: string | undefined,
  known: readonly Known[],
): Known | undefined {
  return known.find((one) => one === text);
}

/** Leaves out what was not asked: the domain's types say "absent". */
export function asked<Key extends string, const Value>(
  name: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in Key]?: Value });
}
