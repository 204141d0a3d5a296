import { createHash } from "node:crypto";
import { z } from "zod";
import type { Delivery } from "../../domain/bump.ts";
import type { Notice } from "../../domain/digest.ts";
import { HOUR, type Instant, plus } from "../../domain/instant.ts";
import { DIGEST_PARTS, type Recipient } from "../../domain/recipient.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { ConnectSmtp, Message, Smtp } from "../../lib/mail/smtp.ts";
import type { Announcement, Batch, Channel, DeliverContext, Letter } from "../channel.ts";
import { aboutAnnouncement } from "../render/about.ts";
import { renderDigest } from "../render/digest.ts";
import { renderNotice } from "../render/notice.ts";

/** `name@host`, or `Words <name@host>`; nothing that could begin another header. */
const ADDRESS = z
  .string()
  .max(320)
  .regex(
    /^(?:[^\r\n<>]{0,100}<[^\s<>@]{1,64}@[^\s<>@]{1,255}>|[^\s<>@]{1,64}@[^\s<>@]{1,255})$/,
    "must be an address such as name@example.org",
  );

const QUIET = z.enum(["never", "daily", "weekly", "monthly"]);
const GLOBS = z.array(z.string().min(1)).max(200).default([]);

const RECIPIENT = z.strictObject({
  to: ADDRESS.describe("the address; a message of its own goes there"),
  projects: GLOBS.describe("globs over names of projects; default: all"),
  upstreams: GLOBS.describe("globs over purls, such as pkg:docker/**; default: all"),
  severity: z
    .enum(["critical", "high", "medium", "low"])
    .optional()
    .describe("only what is about an advisory at least this severe; alarms and blocks count as critical"),
  only: z.array(z.enum(DIGEST_PARTS)).default([]).describe("parts of the digest; default: all"),
  quiet: QUIET.optional().describe("how often a digest goes out although nothing is new; default: as of the channel"),
  immediate: z
    .boolean()
    .optional()
    .describe("whether blocks, alarms and overdue advisories are told at once; default: as of the channel"),
});

