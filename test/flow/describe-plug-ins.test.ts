import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { signalsPage } from "../../src/flow/describe-plug-ins.ts";
import { SIGNALS } from "../../src/score/signals.ts";

it("docs/signals.md is what `npm run docs` writes", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/signals.md"), "utf8")).toBe(signalsPage());
});

it("every signal has its place on the page", () => {
  for (const { id, number, title } of SIGNALS) {
    expect(signalsPage()).toContain(`### ${number} ${title}\n`);
    expect(signalsPage()).toContain(`Id \`${id}\``);
  }
});
