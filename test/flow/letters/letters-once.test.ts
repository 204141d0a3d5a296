import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { raiseAlert } from "../../../src/db/deliveries/alerts.ts";
import { type OpenDatabase, openDatabase } from "../../../src/db/open/client.ts";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { resumeLetters } from "../../../src/flow/letters/post-letters.ts";
import { sendDigest } from "../../../src/flow/letters/send-digest.ts";
import { sendNotices } from "../../../src/flow/letters/send-notices.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { takenLetters } from "../../../src/lib/mail/taken-letters.ts";
import { aCandidate, anAlert } from "../../support/build.ts";
import { emptyTables, limited } from "../../support/database.ts";
import { createWorld } from "../../support/end-of-the-world.ts";
import { aFolder } from "../../support/folder.ts";
import { mailsIn, openOffice, plan } from "../../support/post-office.ts";
import { type Service, startPostgres } from "../../support/services.ts";
import { startSmtp } from "../../upstreams/smtp.ts";

const options = { to: ["ann@example.org", "bob@example.org"] };
let postgres: Service;
let store: OpenDatabase;

async function open(url: string): Promise<OpenDatabase> {
  const opened = await openDatabase({ url, dataDir: "" });
  if (isFailure(opened)) throw opened;
  return opened;
}

beforeAll(async () => {
  if (limited()) return;
  postgres = await startPostgres();
  store = await open(postgres.url);
});
afterAll(async () => {
  await store?.close();
  await postgres?.stop();
});

/** Sends in a world that ends at a word, then again as a process does that is started anew. */
async function sendTwice(send: (flow: FlowContext) => Promise<unknown>, end?: { at: number; after: boolean }) {
  await emptyTables(store.db);
  await plan(store.db, aCandidate());
  const { project: _, ...trouble } = anAlert();
  await raiseAlert(store.db, { project: "example", ...trouble }, trouble.openedAt);
  const smtp = await startSmtp();
  const world = createWorld('insert into "headgate"."deliveries"', end);
  const taken = takenLetters(aFolder());
  const url = new URL(postgres.url);
  url.port = `${await world.relay(Number(url.port))}`;
  const mortal = await open(url.href);
  const first = await openOffice(
    mortal.db,
    `smtp://127.0.0.1:${await world.relay(Number(new URL(smtp.url).port))}`,
    options,
    { taken },
  );
  await send(first.flow).catch((error: unknown) => {
    if (!world.ended()) throw error;
  });
  const words = world.words();
  const delivered = smtp.messages.length;
  const lastWord = world.lastWord();
  await world.close();
  void mortal.close().catch(() => undefined); // nobody waits for the dead
  const second = await openOffice(store.db, smtp.url, options, { taken });
  second.days.now = plus(second.days.now, 6 * MINUTE);
  await resumeLetters(second.flow);
  await send(second.flow);
  await resumeLetters(second.flow);
  const mails = await mailsIn(smtp);
  await smtp.close();
  return { mails, words, endedInData: delivered > 0 && lastWord.endsWith("\r\n.\r\n") };
}

describe.skipIf(limited())(
  "a process that ends at any word from its first write on, to the store or the mail server",
  () => {
    it.each([
      ["digest", sendDigest],
      ["notices", sendNotices],
    ] as const)(
      "loses no %s, and sends a second copy, under the same Message-ID, only when it ends between the end of DATA and its 250",
      async (_, send) => {
        const undisturbed = await sendTwice(send);
        expect(undisturbed.mails.map((mail) => mail.recipient)).toEqual(options.to);
        expect(undisturbed.words).toBeGreaterThan(15);
        for (let at = 0; at < undisturbed.words; at++) {
          for (const after of [false, true]) {
            const { mails, endedInData } = await sendTwice(send, { at, after });
            const where = `${after ? "after" : "before"} word ${at}`;
            const ids = Map.groupBy(mails, (mail) => mail.recipient);
            expect([...ids.keys()].sort(), where).toEqual(options.to);
            for (const copies of ids.values())
              expect(new Set(copies.map((mail) => mail.messageId)).size, where).toBe(1);
            // between the end of DATA and its 250 nobody can know whether it was taken
            expect(mails.length - options.to.length, where).toBeLessThanOrEqual(endedInData ? 1 : 0);
          }
        }
      },
      600_000,
    );
  },
);
