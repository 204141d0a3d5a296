import { type Context, Hono } from "hono";
import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import { pageOf } from "../../domain/pages/listing.ts";
import { settleByHand } from "../../flow/alerts/settle-by-hand.ts";
import { showIntegrity } from "../../flow/show/show-integrity.ts";
import { isFailure } from "../../lib/failure.ts";
import { integrityPage, type Said } from "../../views/pages/integrity.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";
import { keepName } from "../sessions.ts";
import { forForm, readWritten } from "../written.ts";

const CLASSES = Object.keys(ALERTS) as Alert["class"][];

/** `GET /integrity`: what happened to pins. `POST /integrity/:alert`: what a person says of it. */
export function integrityRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/integrity", (context) => {
    const { said } = addressOf(context, ["said"]).query;
    return send(context, edge, said === undefined ? undefined : { alert: said });
  });
  routes.post("/integrity/:alert", async (context) => {
    const alert = context.req.param("alert");
    const { field, by, reason } = await readWritten(context);
    const state = field("state") === "resolved" ? "resolved" : "acknowledged";
    const settled = await settleByHand(edge.flow, { alert, state, by, reason });
    if (isFailure(settled)) return send(context, edge, { alert, wrong: forForm(settled.message), reason });
    await keepName(edge, context.get("session"), by);
    await edge.carryOut();
    return context.redirect(`/integrity?said=${settled.id}`, 303);
  });
  return routes;
}

async function send(context: Context<PageEnv>, edge: Edge, said: Said | undefined): Promise<Response> {
  const asking = addressOf(context, ["state", "class", "project", "page"]);
  const { state, class: kind, project, page } = asking.query;
  const question = {
    state: oneOf(state, ["open", "acknowledged", "resolved", "all"] as const) ?? ("standing" as const),
    page: pageOf(page),
    ...asked("class", oneOf(kind, CLASSES)),
    ...asked("project", project),
  };
  const shown = await showIntegrity(edge.flow, question);
  const address = { ...asking, path: "/integrity" };
  const status = said?.wrong === undefined ? {} : ({ status: 422 } as const);
  return sendPage(context, edge, { title: "Integrity", section: "/integrity", ...status }, (visitor) =>
    integrityPage({ ...shown, question, address, visitor, now: edge.flow.clock(), ...asked("said", said) }),
  );
}
