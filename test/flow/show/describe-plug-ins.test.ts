import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checksPage, signalsPage } from "../../../src/flow/show/describe-plug-ins.ts";
import { CHECKS } from "../../../src/score/checks.ts";
import { SIGNALS } from "../../../src/score/signals.ts";

it("docs/signals.md is what `npm run docs` writes", () => {
  expect(readFileSync(join(import.meta.dirname, "../../../docs/signals.md"), "utf8")).toBe(signalsPage());
});

it("every signal has its place on the page", () => {
  for (const { id, number, title } of SIGNALS) {
    expect(signalsPage()).toContain(`### ${number} ${title}\n`);
    expect(signalsPage()).toContain(`Id \`${id}\``);
  }
});

it("docs/checks.md is what `npm run docs` writes, with every check on it", () => {
  expect(readFileSync(join(import.meta.dirname, "../../../docs/checks.md"), "utf8")).toBe(checksPage());
  for (const { id, rule, title } of CHECKS) {
    expect(checksPage()).toContain(`## ${rule} ${title}\n`);
    expect(checksPage()).toContain(`Id \`${id}\``);
  }
});
