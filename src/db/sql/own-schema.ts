import { pgSchema } from "./orm.ts";

/** The schema that all tables are in, so that a database can be shared with other programs. */
export const headgate = pgSchema("headgate");
