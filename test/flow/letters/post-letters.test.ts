import { afterAll, beforeAll, expect, it } from "vitest";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { resumeLetters } from "../../../src/flow/letters/post-letters.ts";
import { sendDigest } from "../../../src/flow/letters/send-digest.ts";
import { takenLetters } from "../../../src/lib/mail/taken-letters.ts";
import { aCandidate } from "../../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { aFolder } from "../../support/folder.ts";
import { mailsIn, openOffice, plan } from "../../support/post-office.ts";
import { startSmtp } from "../../upstreams/smtp.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store?.close());

it("a letter that is not taken is in the log once, again for another reason, and when it is taken, also by a process that was started since", async () => {
  await emptyTables(store.db);
  await plan(store.db, aCandidate());
  const smtp = await startSmtp();
  const first = await openOffice(store.db, smtp.url);
  const second = await openOffice(store.db, smtp.url, undefined, { taken: takenLetters(aFolder()) });
  let now = first.days.now;
  const linesOf = async ({ flow, days, said }: typeof first, work = resumeLetters as typeof sendAll) => {
    said.length = 0;
    now = plus(now, 6 * HOUR); // whatever was waited for is over
    days.now = now;
    await work(flow);
    return said
      .map((line) => JSON.parse(line) as { level: string; message: string })
      .filter(({ message }) => message.includes("a letter"))
      .map(({ level, message }) => `${level}: ${message}`);
  };
  const full = [expect.stringMatching(/^warn: e-mail: a letter was not taken: .*451/)];
  smtp.failNext("try-later");
  expect(await linesOf(first, sendAll)).toEqual(full);
  for (const office of [first, second]) {
    smtp.failNext("try-later");
    expect(await linesOf(office)).toEqual([]);
  }
  smtp.failNext("shutting-down");
  expect(await linesOf(second)).toEqual([expect.stringMatching(/^warn: e-mail: a letter was not taken: .*421/)]);
  expect(await linesOf(first)).toEqual(["info: e-mail: a letter was taken that had not been before"]);
  expect(await linesOf(second)).toEqual([]);
  expect((await mailsIn(smtp)).map(({ recipient }) => recipient)).toEqual(["ann@example.org"]);
  await smtp.close();
});

async function sendAll(flow: Parameters<typeof sendDigest>[0]): Promise<void> {
  await sendDigest(flow);
}
