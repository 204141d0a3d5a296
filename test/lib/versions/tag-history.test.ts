import { describe, expect, it } from "vitest";
import { readTagHistory } from "../../../src/lib/versions/tag-history.ts";
import { aClone, aSignature } from "../../support/clone.ts";
import { aFolder } from "../../support/folder.ts";

describe("the tags of a clone", () => {
  it("come with date, person, commit and signature, oldest first", async () => {
    const clone = aClone();
    const first = clone.commit();
    clone.bareTag("v1.0.0");
    const second = clone.commit();
    clone.tag("v1.1.0", aSignature("key"));
    expect(await readTagHistory(clone.folder)).toEqual([
      {
        name: "v1.0.0",
        commit: first,
        at: "2026-01-02T00:00:00.000Z",
        person: "Ann <ann@example.org>",
        onBranch: true,
      },
      {
        name: "v1.1.0",
        commit: second,
        at: "2026-01-04T00:00:00.000Z",
        person: "Ann <ann@example.org>",
        onBranch: true,
        signature: aSignature("key"),
      },
    ]);
  });

  it("are off the branches where no branch has their commit", async () => {
    const clone = aClone();
    clone.commit();
    clone.git(["checkout", "-q", "--detach"]);
    clone.commit();
    clone.bareTag("v1.0.0");
    expect(await readTagHistory(clone.folder)).toMatchObject([{ name: "v1.0.0", onBranch: false }]);
  });

  it("that have no signature of their own have their commit's", async () => {
    const clone = aClone();
    const tree = clone.git(["mktree"], "");
    const lines = aSignature("key").trim().split("\n").join("\n ");
    const head = `tree ${tree}\nauthor A <a@b> 1767225600 +0000\ncommitter A <a@b> 1767225600 +0000`;
    const id = clone.git(["hash-object", "-t", "commit", "-w", "--stdin"], `${head}\ngpgsig ${lines}\n\ntext\n`);
    clone.git(["update-ref", "refs/tags/v1.0.0", id]);
    expect(await readTagHistory(clone.folder)).toMatchObject([{ signature: aSignature("key").trim() }]);
  });

  it("that stand for a file are none", async () => {
    const clone = aClone();
    clone.git(["update-ref", "refs/tags/key", clone.git(["hash-object", "-w", "--stdin"], "a\0b")]);
    expect(await readTagHistory(clone.folder)).toEqual([]);
  });

  it("of a folder that is no repository are a failure", async () => {
    expect(await readTagHistory(aFolder())).toMatchObject({ code: "misconfigured" });
  });
});
