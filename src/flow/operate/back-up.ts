import { keepBackup, type WrittenBackup, writeBackup } from "../../db/backup/backup-file.ts";
import type { Failure } from "../../lib/failure.ts";
import { isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** Writes everything that is stored into a file. */
export function backUp(flow: FlowContext, { file }: { readonly file: string }): Promise<WrittenBackup | Failure> {
  return writeBackup(flow.db, file, flow.clock());
}

/** A store that lives beside this process has nobody else who copies it: it is backed up every day, and three are kept. */
export async function backUpOwn(flow: FlowContext): Promise<void> {
  if (flow.backupsIn === undefined) return;
  const kept = await keepBackup(flow.db, flow.backupsIn, flow.clock());
  if (isFailure(kept)) flow.log.error(kept.message);
}
