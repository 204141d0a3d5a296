import { describe, expect, it } from "vitest";
import { MAX_HTML, renderDigest, renderDigestMarkdown } from "../../../src/deliver/render/digest.ts";
import type { Alert } from "../../../src/domain/bump.ts";
import type { Digest } from "../../../src/domain/digest.ts";
import {
  aCandidate,
  aComponent,
  aDecision,
  anAdvisory,
  anAlert as anAlertOf,
  aPin,
  aRelease,
  aScore,
} from "../../support/build.ts";
import { aDigest, anEntry } from "../support.ts";

const until = "2026-11-24T07:00:00.000Z";

const anAlert = (given: Partial<Alert> = {}): Alert => anAlertOf({ openedAt: "2026-11-20T10:00:00.000Z", ...given });

const full: Digest = aDigest({
  title: "example: 1 update, 1 for security",
  proposed: [
    anEntry({
      url: "https://github.com/example/project/pull/7",
      candidate: aCandidate({
        fixes: [anAdvisory()],
        between: [aRelease({ version: "1.1.0", notes: "## New\n- by @bob in https://github.com/o/r/pull/3" })],
      }),
    }),
  ],
  held: [
    anEntry({
      decision: aDecision({
        verdict: "hold",
        reasons: [
          { rule: "signer", level: "hold", summary: "Signed by a new key." },
          { rule: "not-checked", level: "note", summary: "Not checked: off branch (no host says)." },
        ],
      }),
    }),
  ],
  waiting: [
    anEntry({
      decision: aDecision({
        verdict: "wait",
        until,
        reasons: [{ rule: "wait", level: "wait", summary: "First seen 3 days ago; the wait is 7 days.", until }],
      }),
    }),
  ],
  blocked: [
    anEntry({
      decision: aDecision({
        verdict: "block",
        reasons: [{ rule: "yanked", level: "block", summary: "The version was yanked." }],
      }),
    }),
  ],
  alerts: [anAlert()],
  unpinned: [
    {
      project: "example",
      upstream: "pkg:docker/library/nginx",
      text: "latest",
      places: [{ path: "web/Dockerfile", line: 1 }],
    },
  ],
  drifting: [
    {
      project: "example",
      upstream: "pkg:pypi/requests",
      versions: [
        { version: "2.31.0", places: [{ path: "a.txt", line: 3 }] },
        { version: "2.32.0", places: [{ path: "b.txt", line: 4 }] },
      ],
    },
  ],
  sideBySide: [
    {
      project: "example",
      upstream: "pkg:generic/python",
      versions: [
        { version: "3.12", places: [{ path: ".github/workflows/test.yml", line: 9 }] },
        { version: "3.13", places: [{ path: ".github/workflows/test.yml", line: 9 }] },
      ],
    },
  ],
  unused: [{ project: "example", path: "old/requirements.txt", pins: 3 }],
  unchecked: [
    {
      subject: "pkg:github/gone/tool",
      reason: "GitHub answered 502.",
      since: "2026-11-18T12:00:00.000Z",
      retryAt: "2026-11-20T13:00:00.000Z",
    },
  ],
});

it("an alert says what it was and what it is in one breath", () => {
  const said = renderDigest(aDigest({ alerts: [anAlert()] })).text;
  expect(said).toMatch(/^ *changed: commit was aaaaaaa\S*, now bbbbbbb\S*$/m);
});

it("leads to the pages where people decide, where there is an address for them", () => {
  const pages = "https://headgate.example";
  const { html, text } = renderDigest({ ...full, pages });
  for (const page of [`${pages}/candidates/0123456789ab`, `${pages}/integrity`]) {
    expect(html).toContain(`href="${page}"`);
    expect(text).toContain(page);
  }
  expect(renderDigest(full).html).not.toContain("/candidates/");
});

describe("what is the matter with a pull request, or why there is none", () => {
  const url = "https://github.com/example/project/pull/7";
  it.each([
    ["waits for #3, which is left as it is since somebody else committed", {}, "waits"],
    ["covered by #4 of dependabot[bot], which changes Dockerfile:3", {}, "covered"],
    ["somebody else committed to its branch: it is left as it is", { url }, "frozen"],
    ["somebody else committed to its branch: it is left as it is", { url, isNew: false }, "frozen"],
    ["not everything was given to it: labels that this repository does not have: x", { url }, "incomplete"],
  ])("%s %o", (byHand, given, mark) => {
    const { text, html } = renderDigest(aDigest({ proposed: [anEntry({ byHand, ...given })] }));
    const flat = text.replace(/\s+/g, " ");
    expect(flat).toContain(`${mark}: ${byHand}`.slice(0, 60));
    expect(html).toContain(mark);
    expect(flat).not.toContain("headgate apply");
  });

  it.each([
    "governed by a lock file: pyproject.toml:3: uv.lock governs it: write the new version, then run uv lock where that file is.",
    "pinned by hand: Dockerfile:1: its tag is put together elsewhere",
  ])("is no command that could not work: %s", (byHand) => {
    expect(renderDigest(aDigest({ proposed: [anEntry({ byHand })] })).text).not.toContain("headgate apply");
  });

  it("is a command where a person has to do it", () => {
    const byHand = "build.sh is executable: use a GitHub App";
    expect(renderDigest(aDigest({ proposed: [anEntry({ byHand })] })).text).toContain("headgate apply");
  });
});

