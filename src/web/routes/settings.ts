import { Hono } from "hono";
import { showSettings } from "../../flow/show/show-settings.ts";
import { settingsPage } from "../../views/pages/settings.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";

/** `GET /settings`: the configuration as it takes effect. */
export function settingsRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/settings", (context) =>
    sendPage(context, edge, { title: "Settings", section: "/settings" }, settingsPage(showSettings(edge.flow))),
  );
  return routes;
}