const OPTIONS = z
  .strictObject({
    url: z
      .string()
      .regex(/^smtps?:\/\//, "must be smtp://user:password@host:port")
      .optional()
      .describe("the mail server; better in SMTP_URL than in a file"),
    from: ADDRESS.describe("the sender"),
    to: z.array(ADDRESS).max(100).default([]).describe("who gets everything; each gets a message of their own"),
    recipients: z.array(RECIPIENT).max(200).default([]).describe("who gets a part of it"),
    quiet: QUIET.default("never").describe("how often a digest goes out although nothing is new"),
    immediate: z.boolean().default(true).describe("whether blocks, alarms and overdue advisories are told at once"),
  })
  .refine(({ to, recipients }) => to.length + recipients.length > 0, {
    path: ["to"],
    message: "names nobody: give addresses under to, or recipients with filters",
  });

type Options = z.output<typeof OPTIONS>;

/** Digests and notices as mails: one message per recipient, the same message never twice. */
export const eMail: Channel = {
  id: "e-mail",
  title: "Digests and alerts by e-mail",
  accepts: "letters",
  options: OPTIONS,
  letters: { recipients: recipientsOf, write },
  deliver: deliverLetters,
  probe: async ({ options, smtp: reach }) => {
    const smtp = await connect(OPTIONS.parse(options), reach);
    if (isFailure(smtp)) return smtp;
    const failure = await smtp.verify();
    smtp.close();
    return failure ?? "the mail server answers";
  },
};

/** Everybody once: whoever stands under both gets what the filters say. */
function recipientsOf(given: unknown): Recipient[] {
  const { to, recipients, quiet, immediate } = OPTIONS.parse(given);
  const everything = { projects: [], upstreams: [], only: [], quiet, immediate };
  const all = to.map((mailbox): Recipient => ({ ...everything, mailbox, address: addressOf(mailbox) }));
  const some = recipients.map(({ to: mailbox, severity, ...filter }): Recipient => {
    const own = { quiet: filter.quiet ?? quiet, immediate: filter.immediate ?? immediate };
    return { ...filter, ...own, mailbox, address: addressOf(mailbox), ...(severity !== undefined && { severity }) };
  });
  return [...new Map([...all, ...some].map((one) => [one.address, one])).values()];
}

function write(
  announcement: Announcement,
  recipient: Recipient,
  context: { readonly options: unknown; readonly now: Instant; readonly unsubscribeUrl?: string | undefined },
): Letter {
  const options = OPTIONS.parse(context.options);
  const { address, mailbox } = recipient;
  const told = announcement.kind === "digest" ? digestPart(announcement) : noticePart(announcement, address, options);
  const key = `${eMail.id}/${told.name}/${address}`;
  const externalId = messageId(key, options);
  const { subject, html, text, attachments, answers } = told;
  const message: StoredMessage = {
    from: options.from,
    to: mailbox,
    subject,
    html,
    text,
    attachments,
    ...(answers !== undefined && answers !== externalId && { answers }),
    messageId: externalId,
    date: context.now,
    list: listOf(options, context.unsubscribeUrl),
    headers: headersOf(told.urgent, context.unsubscribeUrl),
  };
  const about = aboutAnnouncement(announcement, address);
  return { key, recipient: address, subject: told.about, externalId, about, content: message };
}

/** A message as plain data. */
type StoredMessage = Omit<Message, "date"> & { readonly date: Instant };

const STORED = z.custom<StoredMessage>((value) => typeof value === "object" && value !== null && "messageId" in value);

type Told = {
  readonly name: string;
  readonly about: Delivery["subject"];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: NonNullable<Message["attachments"]>;
  readonly answers?: string;
  readonly urgent: boolean;
};

function digestPart({ digest }: Extract<Announcement, { kind: "digest" }>): Told {
  const mail = renderDigest(digest);
  return { ...mail, name: `digest/${digest.key}`, about: { kind: "digest", id: digest.key }, urgent: false };
}

/** Every letter of a thread answers the first one, so that mail programs keep them together (RFC 5322, 3.6.4). */
function noticePart({ notice }: { readonly notice: Notice }, address: string, options: Options): Told {
  const mail = renderNotice(notice);
  const root = `${eMail.id}/${noticeName({ ...notice, fingerprint: "" })}/${address}`;
  const name = noticeName(notice.first ? { ...notice, fingerprint: "" } : notice);
  return {
    ...mail,
    name,
    about: { kind: "alert", id: notice.thread },
    attachments: [],
    answers: messageId(root, options),
    urgent: notice.state !== "over",
  };
}

function noticeName({ thread, fingerprint }: Pick<Notice, "thread" | "fingerprint">): string {
  return fingerprint === "" ? `alert/${thread}` : `alert/${thread}/${fingerprint}`;
}

/** RFC 2919 and RFC 2369. Without an address of ours in the world, leaving the list is a mail to whoever runs it. */
function listOf(options: Options, unsubscribeUrl: string | undefined): Message["list"] {
  const sender = addressOf(options.from);
  const mail = `mailto:${sender}?subject=unsubscribe`;
  return {
    id: `digest.headgate.${domainOf(sender)}`,
    name: "Headgate",
    unsubscribe: unsubscribeUrl === undefined ? [mail] : [unsubscribeUrl, mail],
  };
}

/** RFC 3834 and RFC 8058. */
function headersOf(urgent: boolean, unsubscribeUrl: string | undefined): Record<string, string> {
  return {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    ...(urgent ? { Importance: "high" } : { Precedence: "bulk" }),
    ...(unsubscribeUrl !== undefined && { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
  };
}

async function deliverLetters(batch: Batch, context: DeliverContext): Promise<(Delivery | Failure)[]> {
  if (batch.kind !== "letters") return [];
  const smtp = await connect(OPTIONS.parse(context.options), context.smtp);
  if (isFailure(smtp)) return batch.letters.map(() => smtp);
  const results: Delivery[] = [];
  try {
    for (const letter of batch.letters) results.push(await sendOne(smtp, letter, batch.claim, context));
  } finally {
    smtp.close();
  }
  return results;
}

async function sendOne(
  smtp: Smtp,
  letter: Letter,
  claim: (letter: Letter) => Promise<boolean>,
  context: DeliverContext,
): Promise<Delivery> {
  if (!(await claim(letter))) return toDelivery(letter, context, { state: "unchanged" });
  const message = STORED.parse(letter.content);
  const failure = await smtp.send({ ...message, date: new Date(message.date) });
  const delivery = toDelivery(letter, context, failure === undefined ? { state: "sent" } : toOutcome(failure, context));
  await context.record(delivery);
  return delivery;
}

/** Only what the server refuses for good is final: a login can be corrected, and a server comes back. */
function toOutcome(failure: Failure, context: DeliverContext): Pick<Delivery, "state" | "error" | "retryAt"> {
  const again = failure.code === "refused" ? {} : { retryAt: plus(context.now, HOUR) };
  return { state: "failed", error: failure.message, ...again };
}

async function connect(options: Options, reach: ConnectSmtp): Promise<Smtp | Failure> {
  if (options.url === undefined)
    return new Failure("misconfigured", "no mail server: set SMTP_URL to smtp://user:password@host:port");
  return reach(options.url);
}

/** The same for every attempt at the same letter, so that a mailbox can drop a second one (RFC 5322, 3.6.4). */
function messageId(key: string, options: Options): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `<headgate.${hash}@${domainOf(addressOf(options.from))}>`;
}

function addressOf(mailbox: string): string {
  return (/<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox).toLowerCase();
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

function toDelivery(
  letter: Letter,
  context: DeliverContext,
  outcome: Pick<Delivery, "state" | "error" | "retryAt">,
): Delivery {
  const { subject, key, externalId } = letter;
  return { subject, channel: eMail.id, key, externalId, at: context.now, ...outcome };
}
