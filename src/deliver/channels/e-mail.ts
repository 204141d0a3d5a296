import { createHash } from "node:crypto";
import { z } from "zod";
import type { Delivery } from "../../domain/bump.ts";
import type { Digest } from "../../domain/digest.ts";
import { HOUR, plus } from "../../domain/instant.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { ConnectSmtp, Message, Smtp } from "../../lib/smtp.ts";
import type { Batch, Channel, DeliverContext } from "../channel.ts";
import { type DigestText, renderDigest } from "../render/digest.ts";

/** `name@host`, or `Words <name@host>`; nothing that could begin another header. */
const ADDRESS = z
  .string()
  .max(320)
  .regex(
    /^(?:[^\r\n<>]{0,100}<[^\s<>@]{1,64}@[^\s<>@]{1,255}>|[^\s<>@]{1,64}@[^\s<>@]{1,255})$/,
    "must be an address such as name@example.org",
  );

const OPTIONS = z.strictObject({
  url: z
    .string()
    .regex(/^smtps?:\/\//, "must be smtp://user:password@host:port")
    .optional()
    .describe("the mail server; better in SMTP_URL than in a file"),
  from: ADDRESS.describe("the sender of the digest"),
  to: z.array(ADDRESS).min(1).max(100).describe("recipients; each gets a message of their own"),
});

type Options = z.output<typeof OPTIONS>;

/** The digest as a mail, one message per recipient, the same message never twice. */
export const eMail: Channel = {
  id: "e-mail",
  title: "Digest by e-mail",
  accepts: "digest",
  options: OPTIONS,
  deliver: deliverDigest,
  probe: async ({ options, smtp: reach }) => {
    const smtp = await connect(OPTIONS.parse(options), reach);
    if (isFailure(smtp)) return smtp;
    const failure = await smtp.verify();
    smtp.close();
    return failure ?? "the mail server answers";
  },
};

/** The key of one recipient's copy of a digest. */
export function mailKey(digest: Digest, recipient: string): string {
  return `${eMail.id}/${digest.key}/${addressOf(recipient)}`;
}

async function deliverDigest(batch: Batch, context: DeliverContext): Promise<(Delivery | Failure)[]> {
  if (batch.kind !== "digest") return [];
  const { digest, alreadySent } = batch;
  const options = OPTIONS.parse(context.options);
  const recipients = [...new Map(options.to.map((to) => [addressOf(to), to])).values()];
  const due = recipients.filter((to) => !alreadySent.includes(mailKey(digest, to)));
  const before = recipients
    .filter((to) => !due.includes(to))
    .map((to) => toDelivery(digest, to, options, context, { state: "unchanged" }));
  if (due.length === 0) return before;
  const smtp = await connect(options, context.smtp);
  if (isFailure(smtp)) return [smtp];
  const text = renderDigest(digest);
  const sent: Delivery[] = [];
  try {
    for (const to of due) sent.push(await sendOne(smtp, { digest, text, to, options }, context));
  } finally {
    smtp.close();
  }
  return [...before, ...sent];
}

type Copy = { readonly digest: Digest; readonly text: DigestText; readonly to: string; readonly options: Options };

async function sendOne(smtp: Smtp, copy: Copy, context: DeliverContext): Promise<Delivery> {
  const { digest, to, options } = copy;
  await context.record(toDelivery(digest, to, options, context, { state: "started" }));
  const failure = await smtp.send(toMessage(copy, context));
  const delivery = toDelivery(
    digest,
    to,
    options,
    context,
    failure === undefined ? { state: "sent" } : toOutcome(failure, context),
  );
  await context.record(delivery);
  return delivery;
}

/** A server that is away or says "later" is asked again in an hour; a refusal for good is not. */
function toOutcome(failure: Failure, context: DeliverContext): Pick<Delivery, "state" | "error" | "retryAt"> {
  const again = failure.code === "unavailable" ? { retryAt: plus(context.now, HOUR) } : {};
  return { state: "failed", error: failure.message, ...again };
}

async function connect(options: Options, reach: ConnectSmtp): Promise<Smtp | Failure> {
  if (options.url === undefined)
    return new Failure("misconfigured", "no mail server: set SMTP_URL to smtp://user:password@host:port");
  return reach(options.url);
}

function toMessage({ digest, text, to, options }: Copy, context: DeliverContext): Message {
  const sender = addressOf(options.from);
  const domain = domainOf(sender);
  return {
    from: options.from,
    to,
    ...text,
    messageId: messageId(digest, to, options),
    date: new Date(context.now),
    list: {
      id: `digest.headgate.${domain}`,
      name: "Headgate digest",
      unsubscribe: `mailto:${sender}?subject=unsubscribe`,
    },
    headers: { "Auto-Submitted": "auto-generated", Precedence: "bulk", "X-Auto-Response-Suppress": "All" },
  };
}

/** The same for every attempt at the same copy, so that a mailbox can drop a second one (RFC 5322, 3.6.4). */
function messageId(digest: Digest, to: string, options: Options): string {
  const hash = createHash("sha256").update(mailKey(digest, to)).digest("hex").slice(0, 32);
  return `<digest.${hash}@${domainOf(addressOf(options.from))}>`;
}

function addressOf(mailbox: string): string {
  return (/<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox).toLowerCase();
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

function toDelivery(
  digest: Digest,
  to: string,
  options: Options,
  context: DeliverContext,
  outcome: Pick<Delivery, "state" | "error" | "retryAt">,
): Delivery {
  return {
    subject: { kind: "digest", id: digest.key },
    channel: eMail.id,
    key: mailKey(digest, to),
    externalId: messageId(digest, to, options),
    at: context.now,
    ...outcome,
  };
}
