import { alertLines, integrityNotes } from "../../db/pages/alert-lines.ts";
import type { Alert } from "../../domain/bump.ts";
import type { IntegrityNote, IntegrityQuestion } from "../../domain/pages/integrity-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { FlowContext } from "../context.ts";
import { anythingHeard } from "./anything-heard.ts";

/** What is shown of what happened to pins: trouble that people answer, and what was only noted. `heard`: something was seen at all. */
export type ShownIntegrity = {
  readonly alerts: Listed<Alert>;
  readonly notes: readonly IntegrityNote[];
  readonly heard: boolean;
};

const NOTES = 20;

/** Reads alerts, and the latest notes beside the first page of them. */
export async function showIntegrity(flow: FlowContext, question: IntegrityQuestion): Promise<ShownIntegrity> {
  const { db } = flow;
  const notes = question.page === 1 ? await integrityNotes(db, NOTES) : [];
  const alerts = await alertLines(db, question);
  return { alerts, notes, heard: alerts.total > 0 || (await anythingHeard(flow)) };
}
