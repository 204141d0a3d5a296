import { Hono } from "hono";
import type { Assets } from "../assets.ts";

/** `GET /assets/<hash>.<kind>`: to be kept for ever, and nobody's secret. */
export function assetRoutes(assets: Assets): Hono {
  const routes = new Hono();
  routes.get("/:name", (context) => {
    const asset = assets.files.get(context.req.path);
    if (asset === undefined) return context.notFound();
    const accepted = context.req.header("accept-encoding") ?? "";
    const encoding = /\bbr\b/.test(accepted) ? "br" : /\bgzip\b/.test(accepted) ? "gzip" : undefined;
    context.header("Content-Type", asset.type);
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    context.header("Vary", "Accept-Encoding");
    if (encoding !== undefined) context.header("Content-Encoding", encoding);
    return context.body(new Uint8Array(asset[encoding ?? "plain"]));
  });
  return routes;
}
