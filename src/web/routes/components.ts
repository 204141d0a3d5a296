import { Hono } from "hono";
import { COMPONENT_ORDERS, COMPONENT_VIEWS, type ComponentQuery } from "../../domain/pages/component-list.ts";
import { showComponents } from "../../flow/plan/list-components.ts";
import { componentsPage } from "../../views/pages/components.ts";
import { COMPONENT_STATES } from "../../views/parts/component-state.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";

/** `GET /components`: what is taken from upstream. */
export function componentRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/components", async (context) => {
    const query = readQuery(context.req.query());
    const found = await showComponents(edge.flow, query);
    const shown = { ...query, page: found.page };
    const body = componentsPage(found, shown, edge.flow.clock());
    return sendPage(context, edge, { title: "Components", section: "/components" }, body);
  });
  return routes;
}

/** A question as an address says it. What is not understood counts as not asked. */
export function readQuery(given: Readonly<Record<string, string>>): ComponentQuery {
  const { q: text = "", project = "", kind = "", state = "", page = "" } = given;
  const order = COMPONENT_ORDERS.find((one) => one === given.sort) ?? "upstream";
  return {
    text: text.trim().slice(0, 200),
    ...{ project, kind, order },
    state: isState(state) ? state : "",
    view: COMPONENT_VIEWS.find((one) => one === given.view) ?? "all",
    direction: given.direction === "down" ? "down" : "up",
    page: /^[1-9]\d{0,6}$/.test(page) ? Number(page) : 1,
  };
}

function isState(text: string): text is keyof typeof COMPONENT_STATES {
  return Object.hasOwn(COMPONENT_STATES, text);
}
