import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, join, safeUrl, toMarkup, trusted } from "../../src/views/html.ts";

describe("markup", () => {
  it("escapes what stands in its holes", () => {
    expect(toMarkup(html`<p title="${`"'`}">${"<b>&"}</p>`)).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it("takes other markup as it is, lists in order, and prints nothing for nothing", () => {
    expect(toMarkup(html`${[html`<i>${1}</i>`, "<"]}${undefined}${false}`)).toBe("<i>1</i>&lt;");
  });

  it("strips invisible characters", () => {
    expect(toMarkup(html`${"a\u202Eb\u0000c"}`)).toBe("abc");
  });

  it("joins pieces", () => {
    expect(toMarkup(join([html`a`, html`b`], trusted("<br>")))).toBe("a<br>b");
  });

  it("never lets text begin a tag or end an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(toMarkup(html`${text}`)).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe("an address that may be linked to", () => {
  it.each([
    ["https://example.org/a?b=c", "https://example.org/a?b=c"],
    ["http://example.org", "http://example.org/"],
    ["javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["https://bank.example@evil.example/", undefined],
    ["/relative", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%s becomes %s", (url, expected) => {
    expect(safeUrl(url)).toBe(expected);
  });
});
