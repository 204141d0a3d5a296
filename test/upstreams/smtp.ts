import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerEnvelope, type SMTPServerError } from "smtp-server";

/** A message as the server took it: the envelope, and the bytes between DATA and the final dot. */
type TakenMessage = { readonly from: string; readonly to: readonly string[]; readonly raw: Buffer };

/** What goes wrong once: refusals by code at MAIL FROM or after DATA, a cut line during DATA, or the end of the session. */
type SmtpTrouble = "sender-refused" | "try-later" | "too-big" | "cut-during-data" | "shutting-down";

/** A local stand-in of a mail server. */
export type SmtpStandIn = {
  readonly url: string;
  /** Oldest first. */
  readonly messages: readonly TakenMessage[];
  /** From now on, this recipient is refused with this code (550: for ever, 452: for now). */
  readonly refuse: (address: string, code: number) => void;
  /** The next transaction fails in this way. */
  readonly failNext: (trouble: SmtpTrouble) => void;
  readonly close: () => Promise<void>;
};

/** What the server wants and offers. */
export type SmtpOptions = {
  /** When given, only this login may send. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Milliseconds before the greeting. */
  readonly greetingDelay?: number;
  /** Offers STARTTLS with a key of its own, which nobody trusts. */
  readonly startTls?: boolean;
};

const CODES: Readonly<Record<SmtpTrouble, readonly [code: number, text: string]>> = {
  "sender-refused": [550, "5.7.1 Sender refused"],
  "try-later": [451, "4.3.0 Try again later"],
  "too-big": [552, "5.3.4 Message too big"],
  "cut-during-data": [421, "4.4.2 Connection lost"],
  "shutting-down": [421, "4.3.2 Service shutting down"],
};

/** Starts a mail server on a free loopback port. It takes everything until told otherwise. */
export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpStandIn> {
  const messages: TakenMessage[] = [];
  const refused = new Map<string, number>();
  const troubles: SmtpTrouble[] = [];
  const sockets = new Set<Socket>();
  const { login, greetingDelay = 0, startTls = false } = options;

  /** Takes the trouble at the head of the queue, if it belongs to this step. */
  function troubleAt(...kinds: SmtpTrouble[]): SmtpTrouble | undefined {
    const next = troubles[0];
    return next !== undefined && kinds.includes(next) ? troubles.shift() : undefined;
  }

  function hangUp(): void {
    for (const socket of sockets) socket.destroy();
  }

  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(startTls ? [] : ["STARTTLS"]), ...(login === undefined ? ["AUTH"] : [])],
    hideSTARTTLS: !startTls,
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, done) => void setTimeout(done, greetingDelay),
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password
        ? done(null, { user: username })
        : done(replyWith(535, "5.7.8 Authentication failed")),
    onMailFrom: (_address, _session, done) => {
      const trouble = troubleAt("sender-refused", "shutting-down");
      done(trouble === undefined ? null : replyWith(...CODES[trouble]));
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = refused.get(address.toLowerCase());
      done(code === undefined ? null : replyWith(code, code >= 500 ? "5.1.1 No such user" : "4.2.2 Mailbox full"));
    },
    onData: (stream, session, done) => {
      if (troubleAt("cut-during-data") !== undefined) {
        hangUp();
        return;
      }
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const trouble = troubleAt("try-later", "too-big");
        if (trouble === undefined) messages.push(taken(session.envelope, Buffer.concat(chunks)));
        done(trouble === undefined ? null : replyWith(...CODES[trouble]), "queued");
      });
    },
  });

  server.on("error", () => {}); // a client that hangs up is the client's affair
  server.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    messages,
    refuse: (address, code) => void refused.set(address.toLowerCase(), code),
    failNext: (trouble) => void troubles.push(trouble),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp(); // pooled connections stay open on purpose
      }),
  };
}

function taken({ mailFrom, rcptTo }: SMTPServerEnvelope, raw: Buffer): TakenMessage {
  return { from: mailFrom === false ? "" : mailFrom.address, to: rcptTo.map(({ address }) => address), raw };
}

function replyWith(responseCode: number, text: string): SMTPServerError {
  return Object.assign(new Error(text), { responseCode });
}
