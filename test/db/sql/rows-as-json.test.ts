import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { facts } from "../../../src/db/schema/upstreams.ts";
import { insertRows, rowsAsJson } from "../../../src/db/sql/rows-as-json.ts";
import { NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const { purl, signal, source, expiresAt } = facts;
const COLUMNS = { signal, source, facts: facts.facts, purl, expiresAt };

/** Texts with what lists of PostgreSQL and JSON mark: quotes, backslashes, commas, braces, line breaks, NULL. */
const text = fc
  .oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "NULL", "null", '"', "\\", 'a"b', "a\\nb", "a\nb", "{a,b}"))
  .map((one) => one.replaceAll("\0", "\uFFFD"));
/** `JSON.parse` of Node 24.21 itself mixes up keys that have escapes: `[{"a":0,"\\n":0},{"a":0,"\\t":0}]`. */
const key = text.filter((one) => JSON.stringify(one) === `"${one}"`);
const json = fc.oneof(text, fc.constant({}), fc.constant([]), fc.dictionary(key, fc.oneof(text, fc.integer())));
const row = fc.record({ source: text, facts: json }, { requiredKeys: [] });

describe.each(STORES)("rows that are inserted with an array per column, on the %s store", (kind) => {
  let store: TestDatabase;
  let runs = 0;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  it("come back as they were, whatever they hold and whatever they have in common", async () => {
    const given = fc.array(row, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(given, fc.boolean(), async (various, alike) => {
        const subject = `run ${++runs}`;
        const common = { purl: subject, expiresAt: NOW };
        const rows = various.map((one, place) => ({ ...(alike ? various[0] : one), ...common, signal: `${place}` }));
        await insertRows(store.db, facts, { columns: COLUMNS, rows });
        const stored = await rowsAsJson<(typeof rows)[number]>(store.db, facts, COLUMNS);
        const mine = stored.filter((one) => one.purl === subject);
        expect(mine.toSorted((a, b) => Number(a.signal) - Number(b.signal))).toEqual(rows);
      }),
      { numRuns: 30 },
    );
  });
});
