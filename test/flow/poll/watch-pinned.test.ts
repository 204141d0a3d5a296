import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { standingAlerts } from "../../../src/db/alerts.ts";
import { eventsSince } from "../../../src/db/events.ts";
import { watchedUpstreams } from "../../../src/db/pins.ts";
import { releasesOf } from "../../../src/db/releases.ts";
import { upstreamState } from "../../../src/db/upstreams.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { settleByHand } from "../../../src/flow/alerts/settle-by-hand.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { lookAtPinned } from "../../../src/flow/poll/look-at-pinned.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import {
  addAsset,
  addRelease,
  addRepository,
  addTag,
  moveTag,
  pushCommit,
  renameRepository,
} from "../../upstreams/github/builders.ts";
import { findRepository, type Repository, resolveCommit } from "../../upstreams/github/world.ts";
import { pushImage } from "../../upstreams/oci.ts";
import { publishToPypi, sha256Of, yankFromPypi } from "../../upstreams/pypi.ts";

const PILOT = "pkg:github/harbourlights/pilot";
const ENGINE = "pkg:docker/search/engine?repository_url=registry.example";
const DOCKERFILE = `FROM registry.example/search/engine:2.1.0
FROM registry.example/search/engine:latest
FROM redis:7.4-alpine
ENV PILOT_VERSION=1.4.0
RUN curl -fsSL https://github.com/harbourlights/pilot/releases/download/v\${PILOT_VERSION}/pilot-linux-amd64 -o /pilot
RUN git clone --branch main https://github.com/harbourlights/tide
`;

const [WHEEL, ARCHIVE] = ["lantern-2.1-py3-none-any.whl", "lantern-2.1.tar.gz"];
const LOCKED = `lantern==2.1 --hash=sha256:${sha256Of(WHEEL)} --hash=sha256:${sha256Of(ARCHIVE)}\nbuoy==1.0\n`;

const folder = mkdtempSync(join(tmpdir(), "headgate-pinned-"));
let suite: Suite;
beforeAll(async () => {
  writeFileSync(join(folder, "Dockerfile"), DOCKERFILE);
  writeFileSync(join(folder, "requirements.txt"), "pyyaml==6.0.2\njinja2==3.1.4\n");
  suite = await startSuite(`{ path: "${folder}", name: example }`);
  pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
  publishToPypi(suite.world.pypi, "lantern", "2.1", "2026-01-05T00:00:00Z");
  publishToPypi(suite.world.pypi, "buoy", "1.0", "2026-01-05T00:00:00Z");
  writeFileSync(join(folder, "requirements-locked.txt"), LOCKED);
  await suite.plan();
  await look();
});
afterAll(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true });
});

async function look(): Promise<void> {
  suite.days.now = plus(suite.days.now, HOUR);
  const watched = await watchedUpstreams(suite.flow.db);
  await pollUpstreams(suite.flow, watched);
  await lookAtPinned(suite.flow, watched);
}

async function lookHoursLater(): Promise<void> {
  suite.days.now = plus(suite.days.now, 6 * HOUR);
  await look();
}

async function standing(upstream?: string) {
  const about = (await standingAlerts(suite.flow.db)).filter(({ class: kind }) => kind !== "advisory"); // jinja2's is overdue
  return about.filter((alert) => upstream === undefined || alert.upstream === upstream);
}

let seenSince: string;
beforeEach(() => {
  seenSince = plus(suite.days.now, 1);
});

/** What happened since the test began. */
async function happened() {
  return eventsSince(suite.flow.db, { from: seenSince }, { kinds: ["alert", "alert-resolved", "integrity"] });
}

function repository(name: string): Repository {
  const [owner = "", short = ""] = name.split("/");
  const found = findRepository(suite.world.github, owner, short);
  if (found === undefined) throw new Error(`${name} is gone`);
  return found;
}

const pilot = () => repository("harbourlights/pilot");
const commitOf = (tag: string) => resolveCommit(pilot(), `refs/tags/${tag}`) ?? "";
const elsewhere = (message: string) =>
  pushCommit(suite.world.github, pilot(), { message, files: { [message]: `${message}\n` }, branch: "aside" });

