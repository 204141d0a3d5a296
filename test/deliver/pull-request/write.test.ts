import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readMarker } from "../../../src/deliver/render/pull-request.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import { addToken, pushCommit } from "../../upstreams/github/builders.ts";
import { type Deliveries, startDeliveries } from "../deliveries.ts";

let world: Deliveries["world"];
let repository: Deliveries["repository"];
let standIn: Deliveries["standIn"];
let bump: Deliveries["bump"];
let pulls: Deliveries["pulls"];
let onlyPull: Deliveries["onlyPull"];
let branchesOfOurs: Deliveries["branchesOfOurs"];

beforeEach(async () => {
  ({ world, repository, standIn, bump, pulls, onlyPull, branchesOfOurs } = await startDeliveries());
});

afterEach(() => standIn.close());

describe("when GitHub stumbles", () => {
  const mutation = (name: string) => (request: { path: string; body: Buffer }) =>
    request.path === "/graphql" && request.body.toString().includes(`${name}(input`);
  const stale = {
    body: {
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: "STALE_DATA",
          path: ["createCommitOnBranch"],
          message: "Expected branch to point to x but it did not.  Pull and try again.",
        },
      ],
    },
  };

  it("tries a commit again when a replica does not know the branch yet", async () => {
    standIn.fail(mutation("createCommitOnBranch"), stale, 2);
    expect(await bump()).toMatchObject({ result: { state: "sent" } });
  });

  it("gives up after three, leaves no branch behind, and says when to try again", async () => {
    standIn.fail(mutation("createCommitOnBranch"), stale);
    const { result, recorded } = await bump();
    expect(result).toMatchObject({
      state: "failed",
      retryAt: expect.any(String),
      error: expect.stringContaining("Pull and try again"),
    });
    expect(recorded.map((delivery) => delivery.state)).toEqual(["started", "failed"]);
    expect(branchesOfOurs()).toEqual([]);
  });

  it("finishes what a crash left: a branch with our commit and no pull request", async () => {
    standIn.fail(mutation("createPullRequest"), { status: 502 });
    const { recorded } = await bump();
    standIn.heal();
    expect(pulls()).toEqual([]);
    const { result, writes } = await bump({ earlier: recorded });
    expect(result).toMatchObject({ state: "sent" });
    expect(writes.filter(({ path }) => !path.includes("/statuses/"))).toHaveLength(1);
    expect(readMarker(onlyPull().body)?.candidate).toBe("candidate-110");
  });

  it("finishes what a crash left: a branch at an old base", async () => {
    const base = repository.refs.get("refs/heads/main") ?? "";
    await bump();
    const name = branchesOfOurs()[0] ?? "";
    pulls().pop();
    repository.refs.set(name, base);
    pushCommit(world, repository, { files: { "untouched.txt": "new" } });
    expect(await bump()).toMatchObject({ result: { state: "sent" } });
  });

  it("never lets a shown branch point at its base", async () => {
    const first = await bump();
    standIn.fail(mutation("createCommitOnBranch"), { status: 502 });
    const { result } = await bump({ to: "1.2.0", earlier: [first.result] });
    expect(result).toMatchObject({ state: "failed" });
    expect(onlyPull()).toMatchObject({ state: "OPEN", headRefOid: (first.result as Delivery).commit });
    standIn.heal();
    expect(await bump({ to: "1.2.0", earlier: [first.result] })).toMatchObject({ result: { state: "sent" } });
    expect(branchesOfOurs()).toHaveLength(1);
  });

  it("refuses where a permission is missing, in GitHub's words and with what to give", async () => {
    const token = addToken(world, { permissions: { contents: "read", metadata: "read" } });
    const { result } = await bump({ credential: { kind: "token", token } });
    expect(result).toMatchObject({
      state: "refused",
      error: expect.stringMatching(
        /not accessible by personal access token\): give it contents and pull requests.*--patch$/,
      ),
    });
    expect("retryAt" in result).toBe(false);
  });
});
