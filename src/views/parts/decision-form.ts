import type { HumanDecision } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import { type Html, html, safeUrl } from "../html.ts";
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

/** What each does, beside the buttons that are there. */
const MEANINGS: Readonly<Record<HumanDecision["action"], string>> = {
  approve: "Approve lifts holds; blocks and waits stay.",
  hold: "Hold keeps this version back.",
  skip: "Skip passes this version over.",
  reopen: "Reopen takes back what people decided.",
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

/** Where a word is asked for, or can only bring back: its button stands out. Elsewhere all goes well without any. */
const WANTS_A_WORD: readonly CandidateState[] = ["held", "skipped", "closed", "withdrawn"];

/** Approve, hold, skip or reopen a candidate, with a name and a reason. What is proposed is looked at first: its pull request. */
export function decisionForm(
  candidate: { readonly id: string; readonly state: CandidateState; readonly url?: string },
  visitor: Visitor,
  refused: Refused | undefined,
): Html {
  const { id, state } = candidate;
  const pull = state === "proposed" ? safeUrl(candidate.url) : undefined;
  const form = reasonForm({
    id: "decide",
    action: candidatePath(id),
    hidden: { form: visitor.form },
    name: "action",
    buttons: ACTIONS[state].map((value) => ({ value, words: WORDS[value] })),
    main: WANTS_A_WORD.includes(state) ? "first" : "none",
    until: true,
    hint: ["One sentence, kept with your name.", ...ACTIONS[state].map((action) => MEANINGS[action])].join(" "),
    ...(refused !== undefined && { reason: refused.reason, wrong: refused.wrong }),
    more: nameField("decide", refused?.by ?? visitor.person),
  });
  return html`${pull !== undefined && html`<p><a class="button main" href="${pull}" rel="noreferrer">Review the pull request</a></p>`}${form}`;
}

/** Who says it. */
export function nameField(id: string, value: string): Html {
  return html`<div><label for="${id}-by">Your name</label><input id="${id}-by" name="by" value="${value}" required maxlength="100" autocomplete="name"></div>`;
}