describe("what is pinned already", () => {
  it("raises nothing while it stays what it is", async () => {
    await look();
    expect(await standing()).toEqual([]);
    expect(await happened()).toEqual([]);
  });

  it("is not gone because newer tags push it off the first page", async () => {
    for (let index = 0; index < 60; index++)
      addTag(pilot(), `v2.0.${index}`, { at: plus(suite.days.now, index * 1000) });
    await look();
    await look();
    await look();
    const states = (await releasesOf(suite.flow.db, PILOT)).map((release) => release.state);
    expect(new Set(states)).toEqual(new Set(["released"]));
  });
});

describe("a pinned tag", () => {
  it("that is made anew over the same files is told, is no alarm, and does not start the clock again", async () => {
    const tree = pilot().objects.get(commitOf("v1.4.0"));
    if (tree?.type !== "commit") throw new Error("no commit");
    const before = (await releasesOf(suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    const same = addTag(pilot(), "same-files", { at: suite.days.now });
    expect(same).not.toBe(commitOf("v1.4.0"));
    moveTag(pilot(), "v1.4.0", same);
    await look();
    expect(await standing()).toEqual([]);
    expect(await happened()).toMatchObject([{ kind: "integrity", data: { class: "benign-retag", subject: "v1.4.0" } }]);
    const after = (await releasesOf(suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    expect(after).toMatchObject({ commit: same, tree: before?.tree, contentFirstSeenAt: before?.contentFirstSeenAt });
  });

  it("that is moved to other files is one alert with its places, until what was there is back", async () => {
    const home = commitOf("v1.4.0");
    moveTag(pilot(), "v1.4.0", elsewhere("not what it was"));
    await look();
    await look();
    const alerts = await standing();
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
    const { text } = await previewDigest(suite.flow);
    expect(text.replace(/\s+/g, " ")).toContain(
      "v1.4.0, which is pinned here, points at another commit than before with other files.",
    );
    moveTag(pilot(), "v1.4.0", home);
    await look();
    expect(await standing()).toEqual([]);
    expect((await happened()).map(({ kind }) => kind)).toEqual(["alert", "alert-resolved"]);
  });

  it("keeps what was there first as what is expected, however often it is moved", async () => {
    const home = commitOf("v1.4.0");
    moveTag(pilot(), "v1.4.0", elsewhere("one"));
    await look();
    moveTag(pilot(), "v1.4.0", elsewhere("two"));
    await look();
    const [alert] = await standing(PILOT);
    expect(alert?.evidence.find(({ kind }) => kind === "commit")).toMatchObject({
      expected: home,
      observed: commitOf("v1.4.0"),
    });
    moveTag(pilot(), "v1.4.0", home);
    await look();
    expect(await standing()).toEqual([]);
  });

  it("is one alert about the repository when three tags move at once, and that ends when they are back", async () => {
    const tags = ["v1.2.0", "v1.3.0", "v1.4.0", "v1.4.1"];
    const homes = tags.map(commitOf);
    for (const tag of tags) moveTag(pilot(), tag, elsewhere(`bad ${tag}`));
    await look();
    expect(await standing()).toMatchObject([
      { upstream: PILOT, class: "mass-move", subject: "", severity: "critical" },
    ]);
    expect((await standing())[0]?.summary).toContain("moved 4 tags at once");
    for (const [index, tag] of tags.entries()) moveTag(pilot(), tag, homes[index] ?? "");
    await look();
    expect(await standing()).toEqual([]);
  });
});

describe("a file of a pinned release", () => {
  const release = () => {
    const found = pilot().releases.find(({ tag }) => tag === "v1.4.0");
    if (found === undefined) throw new Error("the release is gone");
    return found;
  };
  it("is known by digest, size, uploader and time", async () => {
    await lookHoursLater();
    const stored = (await releasesOf(suite.flow.db, PILOT)).find(({ tag }) => tag === "v1.4.0");
    expect(stored?.assets).toMatchObject([
      { name: "pilot-linux-amd64", digest: expect.stringMatching(/^sha256:/), uploader: "maintainer", size: 35 },
    ]);
  });

  it("that is replaced is an alert, which names both digests and uploaders", async () => {
    const { digest } = addAsset(suite.world.github, release(), {
      name: "pilot-linux-amd64",
      content: "not what it was",
      uploader: "mallory",
      updatedAt: suite.days.now,
    });
    await lookHoursLater();
    const [alert, ...others] = await standing();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ class: "asset-replaced", subject: "v1.4.0", severity: "critical" });
    expect(alert?.evidence).toMatchObject([
      { kind: "asset:pilot-linux-amd64", observed: digest },
      { kind: "uploader of pilot-linux-amd64", expected: "maintainer", observed: "mallory" },
      { kind: "upload of pilot-linux-amd64" },
    ]);
    addAsset(suite.world.github, release(), "pilot-linux-amd64");
    await lookHoursLater();
    expect(await standing()).toEqual([]);
  });

  it("that is gone while its release stays is an alert, until it is back; one that nobody takes is noted", async () => {
    addAsset(suite.world.github, release(), "notes.txt");
    await lookHoursLater();
    const { assets } = release();
    Object.assign(release(), { assets: assets.filter(({ name }) => name !== "notes.txt") });
    await lookHoursLater();
    expect(await standing()).toEqual([]);
    const noted = await eventsSince(suite.flow.db, { from: plus(suite.days.now, -HOUR) }, { kinds: ["integrity"] });
    expect(noted.map(({ data }) => data)).toMatchObject([{ class: "files-removed", subject: "v1.4.0" }]);
    addAsset(suite.world.github, release(), "checksums.txt");
    Object.assign(release(), { assets: release().assets.filter(({ name }) => name !== "pilot-linux-amd64") });
    await lookHoursLater();
    expect(await standing()).toMatchObject([{ class: "asset-removed", subject: "v1.4.0", severity: "high" }]);
    Object.assign(release(), { assets });
    await lookHoursLater();
    expect(await standing()).toEqual([]);
  });

  it("is not asked for at every poll", async () => {
    suite.standIns.github.requests.length = 0;
    await look();
    const asked = suite.standIns.github.requests.filter(({ body }) => String(body).includes("releaseAssets"));
    expect(asked).toEqual([]);
  });
});

describe("a file of a Python package that its index no longer has", () => {
  const files = (name: string, version: string) => {
    const release = suite.world.pypi.projects[name]?.versions[version];
    if (release === undefined) throw new Error(`${name} ${version} is gone`);
    return release;
  };

  it("is an alert where places name its checksum, until it is back as it was", async () => {
    const release = files("lantern", "2.1");
    const all = release.files;
    release.files = all.filter(({ filename }) => filename !== WHEEL);
    await lookHoursLater();
    const [alert, ...others] = await standing();
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
    await lookHoursLater();
    expect(await standing()).toHaveLength(1);
    release.files = all.map((file) => (file.filename === WHEEL ? { ...file, sha256: "0".repeat(64) } : file));
    await lookHoursLater();
    expect((await standing()).map((one) => one.class).sort()).toEqual(["asset-removed", "asset-replaced"]);
    release.files = all;
    await lookHoursLater();
    expect(await standing()).toEqual([]);
  });

  it("is told, and is no alarm, where no place names a checksum", async () => {
    const release = files("buoy", "1.0");
    const all = release.files;
    release.files = all.slice(0, 1);
    await lookHoursLater();
    expect(await standing()).toEqual([]);
    const noted = (await happened()).filter(({ kind }) => kind === "integrity");
    expect(noted).toMatchObject([{ upstream: "pkg:pypi/buoy", data: { class: "files-removed", subject: "1.0" } }]);
    release.files = all;
    await lookHoursLater();
  });
});

describe("an alert whose pin moves away", () => {
  it("is over when the files were read again", async () => {
    moveTag(pilot(), "v1.4.0", elsewhere("three"));
    await look();
    expect(await standing(PILOT)).toHaveLength(1);
    writeFileSync(join(folder, "Dockerfile"), DOCKERFILE.replace("1.4.0", "1.3.0"));
    suite.days.now = plus(suite.days.now, HOUR);
    await suite.plan();
    expect(await standing(PILOT)).toEqual([]);
    const ended = (await happened()).find(({ kind }) => kind === "alert-resolved");
    expect(ended?.data).toMatchObject({ by: "headgate", reason: "No place of the project takes it any more." });
    writeFileSync(join(folder, "Dockerfile"), DOCKERFILE);
    await suite.plan();
  });
});

describe("a branch and a floating tag", () => {
  it("move as they please", async () => {
    pushCommit(suite.world.github, repository("harbourlights/tide"), { message: "more" });
    pushImage(suite.world.other, "search/engine", "latest", { content: "search, newer" });
    await look();
    expect(await standing()).toEqual([]);
    expect(await happened()).toEqual([]);
  });
});

describe("an image", () => {
  const official = () =>
    addRepository(suite.world.github, "docker-library/official-images", {
      files: { "library/redis": recipe("a".repeat(40)) },
      createdAt: "2020-01-01T00:00:00.000Z",
    });

  it("of Docker's own library is a rebuild, which is said not to be explained without the library", async () => {
    pushImage(suite.world.hub, "library/redis", "7.4-alpine", { content: "redis 7.4 again", pushedAt: suite.days.now });
    await look();
    expect(await standing()).toEqual([]);
    const events = await happened();
    expect(events).toMatchObject([{ kind: "integrity", data: { class: "rebuild", subject: "7.4-alpine" } }]);
    expect(JSON.stringify(events[0]?.data)).toContain("Not explained");
  });

  it("is explained by the commit that gave its tag another recipe", async () => {
    const library = official();
    const commit = pushCommit(suite.world.github, library, {
      message: "Update redis to 7.4.9",
      files: { "library/redis": recipe("b".repeat(40)) },
      at: suite.days.now,
    });
    pushImage(suite.world.hub, "library/redis", "7.4-alpine", { content: "redis 7.4.9", pushedAt: suite.days.now });
    await look();
    const [event] = await happened();
    expect(JSON.stringify(event?.data)).toContain(`official-images@${commit.slice(0, 12)} (Update redis to 7.4.9)`);
  });

  it("of anybody else that is pushed again under a full version is an alert", async () => {
    pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0, otherwise" });
    await look();
    expect(await standing()).toMatchObject([{ class: "tag-moved", subject: "2.1.0", severity: "high" }]);
    pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
    await look();
    expect(await standing()).toEqual([]);
  });
});

describe("the platforms of a pinned image", () => {
  const manifests = () =>
    [...suite.standIns.hub.requests, ...suite.standIns.other.requests].filter(
      ({ method, path }) => method === "GET" && path.includes("/manifests/"),
    );
  const digests = async (purl: string, name: string) =>
    (await releasesOf(suite.flow.db, purl)).find(({ tag }) => tag === name)?.digests;

  it.each([
    [ENGINE, "2.1.0"],
    ["pkg:docker/library/redis", "7.4-alpine"],
  ])("of %s are known", async (purl, tag) => {
    expect(Object.keys((await digests(purl, tag)) ?? {}).sort()).toEqual(["index", "linux/amd64", "linux/arm64"]);
  });

  it("are read once per index, at no pull from Docker Hub, and never again", async () => {
    suite.standIns.hub.requests.length = 0;
    suite.standIns.other.requests.length = 0;
    await look();
    expect(manifests()).toEqual([]);
    const before = await digests(ENGINE, "2.1.0");
    pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0, for a moment" });
    await look();
    expect(manifests()).toHaveLength(1);
    expect((await digests(ENGINE, "2.1.0"))?.["linux/amd64"]).not.toBe(before?.["linux/amd64"]);
    pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
    await look();
    expect(manifests()).toHaveLength(1);
    expect(await digests(ENGINE, "2.1.0")).toEqual(before);
  });
});

describe("a Python package", () => {
  it("that is yanked is an alert with the reason, until it is taken back", async () => {
    yankFromPypi(suite.world.pypi, "pyyaml", "6.0.2", "breaks the loader");
    await look();
    expect(await standing()).toMatchObject([
      { class: "yanked", subject: "6.0.2", summary: expect.stringContaining("breaks the loader") },
    ]);
    Object.assign(suite.world.pypi.projects.pyyaml?.versions["6.0.2"] ?? {}, { yanked: false });
    await look();
    expect(await standing()).toEqual([]);
  });

  it("whose file is replaced is an alert", async () => {
    const release = suite.world.pypi.projects.pyyaml?.versions["6.0.2"];
    const files = release?.files ?? [];
    Object.assign(release ?? {}, { files: files.map((file) => ({ ...file, sha256: "f".repeat(64) })) });
    await look();
    expect(await standing()).toMatchObject([{ class: "asset-replaced", subject: "6.0.2", severity: "critical" }]);
    Object.assign(release ?? {}, { files });
    await look();
    expect(await standing()).toEqual([]);
  });

  it("that is quarantined is an alert, loses no version, and is no alert when it is back", async () => {
    const project = suite.world.pypi.projects.jinja2;
    Object.assign(project ?? {}, { status: "quarantined" });
    await look();
    await look();
    await look();
    expect(await standing()).toMatchObject([{ class: "quarantined", subject: "", severity: "critical" }]);
    const states = (await releasesOf(suite.flow.db, "pkg:pypi/jinja2")).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["released"]));
    Object.assign(project ?? {}, { status: "active" });
    await look();
    expect(await standing()).toEqual([]);
  });
});

