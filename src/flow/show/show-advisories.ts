import { advisoryLines, introducedLines } from "../../db/pages/advisory-lines.ts";
import type { AdvisoryLine, AdvisoryQuestion, IntroducedLine } from "../../domain/pages/advisory-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import { advisoriesAnswered } from "../advisories/refresh-advisories.ts";
import type { FlowContext } from "../context.ts";

/** What is shown of advisories: those about what is installed, and those that candidates would bring in. */
export type ShownAdvisories = {
  readonly lines: Listed<AdvisoryLine>;
  readonly introduced: readonly IntroducedLine[];
  /** Everything that is installed was asked about once. */
  readonly complete: boolean;
};

const INTRODUCED = 20;

/** Reads the advisories that a question is about, from the store: nobody is asked outside. */
export async function showAdvisories(flow: FlowContext, question: AdvisoryQuestion): Promise<ShownAdvisories> {
  const lines = await advisoryLines(flow.db, question, flow.policy.responseTimes, flow.clock());
  return {
    lines,
    introduced: await introducedLines(flow.db, INTRODUCED),
    complete: await advisoriesAnswered(flow),
  };
}
