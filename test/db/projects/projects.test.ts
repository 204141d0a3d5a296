import { describe, expect, it } from "vitest";
import { replacePins, watchedUpstreams } from "../../../src/db/projects/pins.ts";
import {
  claimDueProjects,
  ensureProjects,
  projectState,
  projectStates,
  recordProjectFailure,
  renewProject,
  retireProjectsExcept,
  returnProject,
  setProjectsDue,
} from "../../../src/db/projects/projects.ts";
import { DAY, HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { aPin, aProject, NOW } from "../../support/build.ts";
import { STORES } from "../../support/database.ts";
import { useStore } from "../../support/store.ts";

const LATER = plus(NOW, HOUR);

describe.each(STORES)("projects, on the %s store", (kind) => {
  const store = useStore(kind, (db) => ensureProjects(db, [aProject()], NOW));

  const claimed = async (now = NOW) => (await claimDueProjects(store.db, now, 10, MINUTE)).map(({ id }) => id);
  const pinOne = (project = "example") =>
    replacePins(store.db, project, { commit: "c0ffee", pins: [aPin()], problems: [] }, NOW);

  it("are due at once when they are new, and keep what is known of them when they are named again", async () => {
    await setProjectsDue(store.db, ["example"], LATER);
    await ensureProjects(store.db, [{ ...aProject(), branch: "next" }, aProject("other")], NOW);
    const known = (await projectStates(store.db)).map(({ id, branch, dueAt }) => [id, branch, dueAt]);
    expect(known).toEqual([
      ["example", "next", LATER],
      ["other", undefined, NOW],
    ]);
    expect(await claimed()).toEqual(["other"]);
  });

  it("belong to one process at a time, which alone can renew or give back its lease", async () => {
    const [mine] = await claimDueProjects(store.db, NOW, 10, MINUTE);
    if (mine === undefined) throw new Error("nothing was due");
    expect(await claimed()).toEqual([]);
    const renewed = await renewProject(store.db, mine, plus(NOW, 2 * MINUTE));
    expect(renewed).toEqual({ id: "example", lease: plus(NOW, 2 * MINUTE) });
    expect(await renewProject(store.db, mine, LATER)).toBeUndefined();
    await returnProject(store.db, mine, { dueAt: LATER, takenAt: NOW });
    expect(await projectState(store.db, "example")).toMatchObject({ dueAt: NOW, leasedUntil: plus(NOW, 2 * MINUTE) });
    if (renewed !== undefined) await returnProject(store.db, renewed, { dueAt: LATER, takenAt: NOW });
    expect(await projectState(store.db, "example")).toMatchObject({ dueAt: LATER });
    expect(await projectState(store.db, "example")).not.toHaveProperty("leasedUntil");
  });

  it("that somebody wishes for while they are read are read once more, and not at the same time", async () => {
    const [mine] = await claimDueProjects(store.db, NOW, 10, MINUTE);
    if (mine === undefined) throw new Error("nothing was due");
    const wish = plus(NOW, 1_000);
    await setProjectsDue(store.db, ["example"], wish);
    expect(await claimed(plus(NOW, 2_000))).toEqual([]);
    await returnProject(store.db, mine, { dueAt: LATER, takenAt: NOW });
    expect(await claimed(plus(NOW, 2_000))).toEqual(["example"]);
  });

  it("are not lost to a clock that was wrong for a while", async () => {
    const wrong = plus(NOW, 400 * DAY);
    const [taken] = await claimDueProjects(store.db, wrong, 10, MINUTE);
    expect(await claimed()).toEqual(["example"]); // the lease lies too far in the future to be one
    if (taken !== undefined) await setProjectsDue(store.db, ["example"], plus(wrong, HOUR));
    expect(await claimed(plus(NOW, 2 * MINUTE))).toEqual(["example"]);
  });

  it("remember how often they failed and since when, until they are read again", async () => {
    await recordProjectFailure(store.db, "example", new Failure("timeout", "no answer", { retryAt: LATER }), NOW);
    await recordProjectFailure(store.db, "example", new Failure("unavailable", "still none"), LATER);
    const failure = { code: "unavailable", message: "still none", at: LATER, since: NOW, count: 2 };
    expect(await projectState(store.db, "example")).toMatchObject({ failure });
    await pinOne();
    expect(await projectState(store.db, "example")).toMatchObject({ commit: "c0ffee", discoveredAt: NOW });
    expect(await projectState(store.db, "example")).not.toHaveProperty("failure");
  });

  it("are not read any more when the configuration names them no longer, and watch nothing", async () => {
    await ensureProjects(store.db, [aProject("other")], NOW);
    await pinOne("other");
    await retireProjectsExcept(store.db, ["example"]);
    expect((await projectStates(store.db)).map(({ id }) => id)).toEqual(["example"]);
    expect(await watchedUpstreams(store.db)).toEqual([]);
    await ensureProjects(store.db, [aProject("other")], LATER);
    expect(await projectState(store.db, "other")).toMatchObject({ dueAt: LATER });
  });
});
