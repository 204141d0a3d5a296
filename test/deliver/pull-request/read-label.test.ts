import { describe, expect, it } from "vitest";
import { readLabel } from "../../../src/deliver/pull-request/read-label.ts";

describe("a label on a pull request", () => {
  it.each([
    ["headgate:hold", true, {}, "hold"],
    ["Headgate:Skip", true, {}, "skip"],
    ["headgate:approve", true, undefined, "approve"],
    ["headgate:hold", false, {}, "reopen"],
    ["gate/hold", true, { "decision-labels": "gate/" }, "hold"],
  ] as const)("%s (put on: %s) asks for it", (name, added, options, action) => {
    expect(readLabel({ name, added }, options)).toMatchObject({ action, reason: expect.stringContaining(name) });
  });

  it.each([
    ["dependencies", true, {}],
    ["headgate:", true, {}],
    ["headgate:holding", true, {}],
    ["headgate:reopen", false, {}],
    ["headgate:hold", true, { "decision-labels": "gate/" }],
  ] as const)("%s (put on: %s) asks for nothing", (name, added, options) => {
    expect(readLabel({ name, added }, options)).toBeUndefined();
  });
});
