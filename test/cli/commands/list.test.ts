import { describe, expect, it } from "vitest";
import { CHECKS } from "../../../src/score/checks.ts";
import { headgate } from "../../support/command.ts";

describe("headgate checks", () => {
  it("lists every check with what it asks and why, from the list that the program uses", async () => {
    const { code, out } = await headgate(["checks"]);
    expect(code).toBe(0);
    for (const check of CHECKS) expect(out).toMatch(new RegExp(`^${check.id} +${check.title}`, "m"));
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
