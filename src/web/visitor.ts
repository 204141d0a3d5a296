import type { Context } from "hono";
import { clientAddress, holdsAddress } from "../lib/http/client-address.ts";

/** The address that a request comes from, behind the proxies of `web.trusted-proxies`; `unknown` without a connection. */
export function addressOf(context: Context, trustedProxies: readonly string[]): string {
  const connected = connectedFrom(context);
  return clientAddress(connected, context.req.header("x-forwarded-for") ?? "", trustedProxies);
}

/**
 * Whether a program on this machine asks, and no proxy for somebody else: commands do, which hold the daemon's token. A
 * request without a connection is the process's own.
 */
export function isFromHere(context: Context): boolean {
  if (context.env?.incoming === undefined) return true;
  const passedOn = Object.keys(context.req.header()).some((name) => PASSED_ON.test(name));
  const connected = connectedFrom(context);
  return !passedOn && connected !== UNKNOWN && ["127.0.0.0/8", "::1"].some((block) => holdsAddress(block, connected));
}

/** What proxies add of their own accord, whether or not they say for whom they ask. */
const PASSED_ON = /^(?:x-forwarded(?:-.*)?|forwarded|via|x-real-ip|.*-(?:client|connecting)-ip)$/i;

const UNKNOWN = "unknown";

function connectedFrom(context: Context): string {
  const incoming: unknown = context.env?.incoming;
  const socket = isObject(incoming) ? incoming.socket : undefined;
  const address = isObject(socket) ? socket.remoteAddress : undefined;
  return typeof address === "string" ? address : UNKNOWN;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
