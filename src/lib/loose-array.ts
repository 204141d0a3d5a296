import { z } from "zod";

/** A list from outside: rows that are not understood are left out and counted, a list that is none has no rows. */
export type LooseArray<T> = { readonly rows: readonly T[]; readonly dropped: number };

/** Reads a list row by row, so that one bad row does not cost the others. */
export function looseArray<T>(row: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values): LooseArray<T> => {
      const parsed = values.map((value) => row.safeParse(value));
      const rows = parsed.flatMap((result) => (result.success ? [result.data] : []));
      return { rows, dropped: values.length - rows.length };
    });
}
