import { problemLines } from "../../db/pages/problem-lines.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { ProblemLine, ProblemQuestion } from "../../domain/pages/problem-line.ts";
import type { FlowContext } from "../context.ts";

/** Reads what could not be looked at, from the store. */
export function showProblems(flow: FlowContext, question: ProblemQuestion): Promise<Listed<ProblemLine>> {
  return problemLines(flow.db, question, flow.clock());
}
