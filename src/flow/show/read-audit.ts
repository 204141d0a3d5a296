import { type AuditEntry, auditSince } from "../../db/deliveries/audit.ts";
import { Failure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** A page of the audit log, oldest first. `since`: a day, or a moment with its zone. */
export async function readAudit(
  flow: FlowContext,
  { since, after, limit }: { readonly since?: string | undefined; readonly after: number; readonly limit: number },
): Promise<AuditEntry[] | Failure> {
  const from = since === undefined ? undefined : new Date(since);
  if (from !== undefined && Number.isNaN(from.getTime()))
    return new Failure("misconfigured", `"${since}" is no date such as 2026-12-01.`);
  return auditSince(flow.db, { after, since: from?.toISOString(), limit });
}
