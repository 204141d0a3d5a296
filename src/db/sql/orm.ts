import { createRequire } from "node:module";

// drizzle-orm's `exports` map has 447 entries, and Node parses it again for each of the 112 modules it imports: as ESM
// it costs a second and 290 MB. Loaded as CommonJS it costs a seventh. So it is loaded here, once, and nowhere else.
const require = createRequire(import.meta.url);
const core = require("drizzle-orm/pg-core") as typeof import("drizzle-orm/pg-core");
const query = require("drizzle-orm") as typeof import("drizzle-orm");
const driver = require("drizzle-orm/node-postgres") as typeof import("drizzle-orm/node-postgres");
const migrator = require("drizzle-orm/node-postgres/migrator") as typeof import("drizzle-orm/node-postgres/migrator");

export const { bigserial, boolean, customType, doublePrecision, index, integer, pgSchema, primaryKey, uniqueIndex } =
  core;
export const {
  and,
  asc,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notInArray,
  or,
  sql,
} = query;
export const { drizzle } = driver;
export const { migrate } = migrator;
