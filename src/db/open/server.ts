import { Socket } from "node:net";
import pg from "pg";
import { Failure, messageOf } from "../../lib/failure.ts";
import { MOST, WANTS_CONNECTIONS } from "./connections.ts";

const CONNECT_TIMEOUT = 10_000;

/** A server that is gone without a word (a machine without power, an address that moved) is noticed within half a minute, not in two hours. */
const KEEP_ALIVE = 10_000;

/** Connects to a PostgreSQL server, once to see that it answers. Failures name the server and never the password. */
export async function connectServer(url: string): Promise<pg.Pool | Failure> {
  const address = parseAddress(url);
  if (address === undefined) {
    return new Failure(
      "misconfigured",
      "DATABASE_URL is not the address of a PostgreSQL server: it looks like postgres://user:password@host:5432/database.",
    );
  }
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString: address.href,
    stream: () => openSocket(sockets),
    max: MOST,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    onConnect: settle,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: "headgate",
  });
  // A connection that breaks fails the query that it carries; one that carries none is replaced by the next query. Without
  // a listener the event itself would end the process, and BullMQ takes all listeners off the client it gives back.
  pool.on("error", ignore);
  pool.on("connect", listen);
  pool.on("release", (_error, client) => listen(client));
  try {
    if (await keepsSessions(pool)) return pool;
    await pool.end();
    return new Failure("misconfigured", `${serverAt(address)} ${POOLED}`);
  } catch (thrown) {
    await pool.end();
    for (const socket of sockets) socket.destroy(); // of one that was asked for a password nobody has, pg lets go without an end
    return explain(thrown, address);
  }
}

function openSocket(open: Set<Socket>): Socket {
  const socket = new Socket();
  open.add(socket);
  return socket.once("close", () => open.delete(socket));
}

const POOLED =
  "is behind a pooler that gives each transaction whatever session is free (PgBouncer: pool_mode = transaction or statement), " +
  "and locks, settings and notices belong to a session. Set pool_mode = session for this database, or name the server itself in DATABASE_URL.";

/**
 * Two connections that are open at once have a session each, and keep it. Behind a pooler that gives sessions to
 * transactions, both are answered by the one that is free, or one of them by another one than before.
 */
async function keepsSessions(pool: pg.Pool): Promise<boolean> {
  const clients: pg.PoolClient[] = [];
  try {
    clients.push(await pool.connect());
    clients.push(await pool.connect());
    const pids: (number | undefined)[] = [];
    for (const client of [...clients, ...clients])
      pids.push((await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid);
    return pids[0] !== pids[1] && pids[0] === pids[2] && pids[1] === pids[3];
  } finally {
    for (const client of clients) client.release();
  }
}

/**
 * What each connection is told when it is new; not at its start, where PgBouncer lets no such parameters through. BullMQ
 * names its tables without a schema; times are read as UTC. Ours are always named with their schema. Our statements take
 * milliseconds, and compiling one takes up to half a second, which the server does when it expects many rows. A process
 * that is suspended in the middle of a transaction holds its locks, and everybody else waits: the server ends it.
 */
async function settle(client: pg.ClientBase): Promise<void> {
  await client.query(`
    SET search_path TO bullmq; SET timezone TO 'UTC'; SET datestyle TO 'ISO'; SET jit TO off;
    SET idle_in_transaction_session_timeout TO '60s'`);
}

function ignore(): void {}

function listen(client: pg.PoolClient): void {
  client.off("error", ignore).on("error", ignore);
}

function parseAddress(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url);
  return /^postgres(?:ql)?:$/.test(address.protocol) ? address : undefined;
}

function serverAt(address: URL): string {
  return `The PostgreSQL server at ${address.host || "localhost"}`;
}

function explain(thrown: unknown, address: URL): Failure {
  const server = serverAt(address);
  const database = decodeURIComponent(address.pathname.slice(1));
  const user = decodeURIComponent(address.username);
  const code = codeOf(thrown);
  if (NO_PASSWORD.test(messageOf(thrown)))
    return new Failure("unauthorized", `${server} wants a password of user "${user}": DATABASE_URL has none.`);
  if (code === "28P01" || code === "28000") {
    return new Failure(
      "unauthorized",
      `${server} refuses user "${user}": check the user and password in DATABASE_URL.`,
    );
  }
  if (code === "3D000") {
    return new Failure(
      "misconfigured",
      `${server} has no database "${database}": create it (createdb ${database}), or correct DATABASE_URL.`,
    );
  }
  if (code === WANTS_CONNECTIONS.code)
    return new Failure("unavailable", `${server} takes no more connections: ${WANTS_CONNECTIONS.advice}.`);
  const detail = code ?? messageOf(thrown);
  return new Failure("unavailable", `${server} cannot be used (${detail}): start it, or correct DATABASE_URL.`);
}

/** The client itself says so, without a code (pg's `crypto/sasl.js`). */
const NO_PASSWORD = /client password must be a/;

function codeOf(thrown: unknown): string | undefined {
  const first = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const code = typeof first === "object" && first !== null && "code" in first ? first.code : undefined;
  return typeof code === "string" ? code : undefined;
}
