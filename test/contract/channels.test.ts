import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Batch } from "../../src/deliver/channel.ts";
import { eMail } from "../../src/deliver/channels/e-mail.ts";
import { CHANNELS } from "../../src/deliver/channels.ts";
import { deliver } from "../../src/deliver/deliver.ts";
import type { Project } from "../../src/domain/project.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { aContext, aDigest, aRecipient } from "../deliver/support.ts";
import { aCandidate, aDecision, aScore, NOW } from "../support/build.ts";

const project: Project = {
  id: "suite",
  name: "suite",
  source: { kind: "github", owner: "acme", name: "suite" },
  ignorePaths: [],
};
const candidate = aCandidate();

/** For each kind, a batch with one thing in it. */
const batches: Readonly<Record<Batch["kind"], Batch>> = {
  letters: {
    kind: "letters",
    letters: [
      eMail.letters?.write({ kind: "digest", digest: aDigest() }, aRecipient(), {
        options: { from: "a@example.org", to: ["b@example.org"] },
        now: NOW,
      }),
    ].filter((letter) => letter !== undefined),
    claim: async () => true,
  },
  proposals: {
    kind: "proposals",
    project,
    proposals: [
      {
        proposal: { project: "suite", candidate, decision: aDecision(), changes: [], byHand: [] },
        card: { upstream: candidate.component.upstream, score: aScore(), checks: [] },
        earlier: [],
      },
    ],
    open: [],
  },
};

/** Options that each channel accepts, with a secret in them. */
const options: Readonly<Record<string, object>> = {
  "e-mail": { url: "smtp://user:hunter2@127.0.0.1:1", from: "a@example.org", to: ["b@example.org"] },
  "pull-request": { labels: ["dependencies"] },
  webhook: { hooks: [{ name: "ops", url: "http://127.0.0.1:1/hunter2", secret: "hunter2" }] },
};

describe("the channels", () => {
  it("have ids of their own", () => {
    const ids = CHANNELS.map((channel) => channel.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });
});

describe.each(CHANNELS.map((channel) => [channel.id, channel] as const))("the channel %s", (id, channel) => {
  const other: Batch["kind"] = channel.accepts === "letters" ? "proposals" : "letters";

  it("is named in whole words and has a title", () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(channel.title).not.toBe("");
  });

  it("has options that accept what the documentation shows and refuse what they do not know", () => {
    expect(channel.options.safeParse(options[id]).success).toBe(true);
    expect(channel.options.safeParse({ ...options[id], unknown: 1 }).success).toBe(false);
  });

  it("has options that can be written as a JSON schema", () => {
    expect(z.toJSONSchema(channel.options, { io: "input" })).toMatchObject({ type: "object" });
  });

  it("returns a value when it cannot reach anybody, and no secret in it", async () => {
    const context = aContext({ options: options[id] });
    const results = await deliver(batches[channel.accepts], id, context);
    expect(results).toHaveLength(1);
    for (const result of results) {
      if (!isFailure(result)) expect(result.state).toMatch(/^(failed|refused)$/);
      expect(isFailure(result) ? result.message : JSON.stringify(result)).not.toContain("hunter2");
    }
    expect(JSON.stringify(context.recorded)).not.toContain("hunter2");
  });

  it("gives every delivery the same key each time", async () => {
    const keys = async () =>
      (await deliver(batches[channel.accepts], id, aContext({ options: options[id] }))).map(
        (one) => isFailure(one) || one.key,
      );
    expect(await keys()).toEqual(await keys());
  });

  it("does nothing with a batch of another kind", async () => {
    expect(await deliver(batches[other], id, aContext({ options: options[id] }))).toMatchObject([
      { code: "misconfigured" },
    ]);
    expect(await channel.deliver(batches[other], aContext({ options: options[id] }))).toEqual([]);
  });

  it("refuses options that are not valid, naming them without their values", async () => {
    const [failure] = await deliver(
      batches[channel.accepts],
      id,
      aContext({ options: { ...options[id], hunter2: "hunter2" } }),
    );
    expect(failure).toMatchObject({ code: "misconfigured" });
  });
});

describe("a channel that does not exist", () => {
  it("is a failure that names those that do", async () => {
    const [failure] = await deliver(batches.letters, "carrier-pigeon", aContext());
    expect(failure).toMatchObject({
      code: "misconfigured",
      message: `there is no channel "carrier-pigeon"; the channels are ${CHANNELS.map(({ id }) => id).join(", ")}`,
    });
  });
});
