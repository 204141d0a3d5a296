import { Hono } from "hono";
import { pageOf } from "../../domain/pages/listing.ts";
import { showDeliveries } from "../../flow/show/show-deliveries.ts";
import { deliveriesPage } from "../../views/pages/deliveries.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";
import { addressOf, asked, oneOf } from "../question.ts";

/** `GET /deliveries`: what went outside, newest first. */
export function deliveryRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/deliveries", async (context) => {
    const address = addressOf(context, ["channel", "state", "project", "page"]);
    const { channel, state, project, page } = address.query;
    const question = {
      page: pageOf(page),
      ...asked("channel", channel),
      ...asked("project", project),
      ...asked("state", oneOf(state, ["started", "sent", "unchanged", "failed", "refused"])),
    };
    const shown = await showDeliveries(edge.flow, question);
    const projects = edge.flow.projects.map(({ id }) => id);
    const body = deliveriesPage({ ...shown, projects, question, address, now: edge.flow.clock() });
    return sendPage(context, edge, { title: "Deliveries", section: "/deliveries" }, body);
  });
  return routes;
}
