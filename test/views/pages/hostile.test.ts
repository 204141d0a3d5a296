import { describe, expect, it } from "vitest";
import type { CandidateView } from "../../../src/domain/pages/candidate-page.ts";
import type { ComponentList, ComponentRow } from "../../../src/domain/pages/component-list.ts";
import type { ComponentDetail } from "../../../src/domain/pages/component-page.ts";
import { type Html, toMarkup } from "../../../src/views/html.ts";
import { candidatePage, candidateTitle } from "../../../src/views/pages/candidate.ts";
import { componentPage, componentTitle } from "../../../src/views/pages/component.ts";
import { componentsPage } from "../../../src/views/pages/components.ts";
import { readQuery } from "../../../src/web/routes/components.ts";
import {
  aCandidate,
  aCheck,
  aComponent,
  aFinding,
  anAdvisory,
  anAlert,
  anEvidence,
  aPin,
  aRelease,
  aScore,
  NOW,
} from "../../support/build.ts";

const TEXT = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\u202egnp`;
const URL_OF_SCRIPT = "javascript:alert(3)";
const visitor = { person: TEXT, form: "form" };

const place = { path: TEXT, line: 1, url: URL_OF_SCRIPT };
const row: ComponentRow = {
  ...{ project: TEXT, key: TEXT, upstream: `pkg:pypi/${TEXT}`, current: [TEXT, "1"], places: 1, unpinned: 1 },
  ...{ latest: TEXT, lag: 2, behindSince: NOW, trust: 7, coverage: 0.9, candidate: TEXT, state: "held" },
};

/** A candidate in which everything that others write is hostile. */
function hostileCandidate(): CandidateView {
  const component = aComponent({ project: TEXT, pins: [aPin({ path: TEXT, text: TEXT, name: TEXT })] });
  const advisory = anAdvisory({ id: TEXT, summary: TEXT, url: URL_OF_SCRIPT });
  const to = aRelease({ version: TEXT, tag: TEXT, notesUrl: URL_OF_SCRIPT, upstream: `pkg:pypi/${TEXT}` });
  const check = aCheck({
    ...{ check: TEXT, summary: TEXT, rule: TEXT, comparedVersions: [TEXT] },
    evidence: [anEvidence({ source: TEXT, observed: TEXT, expected: TEXT })],
  });
  return {
    ...{ id: TEXT, project: TEXT, componentKey: TEXT, state: "held", firstSeenAt: NOW, updatedAt: NOW },
    candidate: aCandidate({ component, to, from: [TEXT], fixes: [advisory], introduces: [advisory] }),
    card: { upstream: TEXT, score: aScore(), checks: [check] },
    decision: { verdict: "hold", by: { person: TEXT }, reasons: [{ rule: TEXT, level: "hold", summary: TEXT }] },
    places: [place],
    url: URL_OF_SCRIPT,
    whys: { [TEXT]: TEXT },
    deliveries: [
      {
        ...{ subject: { kind: "candidate", id: TEXT }, channel: TEXT, key: TEXT, state: "failed", at: NOW },
        ...{ url: URL_OF_SCRIPT, error: TEXT },
      },
    ],
    history: [{ at: NOW, what: TEXT, detail: TEXT, by: TEXT, candidate: TEXT }],
  };
}

function hostileComponent(): ComponentDetail {
  const finding = aFinding({ signal: TEXT, reason: TEXT, evidence: [anEvidence({ source: TEXT })] });
  return {
    row,
    timeline: {
      now: NOW,
      versions: [{ version: TEXT, at: NOW, state: "released", role: "installed" }],
      advisories: [{ id: TEXT, severity: "high", from: NOW }],
      events: [{ words: TEXT, at: NOW, over: false }],
    },
    score: aScore({ findings: [finding] }),
    weights: {},
    unknown: [TEXT],
    places: [{ ...place, name: TEXT, text: TEXT, precision: "exact", digest: TEXT, lockedBy: TEXT }],
    candidates: [
      {
        ...{ id: TEXT, project: TEXT, upstream: TEXT, from: [TEXT], to: TEXT, step: "minor", state: "held" },
        ...{ updatedAt: NOW, reason: TEXT, url: URL_OF_SCRIPT },
      },
    ],
    alerts: [anAlert({ summary: TEXT, next: TEXT, subject: TEXT })],
    vouches: [{ upstream: TEXT, by: TEXT, reason: TEXT, points: 1, since: NOW }],
    history: [{ at: NOW, what: TEXT, detail: TEXT, by: TEXT, candidate: TEXT }],
  };
}

const list: ComponentList = {
  rows: [row],
  total: 1,
  page: 1,
  size: 50,
  projects: [TEXT, `${TEXT} too`],
  kinds: [TEXT],
};
const came = { message: TEXT, url: URL_OF_SCRIPT };
const refused = { wrong: TEXT, by: TEXT, reason: TEXT };
const change = {
  kind: "built",
  files: [{ path: TEXT, mode: "100755", lines: [{ kind: "added", text: `+${TEXT}` }] }],
  byHand: [{ path: TEXT, line: 1, text: TEXT, why: TEXT }],
} as const;

const PAGES: readonly (readonly [string, () => Html])[] = [
  [
    "a candidate",
    () => candidatePage({ view: hostileCandidate(), change, notes: undefined, visitor, came, refused, now: NOW }),
  ],
  [
    "a component",
    () => componentPage({ detail: hostileComponent(), notes: undefined, visitor, came, refused, now: NOW }),
  ],
  ["components", () => componentsPage(list, readQuery({ q: TEXT, project: TEXT, kind: TEXT }), NOW)],
];

describe.each(PAGES)("the page of %s", (_name, page) => {
  const markup = toMarkup(page());

  it("shows hostile texts as texts", () => {
    expect(markup).toContain("&lt;script&gt;alert(1)");
    const tags = markup.replace(/="[^"]*"/g, '=""'); // what stands in quotes cannot leave them: every `"` of a text is escaped
    expect(tags).not.toMatch(/<script|<img|<[a-z][^>]* on\w+=/i);
    expect(markup).not.toContain("\u202e");
  });

  it("links nowhere but to the web and to itself", () => {
    const links = [...markup.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, url = ""]) => url);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^(?:https?:\/\/|\/(?!\/))/);
  });

  it("has nothing inline, an accessible name for every field, and no id twice", () => {
    expect(markup).not.toMatch(/ style=|<style/);
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const labelled = new Set([...markup.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id));
    for (const [field] of markup.matchAll(/<(?:input|select|textarea)\b(?![^>]*type="hidden")[^>]*>/g))
      expect([field, labelled.has(/ id="([^"]+)"/.exec(field)?.[1] ?? "")]).toEqual([field, true]);
  });
});

describe("the headings of pages", () => {
  it("are texts, escaped where they are shown", () => {
    expect(candidateTitle(hostileCandidate())).toContain(" → ");
    expect(componentTitle(hostileComponent())).toContain(" in ");
  });
});
