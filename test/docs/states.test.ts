import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CandidateState, TRANSITIONS } from "../../src/domain/candidate-state.ts";

const file = join(import.meta.dirname, "../../docs/pull-requests.md");

/** The state machine as a diagram (https://mermaid.js.org/syntax/stateDiagram.html). */
function diagram(): string {
  const moves = (Object.keys(TRANSITIONS) as CandidateState[]).flatMap((from) =>
    TRANSITIONS[from].map(({ to, when }) => `  ${from} --> ${to}: ${when.replaceAll(":", ",")}`),
  );
  return ["```mermaid", "stateDiagram-v2", "  [*] --> seen", ...moves, "```"].join("\n");
}

it("the diagram of a candidate's states is the one that the code has (HEADGATE_WRITE_DOCS=1 writes it)", () => {
  const text = readFileSync(file, "utf8");
  const now = text.replace(/(<!-- states: begin -->\n)[\s\S]*?(<!-- states: end -->)/, `$1\n${diagram()}\n\n$2`);
  if (process.env.HEADGATE_WRITE_DOCS === "1") writeFileSync(file, now);
  expect(readFileSync(file, "utf8")).toBe(now);
});
