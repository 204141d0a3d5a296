import { Hono } from "hono";
import { DAY, type Instant, plus, toInstant } from "../../domain/instant.ts";
import { AUDIT_KINDS } from "../../domain/pages/audit-line.ts";
import { showAudit } from "../../flow/show/show-audit.ts";
import { auditPage } from "../../views/pages/audit.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";

/** `GET /audit`: every decision and every write to the outside, newest first. */
export function auditRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/audit", async (context) => {
    const address = addressOf(context, ["q", "kind", "actor", "since", "until", "before"]);
    const { q, kind, actor, since, until, before } = address.query;
    const [from, to] = [dayOf(since), dayOf(until)];
    const wrong =
      since !== undefined && from === undefined
        ? "since"
        : until !== undefined && to === undefined
          ? "until"
          : undefined;
    const question = {
      ...asked("text", q),
      ...asked("kind", oneOf(kind, AUDIT_KINDS)),
      ...asked("actor", actor),
      ...asked("since", from),
      ...asked("until", to === undefined ? undefined : plus(to, DAY)), // the whole of that day
      ...asked("before", /^\d{1,15}$/.test(before ?? "") ? Number(before) : undefined),
    };
    const page = await showAudit(edge.flow, question);
    const body = auditPage({ page, question, address, ...asked("wrong", wrong) });
    return sendPage(context, edge, { title: "Audit", section: "/audit" }, body);
  });
  return routes;
}

/** The beginning of a day in UTC; undefined for what no calendar has. */
function dayOf(text: string | undefined): Instant | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = toInstant(text);
  return day?.startsWith(text) === true ? day : undefined;
}
