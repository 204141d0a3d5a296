import type { Database } from "../../src/db/database.ts";
import { claimDuties, type TakenDuty } from "../../src/db/service/duties.ts";
import { setMeta } from "../../src/db/service/meta.ts";
import { HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";

/** Makes a duty due at a moment, and takes it as a scheduler does. */
export async function dueDuty(db: Database, name: string, now: Instant): Promise<TakenDuty> {
  const plan = "simulated";
  await setMeta(db, `duty/${name}`, { plan, at: now });
  const [taken] = await claimDuties(db, [{ name, plan, next: plus(now, HOUR) }], now, 2 * MINUTE);
  if (taken === undefined) throw new Error(`${name} is not due`);
  return taken;
}
