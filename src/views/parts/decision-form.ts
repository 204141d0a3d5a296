import type { HumanDecision } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { Html } from "../html.ts";
import { html } from "../html.ts";
import type { Visitor } from "../layout.ts";
import { candidatePath } from "./links.ts";
import { reasonForm } from "./reason-form.ts";

/** What was typed into a form that was refused, and why it was. */
export type Refused = { readonly wrong: string; readonly by: string; readonly reason: string };

const WORDS: Readonly<Record<HumanDecision["action"], string>> = {
  approve: "Approve",
  hold: "Hold",
  skip: "Skip",
  reopen: "Reopen",
};

/** What makes sense first, by where the candidate stands. */
const ACTIONS: Readonly<Record<CandidateState, readonly HumanDecision["action"][]>> = {
  seen: ["approve", "hold", "skip"],
  waiting: ["approve", "hold", "skip"],
  held: ["approve", "skip", "reopen"],
  blocked: ["hold", "skip", "reopen"],
  proposed: ["hold", "skip"],
  skipped: ["reopen", "approve"],
  closed: ["reopen"],
  superseded: ["skip", "hold"],
  withdrawn: ["reopen"],
  merged: ["reopen"],
};

/** Approve, hold, skip or reopen a candidate, with a name and a reason. */
export function decisionForm(
  candidate: { readonly id: string; readonly state: CandidateState },
  visitor: Visitor,
  refused: Refused | undefined,
): Html {
  return reasonForm({
    id: "decide",
    action: candidatePath(candidate.id),
    hidden: { form: visitor.form },
    name: "action",
    buttons: ACTIONS[candidate.state].map((value) => ({ value, words: WORDS[value] })),
    until: true,
    hint: "One sentence, kept with your name. Approve lifts holds; blocks and waits stay. Skip passes this version over.",
    ...(refused !== undefined && { reason: refused.reason, wrong: refused.wrong }),
    more: nameField("decide", refused?.by ?? visitor.person),
  });
}

/** Who says it. */
export function nameField(id: string, value: string): Html {
  return html`<div><label for="${id}-by">Your name</label><input id="${id}-by" name="by" value="${value}" required maxlength="100" autocomplete="name"></div>`;
}
