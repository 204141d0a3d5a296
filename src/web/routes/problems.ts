import { Hono } from "hono";
import { pageOf } from "../../domain/pages/listing.ts";
import { showProblems } from "../../flow/show/show-problems.ts";
import { problemsPage } from "../../views/pages/problems.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";

/** `GET /problems`: what could not be looked at. */
export function problemRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/problems", async (context) => {
    const address = addressOf(context, ["kind", "page"]);
    const { kind, page } = address.query;
    const known = oneOf(kind, ["project", "file", "upstream", "part", "decision", "host", "trust-root", "job"]);
    const question = { page: pageOf(page), ...asked("kind", known) };
    const shown = await showProblems(edge.flow, question);
    const body = problemsPage({ ...shown, question, address, now: edge.flow.clock() });
    return sendPage(context, edge, { title: "Problems", section: "/problems" }, body);
  });
  return routes;
}
