import { Hono } from "hono";
import { pageOf } from "../../domain/pages/listing.ts";
import { showAdvisories } from "../../flow/show/show-advisories.ts";
import { advisoriesPage } from "../../views/pages/advisories.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";

/** `GET /advisories`: what is known about what is installed, overdue first. */
export function advisoryRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/advisories", async (context) => {
    const { flow } = edge;
    const address = addressOf(context, ["q", "urgency", "project", "page"]);
    const { q, urgency, project, page } = address.query;
    const question = {
      page: pageOf(page),
      ...asked("text", q),
      ...asked("project", project),
      ...asked("urgency", oneOf(urgency, ["overdue", "due", "undated"])),
    };
    const shown = await showAdvisories(flow, question);
    const projects = flow.projects.map(({ id }) => id);
    const body = advisoriesPage({ ...shown, question, projects, address, now: flow.clock() });
    return sendPage(context, edge, { title: "Advisories", section: "/advisories" }, body);
  });
  return routes;
}
