import { auditLines } from "../../db/pages/audit-lines.ts";
import type { AuditPage, AuditQuestion } from "../../domain/pages/audit-line.ts";
import type { FlowContext } from "../context.ts";

/** Reads one page of the audit log. */
export function showAudit({ db }: FlowContext, question: AuditQuestion): Promise<AuditPage> {
  return auditLines(db, question);
}
