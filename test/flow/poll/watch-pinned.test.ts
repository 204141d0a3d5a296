import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventsSince } from "../../../src/db/deliveries/events.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { unjudgedLooks } from "../../../src/db/releases/unjudged.ts";
import { takeUpstreams } from "../../../src/db/upstreams/due-upstreams.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { Hold } from "../../../src/flow/context.ts";
import { DUTIES } from "../../../src/flow/duties.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { DOCKERFILE, PILOT, type Pinned, startPinned, WHEEL } from "../../support/pinned.ts";
import { addAsset, addTag, moveTag, pushCommit } from "../../upstreams/github/builders.ts";
import { pushImage } from "../../upstreams/oci/world.ts";
import { sha256Of, yankFromPypi } from "../../upstreams/pypi.ts";

let pinned: Pinned;
beforeAll(async () => {
  pinned = await startPinned();
});
beforeEach(() => pinned.begin());
afterAll(() => pinned?.close());

describe("what is pinned already", () => {
  it("raises nothing while it stays what it is", async () => {
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
    expect(await pinned.happened()).toEqual([]);
  });

  it("is not gone because newer tags push it off the first page", async () => {
    for (let index = 0; index < 60; index++)
      addTag(pinned.pilot(), `v2.0.${index}`, { at: plus(pinned.suite.days.now, index * 1000) });
    await pinned.look();
    await pinned.look();
    await pinned.look();
    const states = (await releasesOf(pinned.suite.flow.db, PILOT)).map((release) => release.state);
    expect(new Set(states)).toEqual(new Set(["released"]));
  });
});

