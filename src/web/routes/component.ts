import { type Context, Hono } from "hono";
import { type Outcome, submissionOutcome } from "../../db/service/submissions.ts";
import { notesOf, showCandidate } from "../../flow/show/show-candidate.ts";
import { showComponent } from "../../flow/show/show-component.ts";
import { explainUpstream } from "../../flow/trust/explain-upstream.ts";
import { vouchFor } from "../../flow/trust/record-vouch.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { type Html, toMarkup } from "../../views/html.ts";
import { componentPage, componentTitle } from "../../views/pages/component.ts";
import { badge } from "../../views/parts/badge.ts";
import { COMPONENT_STATES } from "../../views/parts/component-state.ts";
import type { Refused } from "../../views/parts/decision-form.ts";
import { componentPath } from "../../views/parts/links.ts";
import { trustPhrase } from "../../views/words.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendMessage, sendPage } from "../pages.ts";
import { asked } from "../question.ts";
import { keepName } from "../sessions.ts";
import { submitOnce } from "../submit.ts";
import { forForm, readWritten, type Written } from "../written.ts";

/** `GET /component?project=…&key=…`: one component. `POST`: a person vouches for its upstream, or has it looked at. */
export function componentPageRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/component", (context) => send(context, edge));
  routes.post("/component", async (context) => {
    const which = whichOf(context);
    const detail = await showComponent(edge.flow, which);
    if (isFailure(detail)) return missing(context, edge, detail);
    const written = await readWritten(context);
    const number = context.get("form");
    const came = await submitOnce(edge, number, () => act(edge, detail.row.upstream, written));
    if (isFailure(came)) {
      const { by, reason } = written;
      return send(context, edge, { by, reason, wrong: forForm(came.message) });
    }
    if (written.by !== "") await keepName(edge, context.get("session"), written.by);
    return context.redirect(`${componentPath(which)}&done=${number}`, 303);
  });
  return routes;
}

async function act({ flow }: Edge, upstream: string, written: Written): Promise<Outcome | Failure> {
  const { by, reason, until, field } = written;
  const action = field("action");
  if (action === "ask") {
    const explained = await explainUpstream(flow, { upstream, ask: true });
    if (isFailure(explained)) return explained;
    return { ok: true, message: `It was looked at. Trust: ${trustPhrase(explained.score)}.` };
  }
  if (action !== "vouch") return new Failure("misconfigured", "Say what to do.");
  const points = field("points") === "" ? Number.NaN : Number(field("points"));
  const vouched = await vouchFor(flow, { upstream, by, reason, until, points });
  if (isFailure(vouched)) return vouched;
  return { ok: true, message: `${by} vouches for it. Trust: ${trustPhrase(vouched.score)}.` };
}

function whichOf(context: Context) {
  return { project: context.req.query("project") ?? "", key: context.req.query("key") ?? "" };
}

async function send(context: Context<PageEnv>, edge: Edge, refused?: Refused): Promise<Response> {
  const detail = await showComponent(edge.flow, whichOf(context));
  if (isFailure(detail)) return missing(context, edge, detail);
  edge.changes.readAhead(edge.flow, [detail.row.project]);
  const done = context.req.query("done");
  const came = done === undefined || refused !== undefined ? undefined : await submissionOutcome(edge.flow.db, done);
  const heading = {
    title: componentTitle(detail),
    section: "/components",
    above: { path: "/components", title: "Components" },
    beside: badge(COMPONENT_STATES[detail.row.state]),
    ...(refused !== undefined && ({ status: 422 } as const)),
  };
  const shown = { detail, now: edge.flow.clock(), notes: await notesOfNext(edge, detail.row.candidate) };
  return sendPage(context, edge, heading, (visitor) =>
    componentPage({ ...shown, visitor, ...asked("came", came), ...asked("refused", refused) }),
  );
}

/** Characters of notes beside everything else that is said of a component; the candidate's own page has more. */
const NOTES = 6_000;

async function notesOfNext({ flow }: Edge, candidate: string | undefined): Promise<Html | undefined> {
  const view = candidate === undefined ? undefined : await showCandidate(flow, candidate);
  if (view === undefined || isFailure(view)) return undefined;
  const notes = notesOf(view, NOTES);
  return toMarkup(notes) === "" ? undefined : notes;
}

function missing(context: Context, edge: Edge, failure: Failure): Response | Promise<Response> {
  return sendMessage(context, edge, { title: "There is no such component", status: 404 }, failure.message);
}
