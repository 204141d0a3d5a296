import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { raiseAlert } from "../../../src/db/deliveries/alerts.ts";
import { unfinishedDeliveries } from "../../../src/db/deliveries/deliveries.ts";
import { webhook } from "../../../src/deliver/channels/webhook.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { resumeLetters } from "../../../src/flow/letters/post-letters.ts";
import { sendDigest } from "../../../src/flow/letters/send-digest.ts";
import { sendNotices } from "../../../src/flow/letters/send-notices.ts";
import { aCandidate, anAlert } from "../../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { openOffice, plan } from "../../support/post-office.ts";
import { type Receiver, startReceiver } from "../../upstreams/receiver.ts";

const SECRET = "a-secret-that-nobody-may-see";
let store: TestDatabase;
let receiver: Receiver;

beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store.close());
beforeEach(async () => {
  await emptyTables(store.db);
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** An installation whose only channel is one hook at the receiver. */
async function aHook(given: object = {}) {
  const { flow, days } = await openOffice(store.db, "smtp://127.0.0.1:1", { to: ["ann@example.org"] });
  const hook = { name: "ops", url: receiver.url, secret: SECRET, ...given };
  const deliver = { webhook: webhook.options.parse({ hooks: [hook] }) };
  return { days, flow: { ...flow, deliver, fetcher: aFetcher([receiver]) } };
}

const isSigned = ({ headers, body }: Receiver["received"][number]) => {
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", SECRET).update(content).digest("base64")}`;
};
const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe("webhooks", () => {
  it("carry digests and what cannot wait, each once, signed", async () => {
    const { flow } = await aHook();
    await plan(store.db, aCandidate());
    await raiseAlert(store.db, anAlert(), flow.clock());
    await sendNotices(flow);
    await sendNotices(flow);
    expect((await sendDigest(flow)).summary).toContain("Sent to 1 recipient.");
    expect((await sendDigest(flow)).summary).toBe("No digest: nothing is new since the last one.");
    expect(types()).toEqual(["notice.open", "digest"]);
    expect(receiver.received.map(isSigned)).toEqual([true, true]);
  });

  it("are tried again with the same id and body and a new signature, until they are taken", async () => {
    const { flow, days } = await aHook();
    receiver.answer = { status: 503 };
    await plan(store.db, aCandidate());
    expect((await sendDigest(flow)).complete).toBe(false);
    await resumeLetters(flow);
    expect(receiver.received).toHaveLength(1); // not before its time
    receiver.answer = { status: 200 };
    days.now = plus(days.now, 2 * MINUTE);
    await resumeLetters(flow);
    days.now = plus(days.now, HOUR);
    await resumeLetters(flow);
    const [first, second, ...others] = receiver.received;
    expect([others, second?.body, second?.headers["webhook-id"]]).toEqual([
      [],
      first?.body,
      first?.headers["webhook-id"],
    ]);
    expect(second?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
    expect(receiver.received.map(isSigned)).toEqual([true, true]);
  });

  it("are stored without address and secret", async () => {
    const { flow } = await aHook({ url: `${receiver.url}services/T/B/verysecret` });
    receiver.answer = { status: 503 };
    await plan(store.db, aCandidate());
    await sendDigest(flow);
    const kept = JSON.stringify(await unfinishedDeliveries(store.db, "webhook"));
    expect(kept).toContain("msg_");
    for (const secret of [SECRET, "verysecret", receiver.url]) expect(kept).not.toContain(secret);
  });

  it("are only of the events that the hook wants", async () => {
    const { flow } = await aHook({ events: ["notice"] });
    await plan(store.db, aCandidate());
    await raiseAlert(store.db, anAlert(), flow.clock());
    await sendNotices(flow);
    await sendDigest(flow);
    expect(types()).toEqual(["notice.open"]);
  });
});
