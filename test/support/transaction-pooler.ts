import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createGate } from "../../src/lib/limits/gate.ts";

/** A pooler that answers everybody out of one session. */
export type Pooler = { readonly url: string; readonly close: () => Promise<void> };

/** "Q": a statement, and what ends an answer: "Z" (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const [QUERY, READY] = ["Q".charCodeAt(0), "Z".charCodeAt(0)];

/** Starts what PgBouncer is in transaction mode, for statements that each are a transaction: before a server that asks for no password. */
export async function startTransactionPooler(server: string): Promise<Pooler> {
  const { hostname, port, username, pathname } = new URL(server);
  const session = connect(Number(port), hostname);
  const answer = answersOf(session);
  const greeting = answer();
  session.write(startup(username, pathname.slice(1)));
  const alone = createGate(1);
  const clients = new Set<Socket>();
  const pooler = createServer((client) => {
    clients.add(client);
    client.on("error", () => undefined);
    client.once("data", async () => {
      client.write(await greeting);
      client.on("data", (statement: Buffer) => {
        if (statement[0] !== QUERY) return;
        void alone(async () => {
          const answered = answer();
          session.write(statement);
          client.write(await answered);
        });
      });
    });
  });
  await new Promise<void>((resolve) => pooler.listen(0, "127.0.0.1", resolve));
  return {
    url: `postgres://${username}@127.0.0.1:${(pooler.address() as AddressInfo).port}${pathname}`,
    close: async () => {
      for (const one of [session, ...clients]) one.destroy();
      await new Promise((resolve) => pooler.close(resolve));
    },
  };
}

/** The bytes of the next answer, to its end. */
function answersOf(session: Socket): () => Promise<Buffer> {
  return () =>
    new Promise((resolve) => {
      let bytes = Buffer.alloc(0);
      const hear = (more: Buffer) => {
        bytes = Buffer.concat([bytes, more]);
        if (bytes.at(-6) !== READY) return; // it is six bytes long, and the last message
        session.off("data", hear);
        resolve(bytes);
      };
      session.on("data", hear);
    });
}

function startup(user: string, database: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8);
  head.writeInt32BE(196_608, 4); // version 3.0
  return Buffer.concat([head, body]);
}
