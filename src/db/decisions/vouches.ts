import type { Vouch } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { vouches } from "../schema/decisions.ts";
import { asc } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** Appends a recorded relationship of trust. */
export async function recordVouch(db: Database, vouch: Vouch): Promise<void> {
  await db.insert(vouches).values(vouch);
}

/** All recorded relationships of trust, in the order in which they were recorded. */
export async function allVouches(db: Database): Promise<Vouch[]> {
  const rows = await db.select().from(vouches).orderBy(asc(vouches.id));
  return rows.map(({ id: _, ...row }) => present(row));
}
