import { PGlite } from "@electric-sql/pglite";

/** A program of its own: creates an empty store in the directory that it is given, and ends. See `embedded.ts`. */
const [, , directory] = process.argv;
if (directory === undefined) throw new Error("Name the directory.");
const database = await PGlite.create({ dataDir: directory });
await database.close();
