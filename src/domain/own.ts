/**
 * What a table holds under a word from outside; undefined for everything else. A plain look-up would also find what every
 * object inherits: `constructor`, `toString`, `__proto__`.
 */
export function own<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
