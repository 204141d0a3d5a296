import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setCandidateState } from "../../../src/db/decisions/candidates.ts";
import { type BuiltChange, buildChange } from "../../../src/flow/deliver/apply-candidate.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { pushCommit } from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { entryAt } from "../../upstreams/github/git-trees.ts";
import { findRepository, type Repository, resolveCommit } from "../../upstreams/github/world.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function build(to: string, force = false): Promise<BuiltChange> {
  const change = await buildChange(suite.flow, { candidate: suite.candidateTo(to).id, force });
  if (isFailure(change)) throw change;
  return change;
}

function watched(): Repository {
  const repository = findRepository(suite.world.github, "harbourlights", "suite");
  if (repository === undefined) throw new Error("the watched repository is gone");
  return repository;
}

function textOnBranch(branch: string, path: string): string | undefined {
  const { objects } = watched();
  const commit = getObject(objects, resolveCommit(watched(), `refs/heads/${branch}`), "commit");
  const entry = entryAt(objects, commit?.tree ?? "", path);
  return getObject(objects, entry?.sha, "blob")?.bytes.toString("utf8");
}

describe("the change of a candidate", () => {
  it("is the one that its pull request has, file by file", async () => {
    const change = await build("1.5.0");
    const [project] = suite.flow.projects;
    if (project === undefined) throw new Error("nothing is watched");
    await deliverProject(suite.flow, project);
    const pull = watched().pullRequests.find((one) => one.title.includes("pilot"));
    expect(change.files).toHaveLength(9);
    for (const file of change.files) {
      expect(file.before).toBe(blobId(file.was));
      expect(file.was).not.toBe(file.text);
      expect(textOnBranch(pull?.headRefName ?? "", file.path), file.path).toBe(file.text);
    }
  });

  it("is not built of what waits, unless forced", async () => {
    await expect(build("0.2.31")).rejects.toThrow(/is waiting\. .* decided again by `headgate plan` after .*--force/);
    expect((await build("0.2.31", true)).files.map((file) => file.path)).not.toEqual([]);
  });

  it("is not built of what is over", async () => {
    const { id } = suite.candidateTo("2.32.5");
    await setCandidateState(suite.flow.db, id, "superseded", suite.days.now);
    await expect(build("2.32.5")).rejects.toThrow(/is superseded: it is not what comes next/);
  });

  it("is refused where the files are no longer what was planned from", async () => {
    const change = await build("3.1.6");
    const path = change.files[0]?.path ?? "";
    pushCommit(suite.world.github, watched(), { files: { [path]: `# a line more\n${change.files[0]?.was}` } });
    await expect(build("3.1.6")).rejects.toThrow(/cannot be made: .*`headgate plan` plans it again/);
    await suite.plan();
    expect((await build("3.1.6")).files[0]?.text).toMatch(/^# a line more\n/);
  });
});
