import PostalMime, { type Email } from "postal-mime";
import { afterEach, describe, expect, it } from "vitest";
import type { Announcement, Letter } from "../../../src/deliver/channel.ts";
import { eMail } from "../../../src/deliver/channels/e-mail.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import type { Recipient } from "../../../src/domain/recipient.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { NOW } from "../../support/build.ts";
import { type SmtpOptions, type SmtpStandIn, startSmtp } from "../../upstreams/smtp.ts";
import { aContext, aDigest, aNotice, anEntry, aRecipient } from "../support.ts";

let smtp: SmtpStandIn;

const digest = aDigest({
  title: "example: 1 update",
  proposed: [anEntry({ url: "https://github.com/example/project/pull/7" })],
});
const from = "Headgate <headgate@example.org>";
const ann = aRecipient({ address: "ann@example.org", mailbox: "Ann <ann@example.org>" });
const bob = aRecipient({ address: "bob@example.org" });

/** The letter that the channel writes to one recipient. */
function letterTo(
  recipient: Recipient,
  announcement: Announcement = { kind: "digest", digest },
  unsubscribeUrl?: string,
) {
  const options = { from, to: [recipient.mailbox] };
  const letter = eMail.letters?.write(announcement, recipient, { options, now: NOW, unsubscribeUrl });
  if (letter === undefined) throw new Error("the channel writes no letters");
  return letter;
}

async function start(options: SmtpOptions = {}, change: { url?: (url: string) => string } = {}) {
  smtp = await startSmtp(options);
  const url = (change.url ?? ((given: string) => given))(smtp.url);
  const context = aContext({ options: { url, from, to: ["ann@example.org"] } });
  const send = (letters: readonly Letter[] = [letterTo(ann), letterTo(bob)], claim = async (_: Letter) => true) =>
    deliver({ kind: "letters", letters, claim }, "e-mail", context);
  return { context, send };
}

async function received(index = 0): Promise<Email & { readonly head: Record<string, string> }> {
  const mail = await PostalMime.parse(smtp.messages[index]?.raw ?? "");
  return { ...mail, head: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])) };
}

afterEach(async () => {
  await smtp?.close();
});

