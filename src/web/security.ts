import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/**
 * What every answer says of itself. Nothing inline, nothing of another host, in nobody's frame. The referrer stays
 * within: `no-referrer` would make browsers send `Origin: null` with forms, which could then not be told from strangers'
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
 */
export function protectiveHeaders(): MiddlewareHandler {
  const self = ["'self'"];
  const none = ["'none'"];
  return secureHeaders({
    contentSecurityPolicy: {
      ...{ defaultSrc: none, frameAncestors: none, baseUri: none },
      ...{ styleSrc: self, imgSrc: self, scriptSrc: self, connectSrc: self, formAction: self },
    },
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    crossOriginResourcePolicy: "same-origin",
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
    strictTransportSecurity: false, // whoever ends TLS before us says it
  });
}

/** Only names that this process listens under: a page elsewhere cannot reach it through a name of its own (DNS rebinding). */
export function onlyHosts(hosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = (context.req.header("host") ?? "").toLowerCase().replace(/:\d+$/, "");
    if (!hosts.includes(host)) return context.json({ error: "This name is not served here." }, 421);
    return next();
  };
}

/** Pages and answers about a project are kept by nobody. */
export function neverStored(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (!context.res.headers.has("cache-control")) context.header("Cache-Control", "no-store");
  };
}
