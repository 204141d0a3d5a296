import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenPlace } from "../../../src/deliver/channel.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import type { OpenLimit } from "../../../src/domain/policy.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { openForges } from "../../../src/lib/forge/forges.ts";
import { createGitHub } from "../../../src/lib/github/client.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { aCandidate, aComponent, aDecision, anAdvisory, aPin, aRelease, aScore } from "../../support/build.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { gitHubAlone } from "../../support/forge-material.ts";
import { addToken } from "../../upstreams/github/builders.ts";
import { nodeId } from "../../upstreams/github/handles.ts";
import { type Deliveries, line, project, startDeliveries } from "../deliveries.ts";
import { aContext } from "../support.ts";

let world: Deliveries["world"];
let repository: Deliveries["repository"];
let standIn: Deliveries["standIn"];
let pulls: Deliveries["pulls"];
let onlyPull: Deliveries["onlyPull"];

beforeEach(async () => {
  ({ world, repository, standIn, pulls, onlyPull } = await startDeliveries());
});

afterEach(() => standIn.close());

describe("the limit of open pull requests", () => {
  type Tools = {
    readonly fixing?: string;
    readonly earlier?: readonly Delivery[];
    readonly limits?: Record<string, OpenLimit[]>;
    readonly open?: readonly OpenPlace[];
  };

  /** What is open on the forge, with the limits of the tool whose name the title has. */
  const openNow = (limits: Record<string, OpenLimit[]> = {}): OpenPlace[] =>
    pulls()
      .filter(({ state }) => state === "OPEN")
      .map((pull) => ({
        id: nodeId("PR", repository, pull.number),
        limits: Object.entries(limits).flatMap(([name, said]) => (pull.title.includes(name) ? said : [])),
      }));

  /** Proposals for tools of their own, one file each; those named in `fixing` fix an advisory. */
  async function deliverTools(names: readonly string[], limit: number, given: Tools = {}) {
    const fetcher = aFetcher([standIn]);
    const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
    const credential = { kind: "token", token: addToken(world) } as const;
    const github = createGitHub({ fetcher, urls, credential });
    const forge = openForges(gitHubAlone({ urls, github })).github;
    const proposals = names.map((name, index) => {
      const path = `images/${index}/Dockerfile`;
      const pins = [aPin({ path, text: "1.0.0", upstream: `pkg:github/example/${name}` })];
      const fixes = given.fixing === name ? [anAdvisory()] : [];
      const candidate = aCandidate({
        id: `candidate-${name}`,
        component: aComponent({ project: "suite", pins }),
        to: aRelease({ version: "1.1.0" }),
        fixes,
      });
      const changes = [{ path, mode: "100644", before: blobId(line("1.0.0")), text: line("1.1.0") }];
      const earlier = (given.earlier ?? []).filter((delivery) => delivery.subject.id === candidate.id);
      return {
        proposal: { project: "suite", candidate, decision: aDecision(), changes, byHand: [] },
        card: { upstream: candidate.component.upstream, score: aScore(), checks: [] },
        earlier,
        limits: given.limits?.[name] ?? [],
      };
    });
    const results = await deliver(
      { kind: "proposals", project, proposals, open: given.open ?? openNow(given.limits) },
      "pull-request",
      aContext({ fetcher, forge, options: { "open-limit": limit } }),
    );
    await fetcher.close();
    return results.filter((one): one is Delivery => !isFailure(one));
  }

  it("lets the rest wait, and says so", async () => {
    const results = await deliverTools(["anchor", "beacon", "chart"], 2);
    expect(results.map((one) => one.state)).toEqual(["sent", "sent", "refused"]);
    expect(results[2]?.error).toMatch(/2 pull requests are open already/);
    expect(pulls()).toHaveLength(2);
  });

  it("of a rule counts what the rule matches, and leaves the others alone", async () => {
    const mine = [{ rule: 3, most: 1, counts: true }];
    const overruled = [{ rule: 3, most: 1, counts: false }];
    const limits = { anchor: overruled, beacon: mine, chart: [] };
    const results = await deliverTools(["anchor", "beacon", "chart"], 10, { limits });
    expect(results.map((one) => one.state)).toEqual(["sent", "refused", "sent"]);
    expect(results[1]?.error).toBe(
      "waits for a place: 1 of the 1 pull requests that rule 3 allows are open already (rules[].open-limit)",
    );
    const fixing = await deliverTools(["anchor", "beacon", "chart"], 10, {
      limits,
      earlier: results,
      fixing: "beacon",
    });
    expect(fixing.map((one) => one.state)).toEqual(["unchanged", "sent", "unchanged"]);
  });

  it("never holds up a fix of an advisory, nor a pull request that is open already", async () => {
    const first = await deliverTools(["anchor", "beacon", "chart"], 1, { fixing: "chart" });
    expect(first.map((one) => one.state)).toEqual(["refused", "refused", "sent"]);
    const second = await deliverTools(["anchor", "beacon", "chart"], 1, { fixing: "chart", earlier: first });
    expect(second.map((one) => one.state)).toEqual(["refused", "refused", "unchanged"]);
  });

  it("keeps the place of a pull request that could not be looked at just now", async () => {
    const first = await deliverTools(["anchor", "beacon"], 1);
    standIn.fail((request) => request.path === "/graphql", { status: 500 }, 3);
    const second = await deliverTools(["anchor", "beacon"], 1, { earlier: first });
    standIn.heal();
    expect(second.map((one) => one.state)).toEqual(["refused"]);
    expect(pulls()).toHaveLength(1);
  });

  it("counts what is open in the project, though nothing of this batch is about it", async () => {
    const first = await deliverTools(["anchor", "beacon"], 10);
    expect(first.map((one) => one.state)).toEqual(["sent", "sent"]);
    const second = await deliverTools(["chart"], 2);
    expect(second[0]?.error).toMatch(/2 pull requests are open already/);
    const limits = { beacon: [{ rule: 1, most: 1, counts: true }], chart: [{ rule: 1, most: 1, counts: true }] };
    expect((await deliverTools(["chart"], 10, { limits }))[0]?.error).toMatch(/1 of the 1 pull requests that rule 1/);
    expect(pulls()).toHaveLength(2);
  });

  it("holds up what had a pull request once that is not open any more", async () => {
    const first = await deliverTools(["anchor", "beacon"], 10);
    const [pull] = pulls();
    if (pull !== undefined) pull.state = "MERGED";
    const newer = await deliverTools(["anchor"], 1, { earlier: first });
    expect(newer[0]?.error).toMatch(/1 pull requests are open already/);
  });

  it("lets the store lose a pull request that is open: it keeps its place, and is known again", async () => {
    await deliverTools(["anchor", "beacon"], 10);
    const again = await deliverTools(["anchor", "chart"], 1, { open: [{ id: "elsewhere", limits: [] }] });
    expect(again.map((one) => one.state)).toEqual(["unchanged", "refused"]);
  });

  it("gives a place free when a person closes a pull request", async () => {
    const first = await deliverTools(["anchor", "beacon"], 1);
    onlyPull().state = "CLOSED";
    const second = await deliverTools(["anchor", "beacon"], 1, { earlier: first });
    expect(second.map((one) => one.state)).toEqual(["unchanged", "sent"]);
  });
});
