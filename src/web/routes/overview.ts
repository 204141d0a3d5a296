import { Hono } from "hono";
import { showOverview } from "../../flow/show/show-overview.ts";
import { showProgress } from "../../flow/show/show-progress.ts";
import { overviewPage } from "../../views/pages/overview.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";

/** `GET /`: the first page. */
export function overviewRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/", async (context) => {
    const [overview, progress] = await Promise.all([showOverview(edge.flow), showProgress(edge.flow)]);
    edge.changes.readAhead(
      edge.flow,
      [...overview.held.first, ...overview.proposed.first].map(({ project }) => project),
    );
    const body = overviewPage(overview, edge.nextRuns(), progress, edge.flow.clock());
    return sendPage(context, edge, { title: "Overview", section: "/", script: "progress.mjs" }, body);
  });
  return routes;
}
