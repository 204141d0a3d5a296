import { describe, expect, it } from "vitest";
import { tellHistory } from "../../../src/flow/show/tell-history.ts";
import { NOW } from "../../support/build.ts";

const tell = (kind: string, data?: unknown) => tellHistory([{ id: 1, at: NOW, kind, data: data as never }])[0];

describe("history in words", () => {
  it.each([
    [
      "decided",
      { verdict: "wait", until: NOW, to: "1.1", reasons: ["Too young."] },
      "Waits until 2026-11-20: 1.1",
      "Too young.",
    ],
    ["decided-by-hand", { action: "approve", by: "maintainer", reason: "Tried." }, "Approved", "Tried."],
    ["vouched", { points: 0.8, by: "maintainer", reason: "We met." }, "Vouched for, 8 of 10", "We met."],
    [
      "candidate-moved",
      { before: "seen", after: "proposed", when: "its pull request is open" },
      "From seen to proposed",
      "its pull request is open",
    ],
    ["alert", { summary: "The tag moved." }, "Alert", "The tag moved."],
  ])("%s", (kind, data, what, detail) => {
    expect(tell(kind, data)).toMatchObject({ what, detail });
  });

  it.each([null, undefined, "text", 7, { verdict: 3 }, { verdict: "constructor" }, { action: "__proto__" }])(
    "survives what another version wrote: %j",
    (data) => {
      for (const kind of ["decided", "decided-by-hand", "delivered", "vouched", "__proto__", "candidate-moved"])
        expect(tell(kind, data)?.what).toMatch(/\w/);
    },
  );
});
