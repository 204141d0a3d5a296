import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { raiseAlert } from "../../../src/db/deliveries/alerts.ts";
import { metaStarting } from "../../../src/db/service/meta.ts";
import { eMail } from "../../../src/deliver/channels/e-mail.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { resumeLetters } from "../../../src/flow/letters/post-letters.ts";
import { sendDigest } from "../../../src/flow/letters/send-digest.ts";
import { sendNotices } from "../../../src/flow/letters/send-notices.ts";
import { readSubscription, unsubscribe, unsubscribeUrl } from "../../../src/flow/letters/subscriptions.ts";
import { createApp } from "../../../src/web/app.ts";
import { aCandidate, aComponent, anAdvisory, anAlert, aPin, aRelease, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { mailsIn, type Office, openOffice, plan } from "../../support/post-office.ts";
import { type SmtpStandIn, startSmtp } from "../../upstreams/smtp.ts";

let store: TestDatabase;
let smtp: SmtpStandIn;

beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store.close());
beforeEach(async () => {
  await emptyTables(store.db);
  smtp = await startSmtp();
});
afterEach(() => smtp.close());

const ann = "ann@example.org";
const bob = "bob@example.org";
const office = (options: object = { to: [ann, bob] }, given = {}): Promise<Office> =>
  openOffice(store.db, smtp.url, options, given);
const recipients = () => smtp.messages.map((message) => message.to.join());
const another = (version: string) => aCandidate({ id: `to-${version}`, to: aRelease({ version }) });
const image = aComponent({
  pins: [aPin({ upstream: "pkg:docker/library/nginx", text: "1.25", scheme: "docker-tag", name: "nginx" })],
});

