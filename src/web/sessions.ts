import { createHmac, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { deleteSession, findSession, insertSession, pruneSessions, updateSession } from "../db/service/sessions.ts";
import { between, DAY, earliest, HOUR, type Instant, MINUTE, plus } from "../domain/instant.ts";
import type { Edge, Session } from "./edge.ts";

/** Without a look at any page for so long, and at the latest after so long, the token is wanted again. */
const IDLE = 12 * HOUR;
const LONGEST = 7 * DAY;
const TOUCH = 5 * MINUTE;

/** Logs this browser in: a new secret each time, so that one from before is worth nothing. */
export async function startSession(context: Context, edge: Edge, person: string): Promise<void> {
  const now = edge.flow.clock();
  const secret = randomBytes(32).toString("base64url");
  await pruneSessions(edge.flow.db, now);
  const session = { id: idOf(secret, edge.token), person, createdAt: now, seenAt: now };
  await insertSession(edge.flow.db, { ...session, expiresAt: plus(now, IDLE) });
  const { name, secure } = cookieOf(context, edge);
  setCookie(context, name, secret, { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge: LONGEST / 1_000 });
}

/** Who this browser is logged in as; undefined when it is not. */
export async function readSession(context: Context, edge: Edge): Promise<Session | undefined> {
  const secret = getCookie(context, cookieOf(context, edge).name);
  if (secret === undefined || secret === "") return undefined;
  const { db, clock } = edge.flow;
  const now = clock();
  const id = idOf(secret, edge.token);
  const found = await findSession(db, id, now);
  if (found === undefined) return undefined;
  if (between(found.seenAt, now) > TOUCH)
    await updateSession(db, id, { seenAt: now, expiresAt: endOf(found.createdAt, now) });
  return { secret, id, person: found.person };
}

/** Remembers how the person who is logged in wants to be named. */
export async function keepName(edge: Edge, session: Session, person: string): Promise<void> {
  if (person !== session.person) await updateSession(edge.flow.db, session.id, { person });
}

/** Logs this browser out, here and in the store. */
export async function endSession(context: Context, edge: Edge, session: Session): Promise<void> {
  await deleteSession(edge.flow.db, session.id);
  const { name, secure } = cookieOf(context, edge);
  deleteCookie(context, name, { path: "/", secure });
}

function endOf(createdAt: Instant, now: Instant): Instant {
  return earliest(plus(createdAt, LONGEST), plus(now, IDLE)) ?? now;
}

/** The token is part of the hash: with another token every session is over. */
function idOf(secret: string, token: string): string {
  return createHmac("sha256", token).update(`session ${secret}`).digest("base64url");
}

/** Under our https name the cookie never leaves by http, and no neighbour can plant one (RFC 6265bis, section 4.1.3.2). */
function cookieOf(context: Context, { publicUrl }: Edge): { readonly name: string; readonly secure: boolean } {
  const secure = publicUrl?.protocol === "https:" && context.req.header("host")?.toLowerCase() === publicUrl.host;
  return { name: secure ? "__Host-headgate" : "headgate", secure };
}
