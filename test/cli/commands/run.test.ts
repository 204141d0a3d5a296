import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanReport } from "../../../src/flow/plan/plan-report.ts";
import { configFor, type StandIns, startStandIns } from "../../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, releaseDay } from "../../demo/world.ts";
import { headgate, startDaemon } from "../../support/command.ts";
import { copyMigrated, limited } from "../../support/database.ts";
import { type Service, startPostgres, startRedis } from "../../support/services.ts";
import { findRepository, type PullRequest } from "../../upstreams/github/world.ts";

/** The deployments: everything in one process; a PostgreSQL server; jobs through Redis. */
const DEPLOYMENTS = limited() ? (["embedded"] as const) : (["embedded", "PostgreSQL", "Redis"] as const);

/** No waits: what upstream released is proposed at once. */
const IMPATIENT = 'policy: { settle: "0", waits: { default: "0", github: "0", githubactions: "0", docker: "0" } }\n';

/** A watched repository, its upstreams, and a deployment with an empty store. */
type Scene = {
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  readonly folder: string;
  readonly config: string;
  readonly env: Record<string, string>;
  readonly close: () => Promise<void>;
};

async function setScene(deployment: (typeof DEPLOYMENTS)[number]): Promise<Scene> {
  const world = demoWorld(() => new Date().toISOString());
  releaseDay(world, new Date().toISOString());
  const standIns = await startStandIns(world);
  const folder = mkdtempSync(join(tmpdir(), "headgate-run-"));
  const config = join(folder, "headgate.yaml");
  writeFileSync(config, configFor(standIns, join(folder, "data"), undefined, IMPATIENT));
  await copyMigrated(join(folder, "data"));
  const service: Service | undefined =
    deployment === "embedded" ? undefined : deployment === "Redis" ? await startRedis() : await startPostgres();
  const address = service === undefined ? {} : { [deployment === "Redis" ? "REDIS_URL" : "DATABASE_URL"]: service.url };
  return {
    world,
    standIns,
    folder,
    config,
    env: { GITHUB_TOKEN: world.token, ...address },
    close: async () => {
      await standIns.close();
      await service?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.each(DEPLOYMENTS)("headgate run --once on %s", (deployment) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(deployment);
  });
  afterAll(() => scene.close());

  const once = () => headgate(["run", "--once", "--config", scene.config], { env: scene.env });
  const lastMail = async () => PostalMime.parse(scene.standIns.smtp.messages.at(-1)?.raw ?? "");

  it("opens one pull request with all nine places of a tool, and sends one digest", async () => {
    const { code, out, err } = await once();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/Sent\s+to 1 recipient\./);
    const pilot = pullsOf(scene).filter((pull) => pull.title.includes("harbourlights/pilot"));
    expect(pilot).toHaveLength(1);
    const services = ["api", "capture", "files", "index", "parser", "proxy", "report", "scheduler", "web"];
    expect(await changedFiles(scene, pilot[0])).toEqual(services.map((name) => `Dockerfiles/${name}.Dockerfile`));
    expect(pilot[0]?.body).toContain("a zombie was left behind");
    expect(scene.standIns.smtp.messages).toHaveLength(1);
    expect((await lastMail()).text).toContain("harbourlights/pilot 1.4.0 → 1.5.0");
  });

  it("never proposes the yanked version", () => {
    expect(
      pullsOf(scene)
        .map((pull) => pull.title)
        .join(),
    ).not.toContain("quayside");
  });

  it("sends nothing new when it runs again", async () => {
    const before = pullsOf(scene).map(stateOf);
    const written = writesOf(scene);
    const { code, out } = await once();
    expect(code).toBe(0);
    expect(out).toContain("No digest: nothing is new since the last one.");
    expect(pullsOf(scene).map(stateOf)).toEqual(before);
    expect(writesOf(scene)).toBe(written);
    expect(scene.standIns.smtp.messages).toHaveLength(1);
  });

  it("closes and loses nothing while upstreams are down, and the digest says what could not be checked", async () => {
    const before = pullsOf(scene).map(stateOf);
    const down = [scene.standIns.github, scene.standIns.pypi, scene.standIns.hub];
    for (const one of down) one.fail(() => true, { status: 503, body: "<html>down</html>" });
    const { code, out } = await once();
    for (const one of down) one.heal();
    expect(code).toBe(1);
    expect(out).toContain("did not answer");
    expect(pullsOf(scene).map(stateOf)).toEqual(before);
    const { text = "" } = await lastMail();
    expect(text).toContain("COULD NOT BE CHECKED");
    expect(text).toContain("harbourlights/pilot 1.4.0 → 1.5.0");
  });
});

describe.each(DEPLOYMENTS)("headgate run on %s", (deployment) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(deployment);
  });
  afterAll(() => scene.close());

  it("carries what upstream released through the queue to pull requests, answers commands meanwhile, and stops when told", async () => {
    const { config, env, folder } = scene;
    const daemon = await startDaemon(config, env);
    const proposed = () => pullsOf(scene).filter((pull) => pull.title.includes("harbourlights/pilot")).length;
    await expect.poll(proposed).toBe(1);

    const plan = await headgate(["plan", "--config", config, "--json"], { env });
    const report = JSON.parse(plan.out) as PlanReport;
    const pilot = report.candidates.find((one) => one.upstream === "pkg:github/harbourlights/pilot");
    expect(pilot).toMatchObject({ from: ["1.4.0"], to: "1.5.0", decision: { verdict: "propose" } });

    const doctor = await headgate(["doctor", "--config", config], { env });
    expect(doctor.out).toContain(`ok       queue: ${deployment === "Redis" ? "through Redis" : "through the store"}`);
    const preview = await headgate(["digest", "--preview", join(folder, "digest.html"), "--config", config], { env });
    expect(preview).toMatchObject({ code: 0, out: expect.stringContaining("Written to") });

    expect((await daemon.stop()).code).toBe(0);
    const after = await headgate(["plan", "--config", config, "--json"], { env });
    expect((JSON.parse(after.out) as PlanReport).candidates).toHaveLength(report.candidates.length);
  });
});

function pullsOf({ world }: Scene): readonly PullRequest[] {
  return findRepository(world.github, "harbourlights", "suite")?.pullRequests ?? [];
}

function stateOf({ number, state, headRefOid, title, body }: PullRequest) {
  return { number, state, headRefOid, title, body };
}

/** Requests that could have changed something: mutations, and writes of the REST API. */
function writesOf({ standIns }: Scene): number {
  return standIns.github.requests.filter((request) =>
    request.path === "/graphql"
      ? request.body.includes("mutation")
      : request.method !== "GET" && !request.path.endsWith("git-upload-pack"),
  ).length;
}

/** Paths whose blobs differ between a pull request's head and the default branch, as GitHub's API lists them. */
async function changedFiles({ standIns, world }: Scene, pull: PullRequest | undefined): Promise<string[]> {
  const list = async (ref: string) => {
    const url = `${standIns.github.url}/repos/harbourlights/suite/git/trees/${ref}?recursive=1`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${world.token}`, "user-agent": "test" } });
    const { tree } = (await response.json()) as { tree: { path: string; sha: string; type: string }[] };
    return new Map(tree.filter((entry) => entry.type === "blob").map((entry) => [entry.path, entry.sha]));
  };
  const [base, head] = [await list("main"), await list(pull?.headRefOid ?? "")];
  return [...head]
    .filter(([path, sha]) => base.get(path) !== sha)
    .map(([path]) => path)
    .sort();
}