describe("a repository", () => {
  it("that gets another name of the same owner is renamed", async () => {
    Object.assign(pilot(), { ownerId: "harbourlights" });
    renameRepository(suite.world.github, "harbourlights/pilot", "harbourlights/helmsman");
    await look();
    expect(await standing(PILOT)).toMatchObject([{ class: "renamed", severity: "medium" }]);
    renameRepository(suite.world.github, "harbourlights/helmsman", "harbourlights/pilot");
    suite.world.github.renamed.delete("harbourlights/pilot");
    await look();
    expect(await standing()).toEqual([]);
  });

  it("that another owner has now is transferred", async () => {
    Object.assign(pilot(), { ownerId: undefined });
    renameRepository(suite.world.github, "harbourlights/pilot", "somebody/pilot");
    await look();
    expect(await standing(PILOT)).toMatchObject([{ class: "transferred", severity: "high" }]);
  });

  it("that somebody makes anew under the old name is recreated, and nothing of it is stored", async () => {
    const before = (await releasesOf(suite.flow.db, PILOT)).length;
    const stranger = addRepository(suite.world.github, "harbourlights/pilot", { createdAt: suite.days.now });
    addRelease(suite.world.github, stranger, { tag: "v9.0.0" });
    await look();
    const recreated = (await standing(PILOT)).filter((alert) => alert.class === "recreated");
    expect(recreated).toMatchObject([
      { severity: "critical", evidence: expect.arrayContaining([expect.objectContaining({ kind: "id" })]) },
    ]);
    expect((await releasesOf(suite.flow.db, PILOT)).length).toBe(before);
    expect((await upstreamState(suite.flow.db, PILOT))?.failure).toMatchObject({ code: "refused" });
    const plan = await suite.plan();
    const held = plan.candidates.filter((one) => one.upstream === PILOT);
    expect(held.length).toBeGreaterThan(0);
    for (const one of held) expect(one.decision.verdict).toBe("block");
    expect(plan.alerts.map((alert) => alert.class)).toContain("recreated");
  });

  it("is taken for the upstream again when a person has resolved the alert, with who and why on record", async () => {
    suite.days.now = plus(suite.days.now, HOUR);
    const [alert] = (await standing(PILOT)).filter((one) => one.class === "recreated");
    const said = { by: "Release manager", reason: "we know the new owner", state: "resolved" } as const;
    expect(await settleByHand(suite.flow, { alert: alert?.id.slice(0, 6) ?? "", ...said })).toMatchObject({
      resolved: { by: said.by, reason: said.reason },
    });
    expect(await settleByHand(suite.flow, { alert: alert?.id ?? "", ...said })).toMatchObject({
      message: expect.stringContaining("resolved already"),
    });
    await look();
    expect((await standing(PILOT)).filter((one) => one.class === "recreated")).toEqual([]);
    expect((await upstreamState(suite.flow.db, PILOT))?.failure).toBeUndefined();
    expect((await releasesOf(suite.flow.db, PILOT)).map(({ tag }) => tag)).toContain("v9.0.0");
    const ended = (await happened()).filter(({ kind }) => kind === "alert-resolved").map(({ data }) => data);
    expect(ended).toContainEqual(expect.objectContaining({ class: "recreated", by: said.by, reason: said.reason }));
  });

  it.each([
    ["abc", "too short"],
    ["ffffffffff", "There is no alert"],
  ])("has no alert %s to settle", async (alert, message) => {
    expect(await settleByHand(suite.flow, { alert, by: "x", reason: "y", state: "resolved" })).toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});

function recipe(commit: string): string {
  return `Maintainers: Somebody <s@example.org>\nGitRepo: https://example.org/redis.git\n\nTags: 7.4.9-alpine, 7.4-alpine\nArchitectures: amd64, arm64v8\nGitCommit: ${commit}\nDirectory: 7.4/alpine\n`;
}
