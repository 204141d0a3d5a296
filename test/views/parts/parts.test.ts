import { describe, expect, it } from "vitest";
import type { CandidateState } from "../../../src/domain/candidate-state.ts";
import { html, toMarkup } from "../../../src/views/html.ts";
import type { Visitor } from "../../../src/views/layout.ts";
import { linkTo } from "../../../src/views/parts/address.ts";
import * as badges from "../../../src/views/parts/badge.ts";
import { dataTable } from "../../../src/views/parts/data-table.ts";
import { decisionForm } from "../../../src/views/parts/decision-form.ts";
import { facts } from "../../../src/views/parts/facts.ts";
import { mark } from "../../../src/views/parts/mark.ts";
import { answer, empty, notice } from "../../../src/views/parts/notice.ts";
import { number, paging, stepping } from "../../../src/views/parts/paging.ts";
import { reasonForm } from "../../../src/views/parts/reason-form.ts";
import { select } from "../../../src/views/parts/select.ts";
import { trustBar } from "../../../src/views/parts/trust-bar.ts";
import { ago, exactly, when } from "../../../src/views/parts/when.ts";
import { withCalls } from "../../../src/views/parts/with-calls.ts";

const now = "2026-11-20T12:00:00.000Z";
const address = { path: "/components", query: { state: "held", page: "3" } };

describe("badges", () => {
  const { badge, ...maps } = badges;

  it("tell the states of one kind apart by their shape and word alone", () => {
    for (const [name, map] of Object.entries(maps)) {
      const told = Object.values(map).map(({ word }) => word);
      expect(new Set(told).size, name).toBe(told.length);
    }
    const verdicts = Object.values(badges.VERDICTS).map(({ shape }) => toMarkup(mark(shape)));
    expect(new Set(verdicts).size).toBe(verdicts.length);
  });

  it("print the word, and a picture that readers of words pass over", () => {
    const markup = toMarkup(badge(badges.VERDICTS.hold));
    expect(markup).toContain('class="badge careful"');
    expect(markup).toContain('aria-hidden="true"');
    expect(markup.replace(/<[^>]+>/g, "")).toBe("held");
  });
});

describe("a data table", () => {
  const columns = [
    { heading: "Component", row: true, sort: "label", cell: (row: { name: string }) => row.name },
    { heading: "Lag", number: true, sort: "lag", cell: () => 3 },
    { heading: "State", cell: () => "held" },
  ];
  const table = { id: "list", caption: "All", columns, rows: [{ name: "<b>" }], address } as const;
  const markup = toMarkup(dataTable({ ...table, order: { by: "label", direction: "up" } }));

  it("names its rows and columns, and every cell for narrow screens", () => {
    expect(markup).toContain('<th role="rowheader" scope="row" data-label="Component"><div>&lt;b&gt;</div></th>');
    expect(markup).toContain('data-label="Lag" class="number"');
    expect(markup).toContain('role="region" aria-labelledby="list" tabindex="0"');
  });

  it("asks for another order on its first page, and keeps what else was asked", () => {
    expect(markup).toContain('aria-sort="ascending"');
    expect(markup).toContain('href="/components?state=held&amp;sort=label&amp;direction=down"');
    expect(markup).toContain('href="/components?state=held&amp;sort=lag&amp;direction=up"');
    expect(markup).toContain('<th role="columnheader" scope="col">State</th>');
  });
});

describe("the way to other pages", () => {
  it("says which part is shown, and leads to the others", () => {
    const middle = toMarkup(html`${paging(address, { page: 3, size: 50, total: 1204 }, "Pages")}`);
    expect(middle).toContain("101–150 of 1,204");
    expect(middle).toContain('rel="prev" href="/components?state=held&amp;page=2"');
    expect(middle).toContain('rel="next" href="/components?state=held&amp;page=4"');
    const last = toMarkup(html`${paging(address, { page: 2, size: 50, total: 60 }, "Pages")}`);
    expect(last).not.toContain('rel="next"');
    expect(last).toContain('href="/components?state=held"');
  });

  it("is not there when everything is", () => {
    expect(paging(address, { page: 1, size: 50, total: 50 }, "Pages")).toBe(false);
    expect(stepping(undefined, undefined, "Pages")).toBe(false);
    expect(toMarkup(html`${stepping(undefined, "/audit?before=7", "Pages")}`)).toContain("Older");
  });

  it("groups digits and leaves empty answers out of addresses", () => {
    expect([7, 1000, 1234567].map(number)).toEqual(["7", "1,000", "1,234,567"]);
    expect(linkTo(address, { state: "", page: "" })).toBe("/components");
    expect(linkTo(address, { q: "a&b" })).toBe("/components?state=held&page=3&q=a%26b");
  });
});

describe("moments", () => {
  it("are told from now and to the minute", () => {
    const markup = toMarkup(html`${when("2026-11-17T07:00:00.000Z", now)}${ago(now, now)}${exactly(now)}`);
    expect(markup).toContain('datetime="2026-11-17T07:00:00.000Z" title="17 Nov 2026, 07:00 UTC"');
    expect(markup).toContain("(3 days ago)");
    expect(markup).toContain("20 Nov 2026, 12:00 UTC</time>");
  });
});

