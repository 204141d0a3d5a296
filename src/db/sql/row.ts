type NullableKeys<Row> = { [Key in keyof Row]: null extends Row[Key] ? Key : never }[keyof Row];

/** A row in which what is `null` in the database is absent. */
export type Present<Row> = { [Key in Exclude<keyof Row, NullableKeys<Row>>]: Row[Key] } & {
  [Key in NullableKeys<Row>]?: Exclude<Row[Key], null>;
};

/** Leaves out what is `null`: the domain's types say "absent". */
export function present<Row extends object>(row: Row): Present<Row> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) if (value !== null) kept[key] = value;
  return kept as Present<Row>;
}

/** Splits rows into statements of a size that PostgreSQL's limit of 65,535 parameters allows. */
export function batches<Row>(rows: readonly Row[], size = 500): Row[][] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.slice(index * size, (index + 1) * size));
}
