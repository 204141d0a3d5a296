import fc from "fast-check";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eMail } from "../../src/deliver/channels/e-mail.ts";
import { deliver } from "../../src/deliver/deliver.ts";
import { ANYWHERE } from "../../src/deliver/render/body-style.ts";
import { renderDigest, renderDigestMarkdown } from "../../src/deliver/render/digest.ts";
import { renderGroup } from "../../src/deliver/render/group.ts";
import { renderNotice } from "../../src/deliver/render/notice.ts";
import { renderPullRequest } from "../../src/deliver/render/pull-request.ts";
import type { Digest } from "../../src/domain/digest.ts";
import {
  aCandidate,
  aCheck,
  aComponent,
  aDecision,
  anAdvisory,
  anAlert,
  anEvidence,
  aPin,
  aRelease,
  aScore,
  NOW,
} from "../support/build.ts";
import { type SmtpStandIn, startSmtp } from "../upstreams/smtp.ts";
import { HOSTILE_SHAPES } from "./hostile-shapes.ts";
import { expectInert, expectInertOnGitHub, INVISIBLE } from "./inert.ts";
import { aContext, aDigest, aNotice, anEntry, aRecipient } from "./support.ts";

/** The same text in every place that an upstream or a watched repository can write; only notes may be of any length. */
function everywhere(long: string) {
  const text = long.slice(0, LONG);
  const component = aComponent({
    pins: [aPin({ path: `images/${text}`, name: text, text, version: "1.0.0", pinByHand: text })],
  });
  const to = aRelease({ version: "1.1.0", tag: text, notes: long, notesUrl: text, stateReason: text });
  const advisory = anAdvisory({ id: text, summary: text, aliases: [text], url: text });
  const reasons = (["note", "warn", "hold"] as const).map((level) => ({ rule: text, level, summary: text }));
  const candidate = aCandidate({ component, to, between: [to], fixes: [advisory], introduces: [advisory] });
  const decision = aDecision({ reasons, by: { person: text } });
  const card = { upstream: component.upstream, score: aScore(), checks: [aCheck({ outcome: "warn", summary: text })] };
  return { candidate, decision, card };
}

const LONG = 50_000;

function digestOf(long: string): Digest {
  const text = long.slice(0, LONG);
  const { candidate, decision, card } = everywhere(long);
  const entry = anEntry({ project: text, candidate, decision, card, url: text, byHand: text });
  const place = { path: text, line: 1 };
  return aDigest({
    title: text,
    proposed: [entry, { ...entry, isNew: false, url: "https://github.com/o/r/pull/1" }],
    held: [entry],
    waiting: [entry],
    blocked: [entry],
    alerts: [
      anAlert({ summary: text, next: text, project: text, evidence: [anEvidence({ expected: text, observed: text })] }),
    ],
    advisories: [
      {
        project: text,
        upstream: text,
        advisory: candidate.fixes[0] ?? anAdvisory(),
        since: NOW,
        overdue: true,
        places: [place],
      },
    ],
    merged: [{ project: text, candidate, mergedAt: NOW, url: text }],
    changed: [
      {
        ...{ project: text, upstream: text, class: "rebuild", subject: text, summary: text, at: NOW },
        ...{ times: 2, places: [place] },
      },
    ],
    unpinned: [{ project: text, upstream: text, text, places: [place] }],
    unused: [{ project: text, path: text, pins: 1 }],
    drifting: [{ project: text, upstream: text, versions: [{ version: text, places: [place] }] }],
    sideBySide: [{ project: text, upstream: text, versions: [{ version: text, places: [place] }] }],
    unchecked: [{ subject: text, reason: text }],
  });
}

function expectHarmless(text: string): void {
  const mail = renderDigest(digestOf(text));
  const notice = renderNotice(
    aNotice({ title: text, summary: text, next: text, project: text, url: text, facts: [{ mark: text, text }] }),
  );
  for (const { html, subject, text: plain } of [mail, notice]) {
    expectInert(html);
    expect(subject).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
    expect(subject.length).toBeLessThanOrEqual(150);
    for (const form of [html, subject, plain]) expect(form).not.toMatch(INVISIBLE);
    expect(Buffer.byteLength(html)).toBeLessThan(102 * 1024);
  }
  expectInertOnGitHub(renderDigestMarkdown(digestOf(text)));
  const { candidate, decision, card } = everywhere(text);
  const item = {
    proposal: { project: "example", candidate, decision, changes: [], byHand: candidate.component.pins },
    card,
    earlier: [],
  };
  for (const written of [renderPullRequest(item), renderGroup("group-1", "tools", [item, item], ANYWHERE)]) {
    const { title, body, commitMessage } = written;
    expect(body.length).toBeLessThanOrEqual(ANYWHERE.longest);
    expectInertOnGitHub(body);
    for (const line of [title, commitMessage.headline]) {
      expect(line).not.toMatch(/[\r\n\u0085\u2028\u2029]|@\w|#\d|\bGH-\d/i);
      expect(line).not.toMatch(INVISIBLE);
    }
    expect(commitMessage.body).not.toMatch(/@\w|#\d|\bGH-\d/i);
  }
}

describe.each(Object.entries(HOSTILE_SHAPES))("hostile text: %s", (_, shapes) => {
  it.each(shapes.map((shape) => [shape.slice(0, 60), shape]))("is only text everywhere: %j", (_name, shape) => {
    expectHarmless(shape);
  });
});

describe("hostile text of any kind", () => {
  const shapes = Object.entries(HOSTILE_SHAPES).flatMap(([kind, all]) =>
    kind === "size" ? [] : all.map((one) => one.slice(0, 400)),
  );
  const piece = fc.oneof(
    fc.constantFrom(...shapes),
    fc.constantFrom("\n", "\n\n", " ", "`", "[", "](", "<", ">", "\\", "|"),
    fc.string({ maxLength: 6, unit: "binary" }),
  );

  it("is only text everywhere, however it is put together", () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => expectHarmless(pieces.join(""))),
      { numRuns: 60 },
    );
  });
});

describe("hostile text in a mail on its way", () => {
  let smtp: SmtpStandIn;
  beforeAll(async () => {
    smtp = await startSmtp();
  });
  afterAll(() => smtp.close());

  it("adds no header, no recipient and no message", async () => {
    const shapes = Object.values(HOSTILE_SHAPES).flat();
    const options = { url: smtp.url, from: "headgate@example.org", to: ["ann@example.org"] };
    const recipient = aRecipient();
    const letters = shapes.flatMap((text, index) => {
      const notice = aNotice({
        thread: `${index}`,
        title: text,
        project: text.slice(0, 100),
        summary: text.slice(0, 1_000),
      });
      const letter = eMail.letters?.write({ kind: "notice", notice }, recipient, { options, now: NOW });
      return letter === undefined ? [] : [letter];
    });
    const context = aContext({ options });
    await deliver({ kind: "letters", letters, claim: async () => true }, "e-mail", context);
    expect(smtp.messages).toHaveLength(shapes.length);
    for (const { raw, to } of smtp.messages) {
      const mail = await PostalMime.parse(raw);
      expect(to).toEqual(["ann@example.org"]);
      expect(mail.bcc ?? []).toEqual([]);
      expect(new Set(mail.headers.map(({ key }) => key)).size).toBe(mail.headers.length);
      expect(mail.headers.map(({ key }) => key)).not.toContain("bcc");
    }
  });
});