describe("trust", () => {
  it("is a number with its band, and words alone where too little is known", () => {
    const known = { value: 8.24, coverage: 0.9, dimensions: [], findings: [] };
    expect(toMarkup(trustBar(known))).toContain('class="good" width="82.4"');
    expect(toMarkup(trustBar({ ...known, coverage: 0.2 }))).toBe('<span class="quiet">insufficient data</span>');
    expect(toMarkup(trustBar(undefined))).toContain("insufficient data");
  });
});

describe("a form with a reason", () => {
  const form = { id: "decide", action: "/candidates/x/decide", hidden: { csrf: "t" }, name: "action" } as const;
  const buttons = [
    { value: "approve", words: "Approve" },
    { value: "hold", words: "Hold" },
  ];

  it("asks for the reason by a label, and sends the button that was pressed", () => {
    const markup = toMarkup(reasonForm({ ...form, buttons, until: true, hint: "Kept with your name." }));
    expect(markup).toContain('<label for="decide-reason">');
    expect(markup).toContain("required");
    expect(markup).toContain('aria-describedby="decide-hint"');
    expect(markup).toContain('<button class="main" name="action" value="approve">Approve</button>');
    expect(markup).toContain('type="date"');
  });

  it("is not sent by Enter where several buttons could be meant", () => {
    const form = { id: "x", action: "/x", hidden: {}, name: "action" };
    const markup = (words: string[]) =>
      toMarkup(reasonForm({ ...form, buttons: words.map((one) => ({ value: one, words: one })) }));
    expect(markup(["Approve", "Skip"])).toMatch(/<button type="submit" disabled hidden>.*<button class="main"/s);
    expect(markup(["Vouch"])).not.toContain("disabled");
  });

  it("says what is wrong beside the field, and keeps what was typed", () => {
    const markup = toMarkup(reasonForm({ ...form, buttons, reason: "ok<b>", wrong: "Say why." }));
    expect(markup).toContain('aria-describedby="decide-wrong" aria-invalid="true" autofocus value="ok&lt;b&gt;">');
    expect(markup).not.toContain("decide-until");
  });
});

describe("the form for a word on a candidate", () => {
  const visitor = { form: "token", person: "maintainer" } as Visitor;
  const url = "https://github.com/example/project/pull/7";
  const mainOf = (state: CandidateState) =>
    [
      ...toMarkup(decisionForm({ id: "x", state, url }, visitor, undefined)).matchAll(
        /class="(?:button )?main"[^>]*>([^<]*)</g,
      ),
    ].map(([, words]) => words);

  it.each<[CandidateState, string[]]>([
    ["held", ["Approve"]],
    ["waiting", []],
    ["blocked", []],
    ["proposed", ["Review the pull request"]],
    ["skipped", ["Reopen"]],
  ])("makes what a maintainer most likely wants of something %s stand out: %j", (state, words) => {
    expect(mainOf(state)).toEqual(words);
  });

  it.each(Object.keys(badges.STATES) as CandidateState[])(
    "says of each button what it does, and of no other: %s",
    (state) => {
      const markup = toMarkup(decisionForm({ id: "x", state, url }, visitor, undefined));
      const [, hint = ""] = /id="decide-hint">([^<]*)</.exec(markup) ?? [];
      const buttons = [...markup.matchAll(/<button[^>]* name="action"[^>]*>(\w+)</g)].map(([, words]) => words);
      const explained = ["Approve", "Hold", "Skip", "Reopen"].filter((word) => hint.includes(`${word} `));
      expect(explained.toSorted()).toEqual(buttons.toSorted());
      expect(buttons.length).toBeGreaterThan(0);
    },
  );

  it("links to no address that a browser would run", () => {
    const markup = toMarkup(
      decisionForm({ id: "x", state: "proposed", url: "javascript:alert(1)" }, visitor, undefined),
    );
    expect(markup).not.toContain("javascript");
  });
});

describe("small parts", () => {
  it("show calls in a sentence as what is typed, and nothing of it as markup", () => {
    expect(toMarkup(withCalls("`headgate doctor` says <why>; a ` alone stays."))).toBe(
      "<code>headgate doctor</code> says &lt;why&gt;; a ` alone stays.",
    );
  });

  it("leave out what is not known", () => {
    expect(
      toMarkup(
        facts([
          ["Source", "x"],
          ["Owner", undefined],
        ]),
      ),
    ).toBe('<dl class="facts"><dt>Source</dt><dd>x</dd></dl>');
  });

  it("are read out when they answer what was just done", () => {
    expect(toMarkup(answer("good", "Approved.", "A pull request follows."))).toContain('role="status"');
    expect(toMarkup(answer("urgent", "Refused."))).toContain('role="alert"');
    expect(toMarkup(notice("calm", "Old."))).not.toContain("role=");
    expect(toMarkup(empty("Nothing is held.", "Good."))).toContain("<strong>Nothing is held.</strong> Good.");
  });

  it("keep the choice that was made", () => {
    const options = [
      ["", "All"],
      ["held", "Held"],
    ] as const;
    const markup = toMarkup(select({ id: "s", label: "State", name: "state", value: "held", options }));
    expect(markup).toContain('<option value="held" selected>Held</option>');
  });
});
