import { createHash, createHmac } from "node:crypto";
import { z } from "zod";
import type { Delivery } from "../../domain/bump.ts";
import { between, HOUR, type Instant, latest, MINUTE, plus } from "../../domain/instant.ts";
import type { PullRequestNews } from "../../domain/pull-request-news.ts";
import { DIGEST_PARTS, type Recipient } from "../../domain/recipient.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FetchResponse } from "../../lib/fetcher.ts";
import { retryAtOf } from "../../lib/http/retry-after.ts";
import type { Announcement, Batch, Channel, DeliverContext, Letter } from "../channel.ts";
import { aboutAnnouncement, aboutNews } from "../render/about.ts";
import { newsPayload, slackNewsPayload, slackPayload, webhookPayload } from "../render/webhook.ts";

const EVENTS = ["digest", "notice", "pull-request"] as const;
const GLOBS = z.array(z.string().min(1)).max(200).default([]);

const HOOK = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "must consist of small letters, digits and dashes")
      .describe("by what it is remembered what was sent there; keep it when the address changes"),
    url: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL" })
      .optional()
      .describe("where to; better in a variable where it is a secret itself, as Slack's are"),
    "url-from": z
      .string()
      .regex(/^WEBHOOK_URL(_[A-Z0-9_]+)?$/, "must be WEBHOOK_URL, or begin with WEBHOOK_URL_")
      .optional()
      .describe("the environment variable (or …_FILE) with the address"),
    "secret-from": z
      .string()
      .regex(/^WEBHOOK_SECRET(_[A-Z0-9_]+)?$/, "must be WEBHOOK_SECRET, or begin with WEBHOOK_SECRET_")
      .optional()
      .describe("the environment variable (or …_FILE) with the secret; two with a space between are both signed with"),
    secret: z.string().min(1).optional().describe("filled in from that variable; do not write it into a file"),
    form: z.enum(["headgate", "slack"]).default("headgate").describe("JSON for programs, or text for a chat"),
    events: z
      .array(z.enum(EVENTS))
      .min(1)
      .default(["digest", "notice"])
      .describe("digests, what is told at once, and each step of each pull request"),
    projects: GLOBS.describe("globs over names of projects; default: all"),
    upstreams: GLOBS.describe("globs over purls; default: all"),
    severity: z
      .enum(["critical", "high", "medium", "low"])
      .optional()
      .describe("only what is about an advisory at least this severe; alarms and blocks count as critical"),
    only: z.array(z.enum(DIGEST_PARTS)).default([]).describe("parts of the digest; default: all"),
    quiet: z
      .enum(["never", "daily", "weekly", "monthly"])
      .default("never")
      .describe("how often a digest goes out although nothing is new"),
  })
  .refine(({ url }) => url !== undefined, {
    path: ["url"],
    message: "is missing: give url, or url-from with a variable that is set",
  })
  .refine(({ form, secret }) => form === "slack" || secret !== undefined, {
    path: ["secret-from"],
    message:
      "names no secret: set WEBHOOK_SECRET (or WEBHOOK_SECRET_FILE), for example to what `openssl rand -base64 32` prints",
  });

const OPTIONS = z
  .strictObject({ hooks: z.array(HOOK).min(1).max(50).describe("who is told") })
  .refine(({ hooks }) => new Set(hooks.map(({ name }) => name)).size === hooks.length, {
    path: ["hooks"],
    message: "have a name twice",
  });

type Hook = z.output<typeof HOOK>;

/** Digests and notices to programs and chats: signed by Standard Webhooks, the same id for every attempt. */
export const webhook: Channel = {
  id: "webhook",
  title: "Digests and alerts to programs and chats (signed webhooks)",
  accepts: "letters",
  options: OPTIONS,
  letters: { recipients: (options) => OPTIONS.parse(options).hooks.map(toRecipient), write, writeNews },
  deliver: deliverLetters,
  probe: async ({ options }) => {
    const { hooks } = OPTIONS.parse(options);
    const named = hooks.map(({ name, url, form }) => `${name} (${form}, ${hostOf(url ?? "")})`);
    return `${named.join(", ")}: named; nothing is sent to try`;
  },
};

function toRecipient({ name, events, severity, projects, upstreams, only, quiet }: Hook): Recipient {
  return {
    ...{ address: name, mailbox: name, projects, upstreams, only, quiet },
    immediate: events.includes("notice"),
    digests: events.includes("digest"),
    pullRequests: events.includes("pull-request"),
    ...(severity !== undefined && { severity }),
  };
}

/** What is stored of a letter: neither address nor secret, which are looked up when it is sent. */
const STORED = z.object({ body: z.string(), writtenAt: z.string() });

type WriteContext = { readonly options: unknown; readonly now: Instant };

function write(announcement: Announcement, recipient: Recipient, context: WriteContext): Letter {
  const forms = { headgate: webhookPayload, slack: slackPayload };
  const names = { ...namesOf(announcement), about: aboutAnnouncement(announcement, recipient.address) };
  return letterOf(names, (form) => forms[form](announcement), recipient, context);
}

