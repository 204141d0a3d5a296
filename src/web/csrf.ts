import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";

/**
 * True for what a form of ours sends. Browsers say where a request comes from in `Sec-Fetch-Site` or `Origin`; what says
 * neither, or anything else, is refused. `origin`: ours as the world sees it, behind a proxy that ends TLS.
 */
export function isSameOrigin(context: Context, origin: string | undefined): boolean {
  const site = context.req.header("sec-fetch-site");
  const from = context.req.header("origin");
  if (site === undefined && from === undefined) return false;
  const own = [`http://${context.req.header("host")?.toLowerCase()}`, ...(origin === undefined ? [] : [origin])];
  return (site === undefined || site === "same-origin") && (from === undefined || own.includes(from));
}

/**
 * What a form carries: a number of its own, and a proof that it was made for this session. The number makes equal forms
 * different, so that compression tells nothing (BREACH), and lets a form that is sent twice be done once.
 */
export function formToken(session: string): string {
  const number = randomBytes(16).toString("base64url");
  return `${number}.${proof(session, number)}`;
}

/** The number of a form that was made for this session; undefined for any other text. */
export function readFormToken(session: string, token: unknown): string | undefined {
  const [number = "", given = ""] = typeof token === "string" ? token.split(".") : [];
  return number !== "" && sameText(given, proof(session, number)) ? number : undefined;
}

/** Compares in a time that does not depend on where the texts differ. */
export function sameText(given: string, expected: string): boolean {
  const hash = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function proof(session: string, number: string): string {
  return createHmac("sha256", session).update(`form ${number}`).digest("base64url");
}
