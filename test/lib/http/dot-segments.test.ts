import fc from "fast-check";
import { expect, it } from "vitest";
import { leadsElsewhere } from "../../../src/lib/http/dot-segments.ts";

it.each([
  "https://example.org/a/../b",
  "https://example.org/..",
  "https://example.org/a/.",
  "https://example.org/a/%2E%2e/b",
  "https://example.org/a/.%2e?x=1",
  "https://example.org/a\\..\\b",
  "https://example.org/a/.\t./b",
])("%s is asked for somewhere else", (url) => {
  expect(leadsElsewhere(url)).toBe(true);
});

it.each([
  "https://example.org",
  "https://example.org/",
  "https://example.org/a..b/...//.x/v1..2",
  "https://example.org/a?next=/../b",
  "https://example.org/@scope%2fname",
])("%s is what it says", (url) => {
  expect(leadsElsewhere(url)).toBe(false);
});

it("of whatever is no such path, nothing is resolved away", () => {
  const part = fc.oneof(fc.constantFrom(".", "..", "%2e", "a", "", "%2F", "\\", "\t"), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const url = `https://example.org/${parts.join("/")}`;
      if (leadsElsewhere(url)) return;
      const [written = ""] = url.slice("https://example.org".length).split(/[?#]/);
      expect(new URL(url).pathname.split("/").length).toBe(written.trimEnd().split("/").length);
    }),
  );
});