describe("the digest of each recipient", () => {
  it("comes when there is news, and not again while there is none", async () => {
    const { flow, days } = await office();
    await plan(store.db, aCandidate());
    expect((await sendDigest(flow)).summary).toContain("Sent to 2 recipients.");
    days.now = plus(days.now, DAY);
    expect((await sendDigest(flow)).summary).toBe("No digest: nothing is new since the last one.");
    expect(recipients()).toEqual([ann, bob]);
  });

  it("says what is new since their last one, and how long the rest has been open", async () => {
    const { flow, days } = await office({ to: [ann] });
    await plan(store.db, aCandidate());
    await sendDigest(flow);
    days.now = plus(days.now, 3 * DAY);
    await plan(store.db, another("2.0.0"), {}, days.now);
    await sendDigest(flow);
    const [, second] = await mailsIn(smtp);
    expect(second?.text).toMatch(/2\.0\.0 \(new\)/);
    expect(second?.text).not.toMatch(/1\.1\.0 \(new\)/);
  });

  it("is not repeated to those who have it when another's is refused", async () => {
    const { flow, days } = await office();
    await plan(store.db, aCandidate());
    smtp.refuse(bob, 550);
    expect((await sendDigest(flow)).complete).toBe(false);
    days.now = plus(days.now, DAY);
    await sendDigest(flow);
    expect(recipients()).toEqual([ann]);
  });

  it("is tried again within the hours when a server says later, as it was written", async () => {
    const { flow, days } = await office({ to: [ann] });
    await plan(store.db, aCandidate());
    smtp.failNext("try-later");
    expect((await sendDigest(flow)).summary).toContain("Not delivered");
    await plan(store.db, another("2.0.0"));
    expect((await sendDigest(flow)).deliveries).toMatchObject([{ state: "failed" }]);
    await resumeLetters(flow);
    expect(recipients()).toEqual([]);
    days.now = plus(days.now, HOUR);
    await resumeLetters(flow);
    await resumeLetters(flow);
    const [mail, ...others] = await mailsIn(smtp);
    expect(others).toEqual([]);
    expect(mail?.text).not.toContain("2.0.0");
    days.now = plus(days.now, 23 * HOUR);
    await sendDigest(flow);
    expect((await mailsIn(smtp))[1]?.text).toMatch(/2\.0\.0 \(new\)/);
  });

  it("that waits, or was refused, is told of by every further try, and goes out with one whose time has come", async () => {
    const { flow, days } = await office();
    await plan(store.db, aCandidate());
    smtp.refuse(bob, 550);
    smtp.failNext("try-later");
    const told = [await sendDigest(flow), await sendDigest(flow)];
    for (const { summary, complete } of told) {
      expect(summary).toContain("Sent to 0 recipients. Not delivered: ");
      expect(summary).toMatch(/ 1 letter, tried again at 2026-11-20 13:00 UTC: .*Try again later/);
      expect(summary).toMatch(/ 1 letter, not tried again: .*No such user/);
      expect(complete).toBe(false);
    }
    days.now = plus(days.now, HOUR);
    expect((await sendDigest(flow)).summary).toMatch(/Sent to 1 recipient\. Not delivered: 1 letter, not tried again:/);
    expect(recipients()).toEqual([ann]);
  });

  it("gives way to the next one when it could not be sent for a day", async () => {
    const { flow, days } = await office({ to: [ann] });
    await plan(store.db, aCandidate());
    smtp.failNext("try-later");
    await sendDigest(flow);
    await plan(store.db, another("2.0.0"));
    days.now = plus(days.now, DAY);
    await sendDigest(flow);
    await resumeLetters(flow);
    const [mail, ...others] = await mailsIn(smtp);
    expect(others).toEqual([]);
    expect(mail?.text).toMatch(/1\.1\.0/);
    expect(mail?.text).toMatch(/2\.0\.0/);
  });

  it.each([
    [{ projects: ["other"] }, []],
    [{ upstreams: ["pkg:docker/**"] }, ["nginx"]],
    [{ upstreams: ["pkg:github/**"] }, ["tool", "urgent"]],
    [{ severity: "critical" }, ["urgent"]],
    [{ only: ["held"] }, []],
    [{ only: ["proposed"] }, ["nginx", "tool", "urgent"]],
  ] as const)("holds what they chose: %j", async (filter, expected) => {
    const { flow } = await office({ recipients: [{ to: ann, ...filter }] });
    const urgent = aComponent({ pins: [aPin({ upstream: "pkg:github/example/urgent" })] });
    await plan(store.db, aCandidate({ id: "tool" }));
    await plan(store.db, aCandidate({ id: "nginx", component: image }));
    await plan(
      store.db,
      aCandidate({ id: "urgent", component: urgent, fixes: [anAdvisory({ severity: "critical" })] }),
    );
    await sendDigest(flow);
    const [mail] = await mailsIn(smtp);
    const names = ["nginx", "tool", "urgent"].filter((name) =>
      new RegExp(`\\* (example/)?${name} 1`).test(mail?.text ?? ""),
    );
    expect(names).toEqual(expected);
  });

  it("comes without news as often as they asked", async () => {
    const { flow, days } = await office({ to: [ann], recipients: [{ to: bob, quiet: "weekly" }] });
    await plan(store.db, aCandidate());
    for (let day = 0; day < 8; day++) {
      await sendDigest(flow);
      days.now = plus(days.now, DAY);
    }
    expect(recipients()).toEqual([ann, bob, bob]);
  });

  it("says what was merged since their last one, once", async () => {
    const { flow, days } = await office({ to: [ann] });
    await plan(store.db, aCandidate());
    await sendDigest(flow);
    const { setCandidateState } = await import("../../../src/db/decisions/candidates.ts");
    days.now = plus(days.now, HOUR);
    await setCandidateState(store.db, aCandidate().id, "merged", days.now);
    for (let day = 0; day < 3; day++) {
      days.now = plus(days.now, DAY);
      await sendDigest(flow);
    }
    const [, second, ...others] = await mailsIn(smtp);
    expect(others).toEqual([]);
    expect(second?.text?.replace(/\s+/g, " ")).toMatch(
      /COMPONENT VERSION UPDATES \(1\) -+ \* example\/tool 1\.0\.0 → 1\.1\.0, example, merged on 20 Nov 2026/,
    );
  });

  it("puts advisories past their date above everything", async () => {
    const { flow, days } = await office({ to: [ann] });
    await plan(store.db, aCandidate({ fixes: [anAdvisory({ severity: "high" })] }));
    await sendDigest(flow);
    days.now = plus(days.now, 4 * DAY);
    await sendDigest(flow);
    const texts = (await mailsIn(smtp)).map((mail) => mail.text?.replace(/\s+/g, " ") ?? "");
    expect(texts[0]).toMatch(/due: 23 Nov 2026, 12:00 UTC, in 3 days/);
    expect(texts[1]).toMatch(
      /OVERDUE \(1\) .*GHSA-aaaa-bbbb-cccc in example\/tool.*was due: 23 Nov 2026, 12:00 UTC, 1 day ago/,
    );
  });
});