describe("an overdue advisory that an alert stands for", () => {
  const due = {
    project: "example",
    upstream: "pkg:github/example/tool",
    advisory: anAdvisory(),
    since: "2026-11-10T12:00:00.000Z",
    dueAt: "2026-11-17T12:00:00.000Z",
    overdue: true,
    places: [{ path: "Dockerfile", line: 3 }],
    fix: { candidate: "0123456789ab", version: "1.1.0", verdict: "propose" },
  } as const;
  const alert = anAlert({ class: "advisory", subject: due.advisory.id, summary: "The answer was due." });
  const text = (given: Partial<Digest>) => renderDigest(aDigest(given)).text;

  it("is said once, where it is overdue, with the command that answers it", () => {
    const said = text({ advisories: [due], alerts: [alert] });
    expect(said).toContain("1 overdue");
    expect(said).toMatch(/OVERDUE \(1\)[\s\S]*headgate acknowledge 0123456789 --reason "why"/);
    expect(said).not.toContain("LOOK AT THESE NOW");
    expect(said.split(due.advisory.id)).toHaveLength(2);
  });

  it("says who looks after it, asks nobody again, and is none of what the subject counts", () => {
    const seen = { by: "maintainer", reason: "the parser is not used", at: "2026-11-18T12:00:00.000Z" };
    const digest = aDigest({ advisories: [due], alerts: [{ ...alert, state: "acknowledged", acknowledged: seen }] });
    const { text: said, subject } = renderDigest(digest);
    const unwrapped = said.replace(/\s+/g, " ");
    expect(unwrapped).toContain("acknowledged: by maintainer on 18 Nov 2026, 12:00 UTC: the parser is not used");
    expect(said).not.toContain("headgate acknowledge");
    expect(subject).not.toContain("overdue");
    expect(renderDigest(aDigest({ advisories: [due], alerts: [alert] })).subject).toMatch(/; 1 overdue$/);
  });

  it("stands there by its alert alone where nothing is known to fix it, and beside alerts about other things", () => {
    const said = text({ alerts: [alert, anAlert()] });
    expect(said).toMatch(/OVERDUE \(1\)[\s\S]*The answer was due\.[\s\S]*LOOK AT THESE NOW \(1\)[\s\S]*Tag moved/);
    const other = text({ advisories: [{ ...due, project: "other" }], alerts: [alert] });
    expect(other).toContain("OVERDUE (2)");
  });
});