function writeNews(news: PullRequestNews, recipient: Recipient, context: WriteContext): Letter {
  const key = `pull-request/${news.event}/${news.step}`;
  const forms = { headgate: newsPayload, slack: slackNewsPayload };
  const names = {
    key,
    subject: { kind: "pull-request", id: `${news.event}` },
    about: aboutNews(news, recipient.address),
  } as const;
  return letterOf(names, (form) => forms[form](news), recipient, context);
}

function letterOf(
  { key, subject, about }: Pick<Letter, "key" | "subject" | "about">,
  payloadIn: (form: Hook["form"]) => object,
  { address: name }: Recipient,
  context: WriteContext,
): Letter {
  const hook = OPTIONS.parse(context.options).hooks.find((one) => one.name === name);
  const payload = payloadIn(hook?.form ?? "headgate");
  const whole = `${webhook.id}/${key}/${name}`;
  const externalId = `msg_${createHash("sha256").update(whole).digest("hex").slice(0, 32)}`;
  const content = { body: JSON.stringify(payload), writtenAt: context.now } satisfies z.input<typeof STORED>;
  return { key: whole, recipient: name, subject, externalId, about, content };
}

function namesOf(announcement: Announcement): { readonly key: string; readonly subject: Delivery["subject"] } {
  if (announcement.kind === "digest") {
    const { key } = announcement.digest;
    return { key: `digest/${key}`, subject: { kind: "digest", id: key } };
  }
  const { thread, fingerprint, state } = announcement.notice;
  return { key: `notice/${thread}/${state}/${fingerprint}`, subject: { kind: "alert", id: thread } };
}

async function deliverLetters(batch: Batch, context: DeliverContext): Promise<Delivery[]> {
  if (batch.kind !== "letters") return [];
  const { hooks } = OPTIONS.parse(context.options);
  const results: Delivery[] = [];
  for (const letter of batch.letters) {
    const hook = hooks.find(({ name }) => name === letter.recipient);
    results.push(await sendOne(letter, hook, batch.claim, context));
  }
  return results;
}

async function sendOne(
  letter: Letter,
  hook: Hook | undefined,
  claim: (letter: Letter) => Promise<boolean>,
  context: DeliverContext,
): Promise<Delivery> {
  const { subject, key, externalId } = letter;
  const toDelivery = (outcome: Pick<Delivery, "state" | "error" | "retryAt">): Delivery => ({
    ...{ subject, channel: webhook.id, key, externalId, at: context.now },
    ...outcome,
  });
  if (!(await claim(letter))) return toDelivery({ state: "unchanged" });
  const made = toDelivery(
    hook === undefined
      ? { state: "failed", error: `no hook is named ${letter.recipient} any more` }
      : await post(letter, hook, context),
  );
  await context.record(made);
  return made;
}

/** The body goes out as it is stored; only the time and the signature are of this attempt. */
async function post(letter: Letter, hook: Hook, context: DeliverContext) {
  const { body, writtenAt } = STORED.parse(letter.content);
  const url = hook.url ?? "";
  const response = await context.fetcher.fetch({
    url,
    method: "POST",
    headers: { "content-type": "application/json", ...signatureOf(letter.externalId, body, hook.secret, context.now) },
    body,
    timeout: 20_000,
    maxBytes: 64 * 1024,
    followRedirects: false,
    anonymous: true,
  });
  if (!isFailure(response) && response.status >= 200 && response.status < 300) return { state: "sent" } as const;
  const error = withoutPath(isFailure(response) ? response.message : `${hostOf(url)} answered ${response.status}`, url);
  if (isFinal(response)) return { state: "failed", error } as const;
  return { state: "failed", error, retryAt: retryTime(response, writtenAt, context.now) } as const;
}

/**
 * The headers of Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
 * HMAC-SHA256 over `id.timestamp.body`, one signature for each secret.
 */
function signatureOf(id: string, body: string, secret: string | undefined, now: Instant): Record<string, string> {
  const timestamp = String(Math.floor(Date.parse(now) / 1_000));
  const sign = (key: Buffer) => createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const signatures = (secret ?? "")
    .split(/\s+/)
    .filter((one) => one !== "")
    .map((one) => `v1,${sign(keyOf(one))}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}

/** `whsec_` and base64, as the specification writes secrets; any other text is its own bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

/** What says that this body will never be taken, or that nobody wants any more (410): everything else may be mended. */
function isFinal(response: FetchResponse | Failure): boolean {
  return !isFailure(response) && [400, 410, 413, 415, 422].includes(response.status);
}

/** As long again as it has been tried already, a minute at least and six hours at most; never before the host allows. */
function retryTime(response: FetchResponse | Failure, writtenAt: Instant, now: Instant): Instant {
  const delay = Math.min(Math.max(between(writtenAt, now), MINUTE), 6 * HOUR);
  const asked = isFailure(response) ? response.retryAt : retryAtOf(response, Date.parse(now));
  return latest(asked, plus(now, delay)) ?? now;
}

/** The path of an address may be its secret. */
function withoutPath(message: string, url: string): string {
  if (!URL.canParse(url)) return message;
  const { pathname, search } = new URL(url);
  const secrets = [`${pathname}${search}`, pathname, search].filter((part) => part.length > 1);
  return secrets.reduce((text, part) => text.replaceAll(part, "/…"), message);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an unknown host";
}
