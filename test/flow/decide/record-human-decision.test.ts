import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { humanDecisionsFor } from "../../../src/db/decisions/human-decisions.ts";
import { eventsSince } from "../../../src/db/deliveries/events.ts";
import { projectState } from "../../../src/db/projects/projects.ts";
import { plus } from "../../../src/domain/instant.ts";
import { COMMANDS } from "../../../src/flow/commands.ts";
import {
  type DecidedCandidate,
  decideByHand,
  type SaidOfCandidate,
} from "../../../src/flow/decide/record-human-decision.ts";
import type { RecordedVouch } from "../../../src/flow/trust/record-vouch.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { aCandidate, NOW } from "../../support/build.ts";
import { upsertCandidate } from "../../support/stored.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  // What waits and what is held by policy, so that every word of a person has something to change.
  suite = await startSuite(
    undefined,
    'rules: [{ match: { upstream: "pkg:pypi/requests" }, hold: true, reason: "the API changes" }]\n',
  );
});
afterAll(() => suite.close());

async function say(given: Partial<SaidOfCandidate> & { to?: string }): Promise<DecidedCandidate> {
  suite.days.now = new Date(Date.parse(suite.days.now) + 1000).toISOString();
  const { to = "2.32.5", ...rest } = given;
  const said = {
    candidate: suite.candidateTo(to).id,
    action: "approve",
    reason: "read the diff",
    by: "maintainer",
    ...rest,
  };
  const made = await decideByHand(suite.flow, said as SaidOfCandidate);
  if (isFailure(made)) throw made;
  return made;
}

