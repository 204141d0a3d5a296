import type { Database } from "../../../src/db/database.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { SAMPLES } from "./world.ts";

/** Tables whose rows belong to an upstream, by the columns that are copied as they are. */
const COPIED: Readonly<Record<string, readonly string[]>> = {
  upstreams: ["purl"],
  releases: ["purl"],
  observations: ["purl"],
  refs: ["purl"],
  facts: ["purl"],
  pins: ["upstream"],
};

/** Makes so many upstreams of the samples: every row about one is copied, with the sample's name replaced wherever it stands. */
export async function copySamples(db: Database, count: number): Promise<void> {
  const copies = Math.ceil(count / SAMPLES.length) - 1;
  for (const table of Object.keys(COPIED)) {
    const { rows } = await db.execute<{ name: string }>(
      sql`select column_name as name from information_schema.columns where table_schema = 'headgate' and table_name = ${table} and column_name not in ('id', 'ordinal') order by ordinal_position`,
    );
    const names = rows.map(({ name }) => sql.identifier(name));
    for (const mark of SAMPLES) await copyRows(db, table, names, mark, copies);
  }
  await db.execute(sql`analyze`);
}

async function copyRows(
  db: Database,
  table: string,
  names: readonly ReturnType<typeof sql.identifier>[],
  mark: string,
  copies: number,
): Promise<void> {
  const into = sql`${sql.identifier("headgate")}.${sql.identifier(table)}`;
  const place = table === "pins" ? sql`, ordinal` : sql``;
  const own = table === "pins" ? sql`, ordinal + ${SAMPLES.length}::int * copy` : sql``;
  const list = sql.join([...names], sql`, `);
  const renamed = sql.join(
    names.map((name) => sql`(r.new).${name}`),
    sql`, `,
  );
  const whole = sql`jsonb_populate_record(null::${into}, replace(to_jsonb(t)::text, ${mark}, ${mark} || copy)::jsonb)`;
  await db.execute(sql`
    insert into ${into} (${list}${place})
    select ${renamed}${own} from (select ${whole} as new, copy${place} from ${into} t, generate_series(1, ${copies}::int) copy
      where position(${mark} || ' ' in ${sql.identifier(COPIED[table]?.[0] ?? "")} || ' ') > 0
         or position(${mark} || '@' in ${sql.identifier(COPIED[table]?.[0] ?? "")}) > 0) r`);
}
