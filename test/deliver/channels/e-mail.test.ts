import PostalMime from "postal-mime";
import { afterEach, describe, expect, it } from "vitest";
import { mailKey } from "../../../src/deliver/channels/e-mail.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { type SmtpOptions, type SmtpStandIn, startSmtp } from "../../upstreams/smtp.ts";
import { aContext, aDigest, anEntry } from "../support.ts";

let smtp: SmtpStandIn;

const digest = aDigest({
  title: "example: 1 update",
  proposed: [anEntry({ url: "https://github.com/example/project/pull/7" })],
});
const [ann, bob] = ["Ann <ann@example.org>", "bob@example.org"];

async function start(options: SmtpOptions = {}, change: { url?: (url: string) => string; to?: string[] } = {}) {
  smtp = await startSmtp(options);
  const url = (change.url ?? ((given: string) => given))(smtp.url);
  const context = aContext({ options: { url, from: "Headgate <headgate@example.org>", to: change.to ?? [ann, bob] } });
  const send = (alreadySent: readonly string[] = []) =>
    deliver({ kind: "digest", digest, alreadySent }, "e-mail", context);
  return { context, send };
}

afterEach(async () => {
  await smtp.close();
});

describe("the digest by e-mail", () => {
  it("reaches every recipient in a message of their own", async () => {
    const { send } = await start();
    const deliveries = await send();
    expect(deliveries.map((one) => !isFailure(one) && one.state)).toEqual(["sent", "sent"]);
    expect(smtp.messages.map((message) => message.to)).toEqual([["ann@example.org"], ["bob@example.org"]]);
  });

  it("has text, HTML and the headers of a mailing list", async () => {
    const { send, context } = await start({}, { to: [ann] });
    await send();
    const mail = await PostalMime.parse(smtp.messages[0]?.raw ?? "");
    const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    expect(mail.subject).toBe("[Headgate] example: 1 update");
    expect(mail.text).toContain("https://github.com/example/project/pull/7");
    expect(mail.html).toContain('href="https://github.com/example/project/pull/7"');
    expect(mail.from).toEqual({ name: "Headgate", address: "headgate@example.org" });
    expect(mail.to).toEqual([{ name: "Ann", address: "ann@example.org" }]);
    expect(mail.messageId).toMatch(/^<digest\.[0-9a-f]{32}@example\.org>$/);
    expect(new Date(mail.date ?? "").toISOString()).toBe(context.now);
    expect(headers).toMatchObject({
      "auto-submitted": "auto-generated",
      "list-id": '"Headgate digest" <digest.headgate.example.org>',
      "list-unsubscribe": "<mailto:headgate@example.org?subject=unsubscribe>",
      precedence: "bulk",
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

  it("is not sent again to those who have it", async () => {
    const { send } = await start();
    const deliveries = await send([mailKey(digest, ann)]);
    expect(smtp.messages.map((message) => message.to)).toEqual([["bob@example.org"]]);
    expect(deliveries).toMatchObject([{ state: "unchanged" }, { state: "sent" }]);
  });

  it("opens no connection when everybody has it", async () => {
    const { send } = await start({}, { url: () => "smtp://127.0.0.1:1" });
    expect(await send([mailKey(digest, ann), mailKey(digest, bob)])).toMatchObject([
      { state: "unchanged" },
      { state: "unchanged" },
    ]);
  });

  it("is recorded before and after each message", async () => {
    const { send, context } = await start();
    await send();
    expect(context.recorded.map(({ key, state }) => [key, state])).toEqual([
      [mailKey(digest, ann), "started"],
      [mailKey(digest, ann), "sent"],
      [mailKey(digest, bob), "started"],
      [mailKey(digest, bob), "sent"],
    ]);
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
    const { send } = await start({}, { to: [ann] });
    smtp.failNext(trouble);
    const [delivery] = await send();
    expect(delivery).toMatchObject({ state: "failed" });
    expect("retryAt" in (delivery ?? {})).toBe(again);
  });

  it("logs in, and never repeats the password", async () => {
    const login = { user: "headgate", password: "s3cret/word" };
    const { send } = await start({ login }, { url: (url) => url.replace("//", "//headgate:wrong%2Fword@"), to: [ann] });
    const deliveries = await send();
    expect(deliveries).toMatchObject([{ state: "failed", error: expect.stringContaining("did not accept the login") }]);
    expect(JSON.stringify(deliveries)).not.toMatch(/wrong|d29ya/);
  });

  it("sends with the right password", async () => {
    const login = { user: "headgate", password: "s3cret/word" };
    const { send } = await start(
      { login },
      { url: (url) => url.replace("//", "//headgate:s3cret%2Fword@"), to: [ann] },
    );
    expect(await send()).toMatchObject([{ state: "sent" }]);
  });

  it("says what to set when there is no server, without the options", async () => {
    await start();
    const context = aContext({ options: { from: "headgate@example.org", to: [bob] } });
    const [failure] = await deliver({ kind: "digest", digest, alreadySent: [] }, "e-mail", context);
    expect(failure).toMatchObject({ code: "misconfigured", message: expect.stringContaining("SMTP_URL") });
  });

  it("refuses addresses that would begin another header", async () => {
    await start();
    const context = aContext({
      options: { url: smtp.url, from: "a@example.org", to: ["b@example.org\r\nBcc: c@example.org"] },
    });
    expect(await deliver({ kind: "digest", digest, alreadySent: [] }, "e-mail", context)).toMatchObject([
      { code: "misconfigured" },
    ]);
    expect(smtp.messages).toEqual([]);
  });
});