describe("a digest", () => {
  const mail = renderDigest(full);

  it("has a subject that says what there is to do", () => {
    expect(mail.subject).toBe("[Headgate] example: 1 update, 1 for security; 1 alert");
  });

  it.each([
    [
      "alerts, with what was and what is",
      ["Tag moved: example/tool", "aaaaaaaaaaaa, now bbbbbbbbbbbb", "Dockerfile:3"],
    ],
    [
      "what is proposed, with its pull request and what it fixes",
      ["example/tool 1.0.0 → 1.1.0", "https://github.com/example/project/pull/7", "GHSA-aaaa-bbbb-cccc (high)"],
    ],
    [
      "what is held, why, and how to release it",
      ["Signed by a new key.", 'headgate approve 0123456789ab --reason "why"'],
    ],
    ["what waits, and until when", ["the wait is 7 days. Until 24 Nov 2026, 07:00 UTC, in 4 days."]],
    ["what is blocked", ["The version was yanked."]],
    [
      "what could not be checked, since when, and when next",
      ["gone/tool", "GitHub answered 502.", "18 Nov 2026, 12:00 UTC, 2 days ago", "20 Nov 2026, 13:00 UTC"],
    ],
    ["drift, by version and place", ["requests", "2.31.0", "a.txt:3", "2.32.0", "b.txt:4"]],
    ["what is not pinned", ["nginx: latest", "web/Dockerfile:1"]],
    ["what is watched", ["38 upstreams of 40 components in 1 project"]],
    ["release notes that notify nobody", ["by @bob in o/r#3"]],
  ])("says in both forms %s", (_, phrases) => {
    const flat = mail.text.replace(/\s+(\| )?/g, " ");
    const words = mail.html.replace(/<[^>]*>/g, "").replaceAll("&quot;", '"');
    for (const phrase of phrases) {
      expect(flat).toContain(phrase);
      expect(words + mail.html).toContain(phrase);
    }
  });

  it("calls what no check could look at that, and no reason why", () => {
    expect(mail.text).toContain("not checked: off branch (no host says).");
    expect(mail.html.replace(/<[^>]*>/g, "")).toContain("not checked off branch (no host says).");
  });

  it("puts what is urgent first", () => {
    const headings = [...mail.html.matchAll(/<h2[^>]*>([^<]+)</g)].map(([, heading]) => heading);
    expect(headings).toEqual([
      "Look at these now (1)",
      "Ready to review (1)",
      "Blocked (1)",
      "Held for a person&#39;s word (1)",
      "Waiting (1)",
      "Could not be checked (1)",
      "One upstream, several versions (1)",
      "Tried side by side, moved by hand (1)",
      "Nothing builds from these files (1)",
      "Not pinned (1)",
    ]);
  });

  it("keeps its text within eighty columns, addresses aside", () => {
    expect(mail.text.split("\n").filter((line) => line.length > 80 && !line.includes("://"))).toEqual([]);
  });

  it("loads and runs nothing", () => {
    expect(mail.html).not.toMatch(/<img|<script|<link|<iframe|url\(|@import/i);
  });

  it("is also Markdown", () => {
    const markdown = renderDigestMarkdown(full);
    expect(markdown).toContain(
      "## Ready to review (1)\n\n- [**example/tool 1.0.0 → 1.1.0**](https://github.com/example/project/pull/7): example, minor version",
    );
    expect(markdown).toContain("  - held: Signed by a new key.");
  });

  it("says so when nothing is new", () => {
    expect(renderDigest(aDigest()).text).toContain("nothing new");
  });
});

describe("upstream text in a digest", () => {
  const hostile = `<script>alert(1)</script><img src=x onerror=y> \u202Eevil\u0007 "><a href="javascript:z">`;
  const candidate = aCandidate({
    component: aComponent({ pins: [aPin({ upstream: `pkg:github/o/${encodeURIComponent(hostile)}` })] }),
    to: aRelease({ version: hostile, notesUrl: "javascript:alert(1)" }),
    between: [aRelease({ version: "1.1.0", tag: hostile, notes: hostile })],
    fixes: [anAdvisory({ summary: hostile, url: "javascript:x" })],
  });
  const digest = aDigest({
    title: hostile,
    proposed: [
      anEntry({
        candidate,
        byHand: hostile,
        decision: aDecision({ reasons: [{ rule: "x", level: "warn", summary: hostile }] }),
      }),
    ],
    alerts: [anAlert({ summary: hostile })],
    unchecked: [{ subject: hostile, reason: hostile }],
  });
  const { subject, html, text } = renderDigest(digest);

  it("stays text", () => {
    expect(html).not.toMatch(/<(script|img)|href="(?!https?:)/i);
    expect(html).toContain("&lt;script&gt;");
    expect(renderDigestMarkdown(digest)).not.toMatch(/<(script|img)|\]\(javascript/i);
  });

  it("carries no invisible or control characters", () => {
    for (const form of [subject, html, text]) expect(form).not.toMatch(/[\u0000-\u0008\u000E-\u001F\u202A-\u202E]/);
    expect(subject).not.toMatch(/[\r\n]/);
  });
});

describe("a digest of thousands of things", () => {
  const many = Array.from({ length: 2_000 }, (_, index) =>
    anEntry({
      card: { upstream: "x", score: aScore(), checks: [] },
      decision: aDecision({
        reasons: [{ rule: "r", level: "note", summary: `Reason ${index} ${"word ".repeat(40)}` }],
      }),
    }),
  );
  const digest = aDigest({
    proposed: many,
    held: many,
    waiting: many,
    alerts: Array.from({ length: 500 }, () => anAlert()),
    unchecked: [{ subject: "last", reason: "Still said." }],
  });
  const { html } = renderDigest(digest);

  it("stays below what mail programs cut, section by section, with counts", () => {
    expect(Buffer.byteLength(html)).toBeLessThan(MAX_HTML);
    expect(html).toContain("Waiting (2000)");
    expect(html).toMatch(/and 1\d\d\d more: the attached file has all of them\./);
  });

  it("still says what comes last", () => {
    expect(html).toContain("Still said.");
  });
});
