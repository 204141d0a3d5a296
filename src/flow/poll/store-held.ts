import type { Database } from "../../db/database.ts";
import { whileLeased } from "../../db/upstreams/while-leased.ts";
import type { FlowContext } from "../context.ts";

/**
 * Stores what upstreams said: `store` is given those of them that this work still has, which nobody can take meanwhile.
 * An answer from before somebody else's is dropped: stored after it, it would undo what that one saw.
 */
export async function storeHeld<Result>(
  { db, hold, log }: Pick<FlowContext, "db" | "hold" | "log">,
  purls: readonly string[],
  store: (db: Database, mine: ReadonlySet<string>) => Promise<Result>,
): Promise<Result> {
  if (hold === undefined) return store(db, new Set(purls));
  return hold.use((word) =>
    whileLeased(db, purls, word, (tx, mine) => {
      if (mine.size < purls.length)
        log.warn(
          `${purls.length - mine.size} answers are not stored: others have been asking since, or somebody wished that they be asked again.`,
        );
      return store(tx, mine);
    }),
  );
}
