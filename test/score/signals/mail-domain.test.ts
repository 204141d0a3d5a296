import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { mailDomain } from "../../../src/score/signals/mail-domain.ts";
import { aRepository } from "../../support/score.ts";
import { finding } from "../../support/signals.ts";

const asked: string[] = [];
const of = (...emails: string[]) => ({
  facts: aRepository({ authors: emails.map((email) => ({ person: email, robot: false, email })) }),
  takesMail: async (domain: string) => {
    asked.push(domain);
    return domain === "broken.example" ? new Failure("unavailable", "no answer from DNS") : domain !== "dead.example";
  },
});

it.each([
  [["a@tool.example", "b@TOOL.example"], "good", "The domains of committers take mail: tool.example."],
  [["a@tool.example", "b@dead.example"], "bad", "No mail reaches dead.example, from where people commit."],
  [["a@broken.example"], "unknown", "no answer from DNS"],
  [["1+a@users.noreply.github.com", "b@gmail.com"], "unknown", expect.stringContaining("a domain of their own")],
])("%j: %s", async (emails, outcome, reason) => {
  expect(await finding(mailDomain, "pkg:github/example/tool", of(...emails))).toMatchObject({ outcome, reason });
});

it("shared mail services and robots are never looked up", () => {
  expect([...new Set(asked)].sort()).toEqual(["broken.example", "dead.example", "tool.example"]);
});