describe("what cannot wait", () => {
  const trouble = () => {
    const { id: _i, state: _s, openedAt: _o, ...rest } = anAlert();
    return rest;
  };

  it("is told once, again when it changes, and when it is over, in one thread", async () => {
    const { flow, days } = await office({ to: [ann] });
    const { alert } = await raiseAlert(store.db, trouble(), NOW);
    await sendNotices(flow);
    await sendNotices(flow);
    expect(recipients()).toEqual([ann]);
    const other = trouble().evidence.map((one) => ({ ...one, observed: "c".repeat(40) }));
    await raiseAlert(store.db, { ...trouble(), evidence: other }, plus(NOW, HOUR));
    days.now = plus(NOW, HOUR);
    await sendNotices(flow);
    await sendNotices(flow);
    const { settleAlert } = await import("../../../src/db/deliveries/alerts.ts");
    await settleAlert(
      store.db,
      alert,
      { state: "resolved", by: "maintainer", reason: "restored" },
      plus(NOW, 2 * HOUR),
    );
    await sendNotices(flow);
    await sendNotices(flow);
    const mails = await mailsIn(smtp);
    expect(mails.map((mail) => mail.text?.match(/This needs somebody now|more to it|This is over/)?.[0])).toEqual([
      "This needs somebody now",
      "more to it",
      "This is over",
    ]);
    expect(mails.map((mail) => mail.inReplyTo)).toEqual([undefined, mails[0]?.messageId, mails[0]?.messageId]);
    expect(await metaStarting(store.db, "told/")).toEqual(new Map());
  });

  it("is told of blocks and of critical advisories past their date, and not of what can wait", async () => {
    const { flow, days } = await office({ to: [ann] });
    const urgent = aComponent({ pins: [aPin({ upstream: "pkg:github/example/urgent" })] });
    const reasons = [{ rule: "yanked", level: "block", summary: "The version was yanked." }] as const;
    await plan(store.db, another("1.2.0"), { verdict: "block", reasons });
    await plan(
      store.db,
      aCandidate({ id: "urgent", component: urgent, fixes: [anAdvisory({ severity: "critical" })] }),
    );
    await raiseAlert(store.db, { ...trouble(), class: "source-stale", subject: "" }, NOW);
    await sendNotices(flow);
    days.now = plus(NOW, 25 * HOUR);
    await sendNotices(flow);
    expect((await mailsIn(smtp)).map((mail) => mail.subject)).toEqual([
      "[Headgate] example: Blocked: example/tool 1.2.0",
      "[Headgate] example: Overdue: GHSA-aaaa-bbbb-cccc in example/urgent",
    ]);
  });

  it("is told when the fix of a critical hole is held, and by whom it can be let through", async () => {
    const { flow } = await office({ to: [ann] });
    const urgent = aComponent({ pins: [aPin({ upstream: "pkg:github/example/urgent" })] });
    const held = { verdict: "hold", reasons: [{ rule: "unknown-key", level: "hold", summary: "A new key." }] } as const;
    const fixing = (severity: "critical" | "high") => ({ component: urgent, fixes: [anAdvisory({ severity })] });
    await plan(store.db, aCandidate({ id: "urgent", ...fixing("critical") }), held);
    await sendNotices(flow);
    await sendNotices(flow);
    const [mail, ...others] = await mailsIn(smtp);
    expect(others).toEqual([]);
    expect(mail?.subject).toContain("Held: example/urgent 1.1.0 fixes GHSA-aaaa-bbbb-cccc");
    expect(mail?.text).toContain("headgate approve urgent");
  });

  it("is led to the page where it is decided, where the pages have an address", async () => {
    const { flow } = await office({ to: [ann] }, { publicUrl: "https://headgate.example.org" });
    const held = { verdict: "hold", reasons: [{ rule: "unknown-key", level: "hold", summary: "A new key." }] } as const;
    await plan(store.db, aCandidate({ id: "urgent", fixes: [anAdvisory({ severity: "critical" })] }), held);
    await raiseAlert(store.db, trouble(), NOW);
    await sendNotices(flow);
    await sendDigest(flow);
    const mails = await mailsIn(smtp);
    const to = (page: string) =>
      mails.filter(({ html }) => html?.includes(`href="https://headgate.example.org${page}"`));
    expect(to("/candidates/urgent")).toHaveLength(2);
    expect(to("/integrity")).toHaveLength(2);
  });

  it("is one letter on a bad morning", async () => {
    const { flow } = await office({ to: [ann] });
    for (let index = 0; index < 12; index++) await raiseAlert(store.db, { ...trouble(), subject: `v1.${index}` }, NOW);
    await sendNotices(flow);
    await sendNotices(flow);
    const [mail, ...others] = await mailsIn(smtp);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("[Headgate] example: 12 things need somebody");
    expect(mail?.text).not.toMatch(/and \d+ more/);
  });

  it("says so where it is about several upstreams", async () => {
    const { flow } = await office({ to: [ann] });
    const upstreams = ["a", "b", "c", "d", "e"].map((name) => `pkg:github/example/${name}`);
    for (const upstream of upstreams) await raiseAlert(store.db, { ...trouble(), upstream }, NOW);
    await sendNotices(flow);
    const [mail] = await mailsIn(smtp);
    expect(mail?.text).toMatch(/example, example\/[a-e] and 4 more, /);
  });

  it("names things as the pages do, and shows what is typed as code", async () => {
    const { flow } = await office({ to: [ann] });
    const summary = "Look at it with `headgate alerts`.";
    await raiseAlert(store.db, { ...trouble(), class: "asset-replaced", summary }, NOW);
    await sendNotices(flow);
    const [mail] = await mailsIn(smtp);
    expect(mail?.subject).toMatch(/^\[Headgate\] example: File replaced: /);
    expect(mail?.html).toMatch(/Look at it with <code[^>]*>headgate alerts<\/code>\./);
  });

  it("reaches those whose filters choose it, and who want it at once", async () => {
    const { flow } = await office({
      recipients: [
        { to: ann, only: ["alerts"] },
        { to: bob, only: ["proposed"] },
        { to: "later@example.org", immediate: false },
        { to: "docker@example.org", upstreams: ["pkg:docker/**"] },
      ],
    });
    await raiseAlert(store.db, trouble(), NOW);
    await sendNotices(flow);
    expect(recipients()).toEqual([ann]);
  });
});