describe("a pinned tag", () => {
  it("that is made anew over the same files is told, is no alarm, and does not start the clock again", async () => {
    const tree = pinned.pilot().objects.get(pinned.commitOf("v1.4.0"));
    if (tree?.type !== "commit") throw new Error("no commit");
    const before = (await releasesOf(pinned.suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    const same = addTag(pinned.pilot(), "same-files", { at: pinned.suite.days.now });
    expect(same).not.toBe(pinned.commitOf("v1.4.0"));
    moveTag(pinned.pilot(), "v1.4.0", same);
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
    expect(await pinned.happened()).toMatchObject([
      { kind: "integrity", data: { class: "benign-retag", subject: "v1.4.0" } },
    ]);
    const after = (await releasesOf(pinned.suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    expect(after).toMatchObject({ commit: same, tree: before?.tree, contentFirstSeenAt: before?.contentFirstSeenAt });
  });

  it("that is moved to other files is one alert with its places, until what was there is back", async () => {
    const home = pinned.commitOf("v1.4.0");
    moveTag(pinned.pilot(), "v1.4.0", pinned.elsewhere("not what it was"));
    await pinned.look();
    await pinned.look();
    const alerts = await pinned.standing();
    expect(alerts).toMatchObject([
      {
        project: "example",
        upstream: PILOT,
        class: "tag-moved",
        subject: "v1.4.0",
        state: "open",
        severity: "critical",
        places: [{ path: "Dockerfile", line: 4 }],
      },
    ]);
    expect(alerts[0]?.evidence).toContainEqual(expect.objectContaining({ kind: "commit", expected: home }));
    const { text } = await previewDigest(pinned.suite.flow);
    expect(text.replace(/\s+/g, " ")).toContain(
      "v1.4.0, which is pinned here, points at another commit than before with other files.",
    );
    moveTag(pinned.pilot(), "v1.4.0", home);
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
    expect((await pinned.happened()).map(({ kind }) => kind)).toEqual(["alert", "alert-resolved"]);
  });

  it("that is moved while its process ends, after it stored that, is told by the next one all the same", async () => {
    const { suite } = pinned;
    const home = pinned.commitOf("v1.4.0");
    moveTag(pinned.pilot(), "v1.4.0", pinned.elsewhere("seen by a process that ended"));
    suite.days.now = plus(suite.days.now, HOUR);
    const word = plus(suite.days.now, MINUTE);
    await takeUpstreams(suite.flow.db, [PILOT], { until: word, now: suite.days.now, leaseMs: MINUTE });
    const ended = async () => {
      throw new Error("ended");
    };
    const hold: Hold = { use: (work) => work(word), confirm: ended };
    const watched = await watchedUpstreams(suite.flow.db, [PILOT]);
    await expect(pollUpstreams({ ...suite.flow, hold }, watched)).rejects.toThrow("ended");
    expect(await pinned.standing()).toEqual([]);
    suite.days.now = plus(suite.days.now, 10 * MINUTE);
    await DUTIES.letters(suite.flow, async () => true, suite.days.now);
    expect(await pinned.standing()).toMatchObject([{ class: "tag-moved", subject: "v1.4.0" }]);
    expect((await unjudgedLooks(suite.flow.db)).size).toBe(0);
    moveTag(pinned.pilot(), "v1.4.0", home);
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });

  it("keeps what was there first as what is expected, however often it is moved", async () => {
    const home = pinned.commitOf("v1.4.0");
    moveTag(pinned.pilot(), "v1.4.0", pinned.elsewhere("one"));
    await pinned.look();
    moveTag(pinned.pilot(), "v1.4.0", pinned.elsewhere("two"));
    await pinned.look();
    const [alert] = await pinned.standing(PILOT);
    expect(alert?.evidence.find(({ kind }) => kind === "commit")).toMatchObject({
      expected: home,
      observed: pinned.commitOf("v1.4.0"),
    });
    moveTag(pinned.pilot(), "v1.4.0", home);
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });

  it("is one alert about the repository when three tags move at once, and that ends when they are back", async () => {
    const tags = ["v1.2.0", "v1.3.0", "v1.4.0", "v1.4.1"];
    const homes = tags.map(pinned.commitOf);
    for (const tag of tags) moveTag(pinned.pilot(), tag, pinned.elsewhere(`bad ${tag}`));
    await pinned.look();
    expect(await pinned.standing()).toMatchObject([
      { upstream: PILOT, class: "mass-move", subject: "", severity: "critical" },
    ]);
    expect((await pinned.standing())[0]?.summary).toContain("moved 4 tags at once");
    for (const [index, tag] of tags.entries()) moveTag(pinned.pilot(), tag, homes[index] ?? "");
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });
});

describe("a file of a pinned release", () => {
  const release = () => {
    const found = pinned.pilot().releases.find(({ tag }) => tag === "v1.4.0");
    if (found === undefined) throw new Error("the release is gone");
    return found;
  };
  it("is known by digest, size, uploader and time", async () => {
    await pinned.lookHoursLater();
    const stored = (await releasesOf(pinned.suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    expect(stored?.assets).toMatchObject([
      { name: "pilot-linux-amd64", digest: expect.stringMatching(/^sha256:/), uploader: "maintainer", size: 35 },
    ]);
  });

  it("that is replaced is an alert, which names both digests and uploaders", async () => {
    const { digest } = addAsset(pinned.suite.world.github, release(), {
      name: "pilot-linux-amd64",
      content: "not what it was",
      uploader: "mallory",
      updatedAt: pinned.suite.days.now,
    });
    await pinned.lookHoursLater();
    const [alert, ...others] = await pinned.standing();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ class: "asset-replaced", subject: "v1.4.0", severity: "critical" });
    expect(alert?.evidence).toMatchObject([
      { kind: "asset:pilot-linux-amd64", observed: digest },
      { kind: "uploader of pilot-linux-amd64", expected: "maintainer", observed: "mallory" },
      { kind: "upload of pilot-linux-amd64" },
    ]);
    addAsset(pinned.suite.world.github, release(), "pilot-linux-amd64");
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toEqual([]);
  });

  it("that is gone while its release stays is an alert, until it is back; one that nobody takes is noted", async () => {
    addAsset(pinned.suite.world.github, release(), "notes.txt");
    await pinned.lookHoursLater();
    const { assets } = release();
    Object.assign(release(), { assets: assets.filter(({ name }) => name !== "notes.txt") });
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toEqual([]);
    const noted = await eventsSince(
      pinned.suite.flow.db,
      { from: plus(pinned.suite.days.now, -HOUR) },
      { kinds: ["integrity"] },
    );
    expect(noted.map(({ data }) => data)).toMatchObject([{ class: "files-removed", subject: "v1.4.0" }]);
    addAsset(pinned.suite.world.github, release(), "checksums.txt");
    Object.assign(release(), { assets: release().assets.filter(({ name }) => name !== "pilot-linux-amd64") });
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toMatchObject([{ class: "asset-removed", subject: "v1.4.0", severity: "high" }]);
    Object.assign(release(), { assets });
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toEqual([]);
  });

  it("is not asked for at every poll", async () => {
    pinned.suite.standIns.github.requests.length = 0;
    await pinned.look();
    const asked = pinned.suite.standIns.github.requests.filter(({ body }) => String(body).includes("releaseAssets"));
    expect(asked).toEqual([]);
  });
});

describe("a file of a Python package that its index no longer has", () => {
  const files = (name: string, version: string) => {
    const release = pinned.suite.world.pypi.projects[name]?.versions[version];
    if (release === undefined) throw new Error(`${name} ${version} is gone`);
    return release;
  };

  it("is an alert where places name its checksum, until it is back as it was", async () => {
    const release = files("lantern", "2.1");
    const all = release.files;
    release.files = all.filter(({ filename }) => filename !== WHEEL);
    await pinned.lookHoursLater();
    const [alert, ...others] = await pinned.standing();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      class: "asset-removed",
      upstream: "pkg:pypi/lantern",
      subject: "2.1",
      severity: "medium",
      places: [{ path: "requirements-locked.txt", line: 1 }],
      evidence: [{ kind: `asset:${WHEEL}`, observed: "gone", expected: `sha256:${sha256Of(WHEEL)}` }],
    });
    expect(alert?.next).toContain("by their checksums");
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toHaveLength(1);
    release.files = all.map((file) => (file.filename === WHEEL ? { ...file, sha256: "0".repeat(64) } : file));
    await pinned.lookHoursLater();
    expect((await pinned.standing()).map((one) => one.class).sort()).toEqual(["asset-removed", "asset-replaced"]);
    release.files = all;
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toEqual([]);
  });

  it("is told, and is no alarm, where no place names a checksum", async () => {
    const release = files("buoy", "1.0");
    const all = release.files;
    release.files = all.slice(0, 1);
    await pinned.lookHoursLater();
    expect(await pinned.standing()).toEqual([]);
    const noted = (await pinned.happened()).filter(({ kind }) => kind === "integrity");
    expect(noted).toMatchObject([{ upstream: "pkg:pypi/buoy", data: { class: "files-removed", subject: "1.0" } }]);
    release.files = all;
    await pinned.lookHoursLater();
  });
});

describe("an alert whose pin moves away", () => {
  it("is over when the files were read again", async () => {
    moveTag(pinned.pilot(), "v1.4.0", pinned.elsewhere("three"));
    await pinned.look();
    expect(await pinned.standing(PILOT)).toHaveLength(1);
    writeFileSync(join(pinned.folder, "Dockerfile"), DOCKERFILE.replace("1.4.0", "1.3.0"));
    pinned.suite.days.now = plus(pinned.suite.days.now, HOUR);
    await pinned.suite.plan();
    expect(await pinned.standing(PILOT)).toEqual([]);
    const ended = (await pinned.happened()).find(({ kind }) => kind === "alert-resolved");
    expect(ended?.data).toMatchObject({ by: "headgate", reason: "No place of the project takes it any more." });
    writeFileSync(join(pinned.folder, "Dockerfile"), DOCKERFILE);
    await pinned.suite.plan();
  });
});

describe("a branch and a floating tag", () => {
  it("move as they please", async () => {
    pushCommit(pinned.suite.world.github, pinned.repository("harbourlights/tide"), { message: "more" });
    pushImage(pinned.suite.world.other, "search/engine", "latest", { content: "search, newer" });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
    expect(await pinned.happened()).toEqual([]);
  });
});

describe("a Python package", () => {
  it("that is yanked is an alert with the reason, until it is taken back", async () => {
    yankFromPypi(pinned.suite.world.pypi, "pyyaml", "6.0.2", "breaks the loader");
    await pinned.look();
    expect(await pinned.standing()).toMatchObject([
      { class: "yanked", subject: "6.0.2", summary: expect.stringContaining("breaks the loader") },
    ]);
    Object.assign(pinned.suite.world.pypi.projects.pyyaml?.versions["6.0.2"] ?? {}, { yanked: false });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });

  it("whose file is replaced is an alert", async () => {
    const release = pinned.suite.world.pypi.projects.pyyaml?.versions["6.0.2"];
    const files = release?.files ?? [];
    Object.assign(release ?? {}, { files: files.map((file) => ({ ...file, sha256: "f".repeat(64) })) });
    await pinned.look();
    expect(await pinned.standing()).toMatchObject([
      { class: "asset-replaced", subject: "6.0.2", severity: "critical" },
    ]);
    Object.assign(release ?? {}, { files });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });

  it("that is quarantined is an alert, loses no version, and is no alert when it is back", async () => {
    const project = pinned.suite.world.pypi.projects.jinja2;
    Object.assign(project ?? {}, { status: "quarantined" });
    await pinned.look();
    await pinned.look();
    await pinned.look();
    expect(await pinned.standing()).toMatchObject([{ class: "quarantined", subject: "", severity: "critical" }]);
    const states = (await releasesOf(pinned.suite.flow.db, "pkg:pypi/jinja2")).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["released"]));
    Object.assign(project ?? {}, { status: "active" });
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });
});
