import type { Socket } from "node:net";
import { getCACertificates } from "node:tls";
import type { SendMailOptions } from "nodemailer";
import { percentDecoded } from "../../domain/percent.ts";
import { Failure } from "../failure.ts";
import { isPrivateHost } from "../http/address-guard.ts";
import { openSocket } from "../http/connections.ts";
import { bypassesProxy, type Network } from "../http/proxy.ts";
import { passwordTexts } from "../secrets/password-texts.ts";
import { createLines, type Lines } from "./lines.ts";

/** One message to one recipient. Header values are ours; addresses come from the configuration. */
export type Message = {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly date: Date;
  readonly list: { readonly id: string; readonly name: string; readonly unsubscribe: readonly string[] };
  readonly headers: Readonly<Record<string, string>>;
  /** The Message-ID of the first message of a thread that this one belongs to. */
  readonly answers?: string;
  readonly attachments?: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: string;
  }[];
};

/** A connection to a mail server. It has its own way out: addresses of mail servers come from the configuration only. */
export type Smtp = {
  /** Undefined when the server took the message. `unavailable` failures are worth another try; others are final. */
  readonly send: (message: Message) => Promise<Failure | undefined>;
  /** Connects, says hello and logs in. */
  readonly verify: () => Promise<Failure | undefined>;
  readonly close: () => void;
};

const TIMEOUTS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000 };

/** Connects to the mail server at a URL. */
export type ConnectSmtp = (url: string) => Promise<Smtp | Failure>;

/**
 * A client of `smtp://user:password@host:port` (STARTTLS when offered; required on port 587 and whenever a password would
 * go to another machine) or `smtps://…` (TLS from the start). Nothing that it says contains the password. A mail server
 * in the world is reached through the proxy, one with a private name or address is not: proxies rarely lead back inside.
 * `patience`: milliseconds for one letter, two minutes unless told otherwise.
 */
export async function createSmtp(
  url: string,
  network: Partial<Network> = {},
  patience?: number,
): Promise<Smtp | Failure> {
  const settings = readUrl(url);
  if (settings === undefined) {
    return new Failure("misconfigured", "the mail server's URL is not of the form smtp://user:password@host:port");
  }
  const { createTransport } = await import("nodemailer"); // loaded when mail is sent: commands that send none start sooner
  const { certificateAuthorities = [] } = network;
  const lines = createLines(() => openLine(settings, network), patience);
  const transport = createTransport({
    ...settings,
    ...TIMEOUTS,
    ...(certificateAuthorities.length > 0 && {
      tls: { ca: [...getCACertificates("default"), ...certificateAuthorities] },
    }),
    getSocket: (_options: unknown, done: HandOver) => hand(lines, done),
    pool: true,
    maxConnections: 1,
    maxRequeues: 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const secrets = [...passwordTexts(url), ...passwordTexts(network.proxy)].sort((a, b) => b.length - a.length);
  return {
    send: (message) => lines.within(() => attempt(() => transport.sendMail(toMail(message)), secrets)),
    verify: () => lines.within(() => attempt(() => transport.verify(), secrets)),
    close: () => transport.close(),
  };
}

function openLine({ host, port }: { host: string; port: number }, network: Partial<Network>) {
  const { proxy, noProxy = [], certificateAuthorities = [] } = network;
  const direct = isPrivateHost(host) || bypassesProxy(host, port, noProxy);
  const timeout = TIMEOUTS.connectionTimeout;
  return openSocket({ host, port, timeout, proxy: direct ? undefined : proxy, certificateAuthorities });
}

type HandOver = (error: Error | null, options?: { readonly connection: Socket }) => void;

/** Hands a connection to nodemailer, which is told with it, or what stands in its way. */
function hand(lines: Lines, done: HandOver): void {
  lines.open().then(
    (line) => done(null, { connection: line as unknown as Socket }), // of which it uses what a line has
    (error: Error) => done(error),
  );
}

function readUrl(url: string) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.hostname === "" || !/^smtps?:$/.test(parsed.protocol)) return undefined;
  const secure = parsed.protocol === "smtps:" || parsed.port === "465";
  const port = parsed.port === "" ? (secure ? 465 : 587) : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  const near = host === "localhost" || host === "127.0.0.1" || host === "::1";
  const auth =
    parsed.username === ""
      ? undefined
      : { user: percentDecoded(parsed.username), pass: percentDecoded(parsed.password) };
  return {
    host,
    port,
    secure,
    requireTLS: !near && (port === 587 || auth !== undefined),
    ...(auth !== undefined && { auth }),
  };
}

function toMail(message: Message): SendMailOptions {
  const { list, answers, attachments = [], ...rest } = message;
  return {
    ...rest,
    headers: { ...message.headers },
    list: { id: { url: list.id, comment: list.name }, unsubscribe: [[...list.unsubscribe]] },
    attachments: attachments.map((one) => ({ ...one, contentDisposition: "attachment" })),
    ...(answers !== undefined && { inReplyTo: answers, references: [answers] }),
    textEncoding: "quoted-printable",
  };
}

async function attempt(run: () => Promise<unknown>, secrets: readonly string[]): Promise<Failure | undefined> {
  try {
    await run();
    return undefined;
  } catch (thrown) {
    return toSmtpFailure(thrown, secrets);
  }
}

/** The codes that nodemailer gives its errors: https://nodemailer.com/errors. 4xx answers pass, 5xx answers stay. */
function toSmtpFailure(thrown: unknown, secrets: readonly string[]): Failure {
  const error = (thrown ?? {}) as { code?: unknown; responseCode?: unknown; message?: unknown };
  const message = withoutSecrets(String(error.message ?? thrown), secrets);
  const answer = typeof error.responseCode === "number" ? error.responseCode : undefined;
  if (error.code === "EAUTH" || error.code === "ENOAUTH" || error.code === "ECONFIG") {
    return new Failure("unauthorized", `the mail server did not accept the login: ${message}`);
  }
  if (answer !== undefined && answer >= 500)
    return new Failure("refused", `the mail server refused for good: ${message}`);
  if (answer !== undefined) return new Failure("unavailable", `the mail server refused for now: ${message}`);
  if (error.code === "EENVELOPE" || error.code === "EMESSAGE") return new Failure("refused", message);
  return new Failure("unavailable", `the mail server cannot be reached: ${message}`);
}

/** A server may repeat what it was told. Blotted out before anything is cut, so that no half of it stays. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return clean.replace(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 300);
}
