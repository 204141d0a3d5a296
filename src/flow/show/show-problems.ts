import { problemLines } from "../../db/pages/problem-lines.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import type { ProblemLine, ProblemQuestion } from "../../domain/pages/problem-line.ts";
import type { FlowContext } from "../context.ts";
import { anythingHeard } from "./anything-heard.ts";

/** What is shown of what could not be looked at. `heard`: something could. */
export type ShownProblems = { readonly lines: Listed<ProblemLine>; readonly heard: boolean };

/** Reads what could not be looked at, from the store. */
export async function showProblems(flow: FlowContext, question: ProblemQuestion): Promise<ShownProblems> {
  const lines = await problemLines(flow.db, question, flow.clock());
  return { lines, heard: lines.total > 0 || (await anythingHeard(flow)) };
}