describe("whoever leaves", () => {
  const publicUrl = "https://headgate.example.org";

  it("gets no letter until they come back; a look at the page changes nothing, a click without the form does", async () => {
    const { flow, days } = await office({ to: [ann] }, { publicUrl });
    const [recipient] = eMail.letters?.recipients(flow.deliver["e-mail"]) ?? [];
    if (recipient === undefined) throw new Error("nobody is configured");
    const url = (await unsubscribeUrl(flow, eMail, recipient)) ?? "";
    expect(url).toMatch(/^https:\/\/headgate\.example\.org\/letters\/[\w.-]+$/);
    const app = createApp(flow, { token: "secret", hosts: ["headgate.example.org"] });
    const ask = (method: string, body?: string) =>
      app.request(url, {
        method,
        headers: { host: "headgate.example.org", "content-type": "application/x-www-form-urlencoded" },
        ...(body !== undefined && { body }),
      });
    const page = await ask("GET");
    expect(await page.text()).toContain("sends digests and alerts to ann@example.org");
    await plan(store.db, aCandidate());
    await sendDigest(flow);
    expect(recipients()).toEqual([ann]);
    expect((await ask("POST", "List-Unsubscribe=One-Click")).status).toBe(200);
    await plan(store.db, another("2.0.0"));
    days.now = plus(days.now, DAY);
    await sendDigest(flow);
    expect(recipients()).toEqual([ann]);
    await ask("POST", "letters=again");
    await sendDigest(flow);
    expect(recipients()).toEqual([ann, ann]);
  });

  it("needs the link: nobody can guess another's", async () => {
    const { flow } = await office({ to: [ann, bob] }, { publicUrl });
    const of = (address: string) =>
      eMail.letters?.recipients(flow.deliver["e-mail"]).find((one) => one.address === address);
    const [mine, theirs] = [of(ann), of(bob)];
    if (mine === undefined || theirs === undefined) throw new Error("nobody is configured");
    const token = ((await unsubscribeUrl(flow, eMail, mine)) ?? "").split("/").at(-1) ?? "";
    const [, mac] = token.split(".");
    const forged = `${Buffer.from(JSON.stringify(["e-mail", bob])).toString("base64url")}.${mac}`;
    expect(await readSubscription(flow, token)).toMatchObject({ address: ann, left: false });
    for (const wrong of [forged, "", "x.y", `${token}x`]) expect(await readSubscription(flow, wrong)).toBeUndefined();
    await unsubscribe(flow, { channel: "e-mail", address: ann, left: false });
    expect(await readSubscription(flow, token)).toMatchObject({ left: true });
  });
});
