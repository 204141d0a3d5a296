import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeliverContext, Letter } from "../../../src/deliver/channel.ts";
import { webhook } from "../../../src/deliver/channels/webhook.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createFetcher, type Fetcher } from "../../../src/lib/fetcher.ts";
import { NOW } from "../../support/build.ts";
import { type Receiver, startReceiver } from "../../upstreams/receiver.ts";
import { aContext, aDigest, aNotice, anEntry, aRecipient } from "../support.ts";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes ...").toString("base64")}`;
let receiver: Receiver;
let fetcher: Fetcher;

beforeEach(async () => {
  receiver = await startReceiver();
  fetcher = createFetcher({ userAgent: "test", allowPrivate: [new URL(receiver.url).host] });
});
afterEach(async () => {
  await fetcher.close();
  await receiver.close();
});

const options = (given: object = {}) => ({ hooks: [{ name: "ops", url: receiver.url, secret: SECRET, ...given }] });
const letterOf = (given: object = {}, notice = aNotice()) => {
  const letter = webhook.letters?.write({ kind: "notice", notice }, aRecipient({ address: "ops" }), {
    options: options(given),
    now: NOW,
  });
  if (letter === undefined) throw new Error("the channel writes no letters");
  return letter;
};
async function send(letter: Letter, given: object = {}, context: Partial<DeliverContext> = {}): Promise<Delivery> {
  const batch = { kind: "letters", letters: [letter], claim: async () => true } as const;
  const parsed = webhook.options.parse(options(given));
  const [made] = await webhook.deliver(batch, aContext({ options: parsed, fetcher, ...context }));
  if (made === undefined || isFailure(made)) throw new Error("nothing was delivered");
  return made;
}

describe("a webhook", () => {
  it("is signed as Standard Webhooks says, over exactly what is sent", async () => {
    const letter = letterOf();
    expect(await send(letter)).toMatchObject({ state: "sent", key: letter.key });
    const [got] = receiver.received;
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = got?.headers ?? {};
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${got?.body}`).digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect([id, timestamp]).toEqual([letter.externalId, String(Date.parse(NOW) / 1_000)]);
    expect(JSON.parse(got?.body ?? "")).toMatchObject({
      type: "notice.open",
      timestamp: NOW,
      data: { project: "example" },
    });
  });

  it("is signed with both secrets while one is replaced", async () => {
    await send(letterOf(), { secret: "the-new-secret the-old-secret" });
    expect(receiver.received[0]?.headers["webhook-signature"]).toMatch(/^v1,[\w+/=]{44} v1,[\w+/=]{44}$/);
  });

  it("has the same id for every attempt, and another one for other news", async () => {
    expect(letterOf().externalId).toBe(letterOf().externalId);
    expect(letterOf({}, aNotice({ fingerprint: "f2" })).externalId).not.toBe(letterOf().externalId);
    expect(letterOf({}, aNotice({ state: "over" })).key).not.toBe(letterOf().key);
  });

  it.each([
    [500, 0, MINUTE],
    [503, 10 * MINUTE, 10 * MINUTE],
    [404, 48 * HOUR, 6 * HOUR],
    [301, 0, MINUTE],
  ])("is tried again after %i, ever later", async (status, age, delay) => {
    receiver.answer = { status, headers: { location: "https://elsewhere.example/" } };
    const now = plus(NOW, age);
    const made = await send(letterOf(), {}, { now });
    expect(made).toMatchObject({ state: "failed", retryAt: plus(now, delay) });
    expect(made.error).toContain(`answered ${status}`);
    expect(receiver.received).toHaveLength(1);
  });

  it("waits as long as the receiver asks it to", async () => {
    receiver.answer = { status: 429, headers: { "retry-after": "7200" } };
    expect(await send(letterOf())).toMatchObject({ state: "failed", retryAt: plus(NOW, 2 * HOUR) });
  });

  it.each([400, 410, 413, 422])("is given up when the receiver says %i", async (status) => {
    receiver.answer = { status };
    const made = await send(letterOf());
    expect([made.state, made.retryAt]).toEqual(["failed", undefined]);
  });

  it("keeps addresses and secrets out of what is stored and said", async () => {
    const given = { url: `${receiver.url}services/T000/B000/verysecret` };
    receiver.answer = { status: 500 };
    const letter = letterOf(given);
    const made = await send(letter, given);
    const gone = await send(letter, { url: "http://127.0.0.1:1/services/T000/B000/verysecret" });
    expect(gone.state).toBe("failed");
    for (const text of [letter, made, gone].map((one) => JSON.stringify(one))) {
      expect(text).not.toContain("verysecret");
      expect(text).not.toContain(SECRET);
    }
  });

  it("goes to no address inside the network that is not allowed", async () => {
    const guarded = createFetcher({ userAgent: "test", allowPrivate: [] });
    const made = await send(letterOf(), {}, { fetcher: guarded });
    await guarded.close();
    expect([made.state, receiver.received.length]).toEqual(["failed", 0]);
  });

  it("is not sent to a hook that is not configured any more", async () => {
    const made = await send({ ...letterOf(), recipient: "gone" });
    expect([made.state, made.error, made.retryAt]).toEqual(["failed", "no hook is named gone any more", undefined]);
  });
});

describe("the form for Slack", () => {
  it("is one text, in which nothing of strangers is a link, a mention or a tag", async () => {
    const notice = aNotice({ title: "<!channel> & <@U1>", summary: "a|b > c", url: "https://example.org/a|b?x=<y>" });
    await send(letterOf({ form: "slack" }, notice), { form: "slack" });
    const { text } = JSON.parse(receiver.received[0]?.body ?? "") as { text: string };
    expect(text).toContain("*&lt;!channel&gt; &amp; &lt;@U1&gt;*");
    expect(text).toContain("<https://example.org/a%7Cb?x=%3Cy%3E|a¦b &gt; c>");
    expect(text.replace(/<https:[^>]*>/g, "")).not.toMatch(/[<>]/);
  });

  it("is short however much there is to say", async () => {
    const many = Array.from({ length: 500 }, () => anEntry());
    const letter = webhook.letters?.write(
      { kind: "digest", digest: aDigest({ proposed: many }) },
      aRecipient({ address: "ops" }),
      { options: options({ form: "slack" }), now: NOW },
    );
    const body = JSON.stringify(letter?.content);
    expect(body.length).toBeLessThan(4_000);
    expect(body).toMatch(/…and \d+ more lines\./);
  });

  it("needs no secret, since the address is one; the other form does", () => {
    const hook = { name: "chat", url: "https://hooks.slack.com/services/T/B/x" };
    expect(webhook.options.safeParse({ hooks: [{ ...hook, form: "slack" }] }).success).toBe(true);
    expect(webhook.options.safeParse({ hooks: [hook] }).error?.message).toContain("WEBHOOK_SECRET");
  });
});
