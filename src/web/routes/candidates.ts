import { type Context, Hono } from "hono";
import { submissionOutcome } from "../../db/service/submissions.ts";
import type { HumanDecision } from "../../domain/bump.ts";
import { type DecidedCandidate, decideByHand } from "../../flow/decide/record-human-decision.ts";
import { notesOf, showCandidate } from "../../flow/show/show-candidate.ts";
import { isFailure } from "../../lib/failure.ts";
import { toMarkup } from "../../views/html.ts";
import { candidatePage, candidateTitle } from "../../views/pages/candidate.ts";
import { badge, STATES } from "../../views/parts/badge.ts";
import type { Refused } from "../../views/parts/decision-form.ts";
import { candidatePath } from "../../views/parts/links.ts";
import { AT_ONCE, PATIENT } from "../changes.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendMessage, sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";
import { keepName } from "../sessions.ts";
import { submitOnce } from "../submit.ts";
import { forForm, readWritten } from "../written.ts";

const ACTIONS = ["approve", "hold", "skip", "reopen"] as const;

/** `GET /candidates/:id`: one possible move. `POST`: what a person decides about it. */
export function candidateRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/candidates/:id", (context) => send(context, edge));
  routes.post("/candidates/:id", async (context) => {
    const id = context.req.param("id");
    const { field, by, reason, until } = await readWritten(context);
    const said = { by, reason };
    const action = oneOf(field("action"), ACTIONS);
    if (action === undefined) return send(context, edge, { ...said, wrong: "Say what to do with it." });
    const number = context.get("form");
    const came = await submitOnce(edge, number, async () => {
      const decided = await decideByHand(edge.flow, { candidate: id, action, ...said, until });
      return isFailure(decided) ? decided : { ok: true, message: told(decided), ...asked("url", decided.url) };
    });
    if (isFailure(came)) return send(context, edge, { ...said, wrong: forForm(came.message) });
    if (came !== undefined) {
      await keepName(edge, context.get("session"), said.by);
      await edge.carryOut();
    }
    return context.redirect(`${candidatePath(id)}?done=${number}`, 303);
  });
  return routes;
}

async function send(context: Context<PageEnv>, edge: Edge, refused?: Refused): Promise<Response> {
  const view = await showCandidate(edge.flow, context.req.param("id") ?? "");
  if (isFailure(view))
    return sendMessage(context, edge, { title: "There is no such candidate", status: 404 }, forForm(view.message));
  const { done, change: wanted } = addressOf(context, ["done", "change"]).query;
  const came = done === undefined || refused !== undefined ? undefined : await submissionOutcome(edge.flow.db, done);
  const notes = notesOf(view);
  const shown = {
    view,
    change: await edge.changes.show(edge.flow, view, wanted === undefined ? AT_ONCE : PATIENT),
    now: edge.flow.clock(),
  };
  const heading = {
    title: candidateTitle(view),
    section: "/components",
    above: { path: "/components", title: "Components" },
    beside: badge(STATES[view.state]),
    ...(shown.change.kind === "pending" && ({ script: "change.mjs" } as const)),
    ...(refused !== undefined && ({ status: 422 } as const)),
  };
  return sendPage(context, edge, heading, (visitor) =>
    candidatePage({
      ...shown,
      visitor,
      notes: toMarkup(notes) === "" ? undefined : notes,
      ...asked("came", came),
      ...asked("refused", refused),
    }),
  );
}

const DONE: Readonly<Record<HumanDecision["action"], string>> = {
  approve: "Approved",
  hold: "Held",
  skip: "Skipped",
  reopen: "Reopened",
};

const NOW = {
  propose: "It is proposed now; its pull request follows in a moment.",
  hold: "It is held.",
  wait: "It waits",
  block: "It is blocked all the same",
  skip: "It is passed over.",
} as const;

/** What was recorded, and what follows from it: a word does not always lead where its name says. */
function told({ said, decision }: DecidedCandidate): string {
  const done = `${DONE[said.action]} by ${said.by}.`;
  if (decision === undefined) return `${done} It is not the next step of its component any more.`;
  const { verdict, until, reasons } = decision;
  const ends = until === undefined ? "" : ` until ${until.slice(0, 10)}`;
  const why = reasons[0]?.summary ?? "";
  return verdict === "wait" || verdict === "block"
    ? `${done} ${NOW[verdict]}${ends}: ${why}`
    : `${done} ${NOW[verdict]}`;
}
