/** Rows of one page of a list, and how many there are in all. `page` counts from 1. */
export type Listed<Row> = {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
};

/** How many rows a page shows. */
export const PAGE_SIZE = 50;

/** A page's number as an address gives it: 1 for what is none. */
export function pageOf(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 && number < 1_000_000 ? number : 1;
}
