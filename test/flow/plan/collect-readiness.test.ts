import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { releaseOnMain } from "../../demo/world.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { addAsset } from "../../upstreams/github/builders.ts";
import { findRepository } from "../../upstreams/github/world.ts";
import { pushImage } from "../../upstreams/oci/world.ts";

const folder = mkdtempSync(join(tmpdir(), "headgate-ready-"));
let suite: Suite;
beforeAll(async () => {
  writeFileSync(
    join(folder, "Dockerfile"),
    `FROM registry.example/search/engine:2.1.0
ARG PILOT_VERSION=1.5.0
RUN curl -fsSLo /pilot https://github.com/harbourlights/pilot/releases/download/v\${PILOT_VERSION}/pilot-linux-amd64
`,
  );
  const noWait = 'rules: [{ match: { upstream: "pkg:github/harbourlights/*" }, wait: 0s }]\n';
  suite = await startSuite(`{ path: "${folder}", name: example }`, noWait);
  pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
  await planAfter(HOUR);
});
afterAll(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true });
});

async function planAfter(pause: number) {
  suite.days.now = plus(suite.days.now, pause);
  return suite.plan();
}

function pilot() {
  const repository = findRepository(suite.world.github, "harbourlights", "pilot");
  if (repository === undefined) throw new Error("the pilot is gone");
  return repository;
}

const notReady = (to: string) =>
  suite
    .candidateTo(to)
    .decision.reasons.filter(({ rule }) => rule === "not-ready")
    .map(({ level, summary }) => `${level}: ${summary}`);

describe("a release without the file that is downloaded", () => {
  it("waits, and says which file and when it was asked for", async () => {
    releaseOnMain(suite.world.github, pilot(), { tag: "v1.6.0", publishedAt: suite.days.now, assets: ["notes.txt"] });
    await planAfter(HOUR);
    await planAfter(30 * DAY);
    const asked = suite.days.now.slice(0, 16).replace("T", " ");
    expect(notReady("1.6.0")).toEqual([
      `wait: Not ready: the file pilot-linux-amd64 (1 other is there) is not there yet (asked on ${asked} UTC).`,
    ]);
    expect(suite.candidateTo("1.6.0").decision.verdict).toBe("wait");
  });

  it("is ready once the file is there, and has stood still for the settle window", async () => {
    const release = pilot().releases.find(({ tag }) => tag === "v1.6.0");
    if (release === undefined) throw new Error("the release is gone");
    suite.days.now = plus(suite.days.now, HOUR);
    addAsset(suite.world.github, release, { name: "pilot-linux-amd64", updatedAt: suite.days.now });
    await planAfter(HOUR / 2);
    expect(notReady("1.6.0")).toEqual([]);
    expect(suite.candidateTo("1.6.0").decision.reasons.map(({ rule }) => rule)).toContain("settling");
    await planAfter(HOUR);
    expect(suite.candidateTo("1.6.0").decision.reasons.map(({ rule }) => rule)).not.toContain("settling");
  });
});

describe("an image without a platform that today's has", () => {
  it("waits for it", async () => {
    pushImage(suite.world.other, "search/engine", "2.2.0", { content: "engine 2.2.0", architectures: ["amd64"] });
    await planAfter(HOUR);
    await planAfter(DAY);
    expect(notReady("2.2.0")).toEqual([expect.stringContaining("the platform linux/arm64 is not there yet")]);
    pushImage(suite.world.other, "search/engine", "2.2.0", { content: "engine 2.2.0" });
    await planAfter(DAY);
    expect(notReady("2.2.0")).toEqual([]);
  });
});