describe("what a person decides about a candidate", () => {
  it("lifts a hold, and only for this version", async () => {
    expect(suite.candidateTo("2.32.5").decision.verdict).toBe("hold");
    const made = await say({ action: "approve" });
    expect(made).toMatchObject({
      upstream: "pkg:pypi/requests",
      version: "2.32.5",
      said: { range: "=2.32.5", by: "maintainer", reason: "read the diff" },
      decision: { verdict: "propose", by: { person: "maintainer" } },
    });
    const said = await humanDecisionsFor(suite.flow.db, made.project, "pkg:pypi/requests");
    expect(said.map(({ action, range }) => [action, range])).toEqual([["approve", "=2.32.5"]]);
  });

  it("decides the candidates of its own upstream again, and no other", async () => {
    const stored = await candidatesOf(suite.flow.db, suite.flow.projects[0]?.id ?? "");
    const made = await say({ action: "hold" });
    const now = new Map((await candidatesOf(suite.flow.db, made.project)).map((one) => [one.id, one]));
    const others = stored.filter(({ upstream }) => upstream !== made.upstream);
    expect(others.length).toBeGreaterThan(2);
    expect(others.map(({ id }) => now.get(id))).toEqual(others);
    expect(now.get(made.id)?.updatedAt).toBe(suite.days.now);
    await say({ action: "reopen" });
  });

  it("makes the project due, so that a daemon carries it out soon", async () => {
    const { project, said } = await say({ action: "approve" });
    expect((await projectState(suite.flow.db, project))?.dueAt).toBe(said.at);
  });

  it("has whoever looks at the project meanwhile, and may not have heard of it, look once more", async () => {
    const clock = () => {
      suite.days.now = plus(suite.days.now, 1);
      return suite.days.now;
    };
    await say({ action: "reopen" }); // so that the approval changes something: else the candidate is not written
    const { id } = suite.candidateTo("2.32.5");
    const given = { candidate: id, action: "approve", reason: "read the diff", by: "maintainer" } as const;
    const made = await decideByHand({ ...suite.flow, clock }, given);
    if (isFailure(made)) throw made;
    const planned = (await candidatesOf(suite.flow.db, made.project)).find((one) => one.id === id)?.updatedAt ?? "";
    expect(planned > made.said.at).toBe(true);
    expect((await projectState(suite.flow.db, made.project))?.dueAt).toSatisfy((due: string) => due > planned);
  });

  it("shows in the next plan, and is taken back by reopening", async () => {
    expect((await suite.plan()).candidates.find((one) => one.to === "2.32.5")?.decision.verdict).toBe("propose");
    expect((await say({ action: "reopen", reason: "too early" })).decision?.verdict).toBe("hold");
    expect((await suite.plan()).candidates.find((one) => one.to === "2.32.5")?.decision.verdict).toBe("hold");
  });

  it.each([
    ["hold", "hold", "Held by maintainer"],
    ["skip", "skip", "Skipped by maintainer"],
    ["reopen", "propose", ""],
  ] as const)("%s of what is proposed comes to %s", async (action, verdict, reason) => {
    const made = await say({ action, to: "3.1.6", reason: "not now" });
    expect(made.decision?.verdict).toBe(verdict);
    expect(made.decision?.reasons[0]?.summary).toContain(reason);
  });

  it("ends by itself", async () => {
    const made = await say({ action: "hold", to: "1.5.0", until: "2099-12-01" });
    expect(made.decision).toMatchObject({ verdict: "hold", until: "2099-12-01T00:00:00.000Z" });
    await say({ action: "reopen", to: "1.5.0" });
  });

  it("approval shortens no wait", async () => {
    expect((await say({ action: "approve", to: "0.2.31" })).decision?.verdict).toBe("wait");
  });

  it("is an event with its author and reason", async () => {
    await say({ action: "reopen", to: "0.2.31", reason: "on second thoughts" });
    const events = await eventsSince(suite.flow.db, { after: 0 }, { kinds: ["decided-by-hand"] });
    expect(events.at(-1)).toMatchObject({
      upstream: "pkg:github/harbourlights/tide",
      candidate: suite.candidateTo("0.2.31").id,
      data: { action: "reopen", range: "=0.2.31", by: "maintainer", reason: "on second thoughts" },
    });
  });

  it("finds a candidate by the beginning of its id, where only one begins so", async () => {
    const { id } = suite.candidateTo("3.1.6");
    expect((await say({ candidate: id.slice(0, 6).toUpperCase(), action: "reopen" })).id).toBe(id);
    const twin = aCandidate({ id: `${id.slice(0, 7)}zz` });
    const card = { upstream: twin.component.upstream, score: undefined, checks: [] };
    await upsertCandidate(suite.flow.db, twin, { state: "superseded", card }, NOW);
    await expect(say({ candidate: id.slice(0, 6) })).rejects.toThrow(
      new RegExp(`could be .*${id} \\(jinja2 3\\.1\\.6\\).*${twin.id}`),
    );
    expect((await say({ candidate: id, action: "reopen" })).id).toBe(id);
  });

  it("says so when the version is not what comes next any more", async () => {
    const old = aCandidate({ id: "feedfeedfeed", component: { ...aCandidate().component, project: "suite" } });
    const card = { upstream: old.component.upstream, score: undefined, checks: [] };
    await upsertCandidate(suite.flow.db, old, { state: "superseded", card }, NOW);
    const made = await say({ candidate: old.id, action: "skip" });
    expect(made.decision).toBeUndefined();
  });

  it.each([
    [{ candidate: "0".repeat(12) }, /There is no candidate 000000000000\. `headgate plan` lists/],
    [{ candidate: "399" }, /too short: give at least 6/],
    [{ candidate: "https://github.com/a/b/pull/1" }, /is not the id of a candidate/],
    [{ candidate: "%%%%%%%" }, /is not the id of a candidate/],
    [{ reason: "  " }, /Say why: --reason/],
    [{ reason: "x".repeat(501) }, /501 characters, 500 are the limit/],
    [{ reason: "two\nlines" }, /Write plain text in one line/],
    [{ reason: "\u001b[31mred" }, /control character/],
    [{ reason: "left \u202eto right" }, /invisible mark/],
    [{ by: "" }, /Say who: --by/],
    [{ until: "tomorrow" }, /is not a date\. Write a day such as 2026-12-01/],
    [{ until: "2099-02-31" }, /is not a date/],
    [{ until: "2020-01-01" }, /is over\. Give a date after/],
  ])("refuses %j, and records nothing", async (given, message) => {
    const before = await eventsSince(suite.flow.db, { after: 0 });
    await expect(say(given)).rejects.toThrow(message);
    expect(await eventsSince(suite.flow.db, { after: 0 })).toHaveLength(before.length);
  });
});

describe("a vouch", () => {
  const vouch = (given: object) =>
    COMMANDS.vouch?.(suite.flow, {
      upstream: "harbourlights/tide",
      by: "maintainer",
      reason: "we sail together",
      points: 8,
      ...given,
    });

  it("counts at once, also while older facts are fresh", async () => {
    const made = (await vouch({ until: "2099-01-01" })) as RecordedVouch;
    expect(made.vouch).toMatchObject({ upstream: "pkg:github/harbourlights/tide", points: 0.8, by: "maintainer" });
    const finding = made.score.findings.find((one) => one.signal === "vouches");
    expect(finding).toMatchObject({ outcome: "good", points: 0.8 });
    expect(finding?.reason).toContain("maintainer");
  });

  it.each([
    [{ points: 11 }, /0 \(no trust at all\) to 10/],
    [{ points: Number.NaN }, /number/],
    [{ upstream: "nobody/nothing" }, /No watched project takes anything from "nobody\/nothing"/],
    [{ upstream: "requests@2.32.5" }, /leave the version out/],
    [{ reason: "" }, /Say why/],
  ])("refuses %j", async (given, message) => {
    expect(String(await vouch(given))).toMatch(message);
  });
});
