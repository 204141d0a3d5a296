import { expect, it } from "vitest";
import { quietChangeItem } from "../../../../src/deliver/render/digest/quiet-change.ts";
import { renderDigest, renderDigestMarkdown } from "../../../../src/deliver/render/digest.ts";
import type { QuietChange } from "../../../../src/domain/digest.ts";
import { NOW } from "../../../support/build.ts";
import { aDigest } from "../../support.ts";

const rebuilt: QuietChange = {
  project: "example",
  upstream: "pkg:docker/library/nginx",
  class: "rebuild",
  subject: "1.27-alpine",
  summary: "library/nginx 1.27-alpine, which is pinned here, was pushed again.",
  at: NOW,
  times: 3,
  places: [{ path: "web/Dockerfile", line: 1 }],
};

it("says what changed, how often, and where it is pinned", () => {
  const { title, facts } = quietChangeItem(rebuilt);
  expect(title).toBe("Pushed again: nginx 1.27-alpine");
  expect(facts.map(({ mark, text }) => `${mark}: ${text}`)).toEqual([
    `what: ${rebuilt.summary}`,
    "how often: 3 times since the last digest",
    "in: web/Dockerfile:1",
  ]);
});

it("does not count what happened once", () => {
  expect(quietChangeItem({ ...rebuilt, times: 1 }).facts.map(({ mark }) => mark)).toEqual(["what", "in"]);
});

it("stands in a section of its own in every form, below what asks for somebody", () => {
  const digest = aDigest({
    changed: [rebuilt, { ...rebuilt, class: "benign-retag", upstream: "pkg:github/example/tool", subject: "v1" }],
    unchecked: [{ subject: "pkg:github/gone/tool", reason: "GitHub answered 502." }],
  });
  const { text, html } = renderDigest(digest);
  expect(text).toMatch(/COULD NOT BE CHECKED \(1\)[\s\S]*CHANGED WITHOUT ALARM \(2\)[\s\S]*Tag moved, same files/);
  expect(html).toContain("Changed without alarm (2)");
  expect(renderDigestMarkdown(digest)).toContain("## Changed without alarm (2)");
});