describe("a letter by e-mail", () => {
  it("reaches every recipient in a message of their own", async () => {
    const { send } = await start();
    const deliveries = await send();
    expect(deliveries.map((one) => !isFailure(one) && one.state)).toEqual(["sent", "sent"]);
    expect(smtp.messages.map((message) => message.to)).toEqual([["ann@example.org"], ["bob@example.org"]]);
  });

  it("has text, HTML and the headers of a mailing list", async () => {
    const { send, context } = await start();
    await send([letterTo(ann)]);
    const mail = await received();
    expect(mail.subject).toBe("[Headgate] example: 1 update");
    expect(mail.text).toContain("https://github.com/example/project/pull/7");
    expect(mail.html).toContain('href="https://github.com/example/project/pull/7"');
    expect(mail.from).toEqual({ name: "Headgate", address: "headgate@example.org" });
    expect(mail.to).toEqual([{ name: "Ann", address: "ann@example.org" }]);
    expect(mail.messageId).toMatch(/^<headgate\.[0-9a-f]{32}@example\.org>$/);
    expect(new Date(mail.date ?? "").toISOString()).toBe(context.now);
    expect(mail.head).toMatchObject({
      "auto-submitted": "auto-generated",
      "list-id": '"Headgate" <digest.headgate.example.org>',
      "list-unsubscribe": "<mailto:headgate@example.org?subject=unsubscribe>",
      precedence: "bulk",
    });
    expect(mail.head).not.toHaveProperty("list-unsubscribe-post");
  });

  it("is left in one click where the recipient can reach us (RFC 8058)", async () => {
    const { send } = await start();
    await send([letterTo(ann, { kind: "digest", digest }, "https://headgate.example.org/letters/token")]);
    expect((await received()).head).toMatchObject({
      "list-unsubscribe":
        "<https://headgate.example.org/letters/token>, <mailto:headgate@example.org?subject=unsubscribe>",
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
    });
  });

  it("has the same Message-ID at every attempt, and another for each recipient", async () => {
    const { send } = await start();
    await send();
    await send();
    const ids = await Promise.all(smtp.messages.map(async ({ raw }) => (await PostalMime.parse(raw)).messageId));
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(2);
  });

  it("is plain data: what was stored and read again is sent as it was written", async () => {
    const { send } = await start();
    const letter = letterTo(ann);
    await send([letter, JSON.parse(JSON.stringify(letter))]);
    const [first, second] = smtp.messages.map(({ raw }) =>
      raw.toString().replace(/--_NmP-[\w-]+|boundary="[^"]*"/g, ""),
    );
    expect(second).toBe(first);
  });

  it("is not sent to those for whom somebody else has it", async () => {
    const { send } = await start();
    const deliveries = await send(undefined, async ({ recipient }) => recipient !== ann.address);
    expect(smtp.messages.map((message) => message.to)).toEqual([["bob@example.org"]]);
    expect(deliveries).toMatchObject([{ state: "unchanged" }, { state: "sent" }]);
  });

  it("opens no connection when everybody has it", async () => {
    const { send } = await start({}, { url: () => "smtp://127.0.0.1:1" });
    expect(await send(undefined, async () => false)).toMatchObject([{ state: "unchanged" }, { state: "unchanged" }]);
  });

  it("is claimed before each message and recorded after it", async () => {
    const { send, context } = await start();
    const order: string[] = [];
    await send(undefined, async ({ recipient }) => {
      order.push(`claim ${recipient}, ${smtp.messages.length} taken, ${context.recorded.length} recorded`);
      return true;
    });
    expect(order).toEqual(["claim ann@example.org, 0 taken, 0 recorded", "claim bob@example.org, 1 taken, 1 recorded"]);
    expect(context.recorded.map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  it("brings what was cut as a file", async () => {
    const { send } = await start();
    const proposed = Array.from({ length: 500 }, (_, index) => anEntry({ project: `project-${index}` }));
    await send([letterTo(ann, { kind: "digest", digest: aDigest({ proposed }) })]);
    const mail = await received();
    expect(Buffer.byteLength(mail.html ?? "")).toBeLessThan(102_000);
    const [file] = mail.attachments;
    expect(file).toMatchObject({
      filename: "digest-2026-11-20.md",
      mimeType: "text/markdown",
      disposition: "attachment",
    });
    const text = Buffer.from(file?.content as ArrayBuffer).toString("utf8");
    expect(text.match(/^- /gm)).toHaveLength(500);
  });

  it.each([
    ["for good", 550, undefined],
    ["for now", 452, "2026-11-20T13:00:00.000Z"],
  ])("reaches the others when one recipient is refused %s", async (_, code, retryAt) => {
    const { send } = await start();
    smtp.refuse("ann@example.org", code);
    const [first = {}, second] = await send();
    expect(first).toMatchObject({ state: "failed", error: expect.stringContaining(String(code)) });
    expect("retryAt" in first ? first.retryAt : undefined).toBe(retryAt);
    expect(second).toMatchObject({ state: "sent" });
  });

  it.each([
    ["try-later", true],
    ["too-big", false],
    ["sender-refused", false],
    ["shutting-down", true],
    ["cut-during-data", true],
  ] as const)("fails when the server says %s; another try: %s", async (trouble, again) => {
    const { send } = await start();
    smtp.failNext(trouble);
    const [delivery] = await send([letterTo(ann)]);
    expect(delivery).toMatchObject({ state: "failed" });
    expect("retryAt" in (delivery ?? {})).toBe(again);
  });

  it("is tried again after a login that was not accepted, which never repeats the password", async () => {
    const login = { user: "headgate", password: "s3cret/word" };
    const { send } = await start({ login }, { url: (url) => url.replace("//", "//headgate:wrong%2Fword@") });
    const deliveries = await send([letterTo(ann)]);
    expect(deliveries).toMatchObject([
      { state: "failed", error: expect.stringContaining("did not accept the login"), retryAt: expect.any(String) },
    ]);
    expect(JSON.stringify(deliveries)).not.toMatch(/wrong|d29ya/);
  });

  it("is sent with the right password", async () => {
    const login = { user: "headgate", password: "s3cret/word" };
    const { send } = await start({ login }, { url: (url) => url.replace("//", "//headgate:s3cret%2Fword@") });
    expect(await send([letterTo(ann)])).toMatchObject([{ state: "sent" }]);
  });

  it("says what to set when there is no server, without the options", async () => {
    await start();
    const context = aContext({ options: { from: "headgate@example.org", to: ["bob@example.org"] } });
    const [failure] = await deliver(
      { kind: "letters", letters: [letterTo(bob)], claim: async () => true },
      "e-mail",
      context,
    );
    expect(failure).toMatchObject({ code: "misconfigured", message: expect.stringContaining("SMTP_URL") });
  });

  it("refuses addresses that would begin another header", async () => {
    await start();
    const context = aContext({
      options: { url: smtp.url, from: "a@example.org", to: ["b@example.org\r\nBcc: c@example.org"] },
    });
    const batch = { kind: "letters", letters: [letterTo(bob)], claim: async () => true } as const;
    expect(await deliver(batch, "e-mail", context)).toMatchObject([{ code: "misconfigured" }]);
    expect(smtp.messages).toEqual([]);
  });
});

describe("a notice by e-mail", () => {
  const notices = [
    aNotice(),
    aNotice({ state: "changed", first: false, fingerprint: "f2" }),
    aNotice({ state: "over", first: false, fingerprint: "f3" }),
  ];

  it("begins a thread that all later ones answer, with the same subject", async () => {
    const { send } = await start();
    await send(notices.map((notice) => letterTo(ann, { kind: "notice", notice })));
    const [first, second, third] = await Promise.all([received(0), received(1), received(2)]);
    expect(first.inReplyTo).toBeUndefined();
    expect([second.inReplyTo, third.inReplyTo]).toEqual([first.messageId, first.messageId]);
    expect([second.references, third.references]).toEqual([first.messageId, first.messageId]);
    expect(new Set([first, second, third].map((mail) => mail.messageId)).size).toBe(3);
    expect(first.subject).toBe("[Headgate] example: tag moved: example/tool");
    expect([second.subject, third.subject]).toEqual([`Re: ${first.subject}`, `Re: ${first.subject}`]);
  });

  it("is urgent until it is over", async () => {
    const { send } = await start();
    await send(notices.map((notice) => letterTo(ann, { kind: "notice", notice })));
    expect((await received(0)).head).toMatchObject({ importance: "high" });
    expect((await received(2)).head).not.toHaveProperty("importance");
  });

  it("says what happened and what to do next, in both forms", async () => {
    const { send } = await start();
    await send([letterTo(ann, { kind: "notice", notice: aNotice() })]);
    const mail = await received();
    for (const phrase of ["points at another commit than before.", "Dockerfile:7", "Compare what is there"]) {
      expect(mail.text?.replace(/\s+/g, " ")).toContain(phrase);
      expect(mail.html).toContain(phrase);
    }
  });
});

describe("the recipients", () => {
  const of = (options: object) => eMail.letters?.recipients({ from, ...options }) ?? [];

  it("get everything when they stand under `to`", () => {
    expect(of({ to: ["Ann <Ann@example.org>"] })).toEqual([
      aRecipient({ address: "ann@example.org", mailbox: "Ann <Ann@example.org>" }),
    ]);
  });

  it("have filters of their own, and what they leave open from above", () => {
    const recipients = [
      { to: "sec@example.org", severity: "high", only: ["advisories", "alerts"], quiet: "weekly" },
      { to: "ops@example.org", projects: ["malcolm"], upstreams: ["pkg:docker/**"], immediate: false },
    ];
    expect(of({ recipients, quiet: "monthly" })).toMatchObject([
      {
        address: "sec@example.org",
        severity: "high",
        only: ["advisories", "alerts"],
        quiet: "weekly",
        immediate: true,
      },
      { address: "ops@example.org", projects: ["malcolm"], quiet: "monthly", immediate: false },
    ]);
  });

  it("are one when they are named twice: the filters count", () => {
    expect(
      of({ to: ["ann@example.org"], recipients: [{ to: "Ann <ann@example.org>", only: ["alerts"] }] }),
    ).toMatchObject([{ address: "ann@example.org", only: ["alerts"] }]);
  });

  it("must be somebody", () => {
    expect(eMail.options.safeParse({ from }).success).toBe(false);
  });
});
