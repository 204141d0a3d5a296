import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../../src/config.ts";
import { recordClone } from "../../../src/flow/replay/record-clone.ts";
import { replayIncident } from "../../../src/flow/replay/replay.ts";
import { readIncidents } from "../../../src/flow/replay/replay-file.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { aClone, aSignature } from "../../support/clone.ts";

describe("a clone as a record of releases", () => {
  it("names finished versions as candidates, and leaves out names that follow them", async () => {
    const clone = aClone();
    clone.commit();
    for (const name of ["v1.0.0", "v1.1.0-rc1", "v1", "nightly", "1.x"]) clone.bareTag(name);
    expect(await recordClone(clone.folder)).toMatchObject({
      candidate: ["v1.0.0"],
      releases: [
        { version: "1.x", state: "prerelease" },
        { version: "v1.0.0", state: "released", signature: "UNSIGNED", onBranch: true },
        { version: "v1.1.0-rc1", state: "prerelease" },
      ],
    });
  });

  it.each([
    ["git@github.com:example/tool.git", "pkg:github/example/tool"],
    ["https://github.com/Example/tool", "pkg:github/example/tool"],
    ["https://git.example.org/tool.git", expect.stringMatching(/^pkg:generic\/headgate-test-/)],
  ])("of %s is named %s", async (origin, upstream) => {
    const clone = aClone();
    clone.commit();
    clone.bareTag("1.0");
    clone.bareTag("1.0.1");
    clone.git(["remote", "add", "origin", origin]);
    expect(await recordClone(clone.folder)).toMatchObject({ upstream });
  });

  it("holds a release by a key that was never there, and one that is signed no more", async () => {
    const clone = aClone();
    for (const patch of [0, 1, 2, 3, 4, 5, 6, 7]) {
      for (const _ of [1, 2, 3]) clone.commit();
      clone.tag(`v1.0.${patch}`, patch === 6 ? aSignature("b") : patch === 7 ? "" : aSignature("a"));
    }
    const record = await recordClone(clone.folder);
    const incidents = readIncidents(JSON.stringify(record), "clone");
    if (isFailure(incidents)) throw incidents;
    const held = incidents.flatMap((one) => replayIncident(one, defaultPolicy()));
    expect(held.filter(({ outcome }) => outcome === "hold").map(({ candidate, rules }) => [candidate, rules])).toEqual([
      ["v1.0.6", ["unknown-key"]],
      ["v1.0.7", ["proof-weaker"]],
    ]);
  });

  it("without finished versions, or without any since a date, is a failure", async () => {
    const clone = aClone();
    clone.commit();
    expect(await recordClone(clone.folder)).toMatchObject({ code: "not-found" });
    clone.bareTag("1.0.0");
    expect(await recordClone(clone.folder, "2027-01-01T00:00:00.000Z")).toMatchObject({
      message: expect.stringContaining("since 2027-01-01"),
    });
  });
});
