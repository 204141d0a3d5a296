import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import type { RepositoryName } from "../../../src/lib/forge/branch.ts";
import { createGitHubForge } from "../../../src/lib/github/forge.ts";
import { NO_BLOBS } from "../../support/blob-cache.ts";
import { type StartedGitHub, startClientOf } from "../../support/start-github.ts";
import {
  addInstallation,
  addLabel,
  addRepository,
  githubWorld,
  openPullRequestOf,
} from "../../upstreams/github/builders.ts";
import { ALL_PERMISSIONS } from "../../upstreams/github/defaults.ts";
import { findRepository } from "../../upstreams/github/world.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

async function start(now: () => Instant = () => NOW) {
  const world = githubWorld({ clock: now });
  for (const name of ["acme/a", "acme/b"]) {
    const repository = addRepository(world, name, { visibility: "PRIVATE", files: { "x.txt": "1\n" } });
    addLabel(world, repository, "dependencies");
  }
  started = await startClientOf(world, { credential: { kind: "app", appId: "1", privateKey } });
  return { ...started, world };
}

/** Everything that a delivery does in a repository. */
async function deliver({ github, world }: Awaited<ReturnType<typeof start>>, repository: RepositoryName) {
  const forge = createGitHubForge(github, NO_BLOBS);
  const fine = <Value>(value: Value): Exclude<Value, Error> => {
    if (isFailure(value)) throw value;
    return value as Exclude<Value, Error>;
  };
  const question = { base: undefined, head: "headgate/x", labels: ["dependencies"], pullRequestId: undefined };
  const state = fine(await forge.readWriteState(repository, question));
  const change = { path: "x.txt", mode: "100644", before: "1\n", text: "2\n" };
  const oid = fine(
    await forge.commit({
      ...{ repository, repositoryId: state.repositoryId, base: state.base, branch: "headgate/x" },
      ...{ existing: undefined, shown: false, changes: [change], message: { headline: "Update x", body: "" } },
    }),
  );
  const input = { base: "main", head: "headgate/x", title: "Update x", body: "", draft: false };
  const pull = fine(await forge.open(repository, { repositoryId: state.repositoryId, ...input }));
  const wanted = { labelIds: state.labelIds, reviewers: ["maintainer"], teamReviewers: [], assignees: ["maintainer"] };
  expect(await forge.decorate(repository, pull, wanted)).toEqual([]);
  fine(await forge.setStatus(repository, oid, { state: "success", description: "proposed" }));
  fine(await forge.comment(repository, pull.id, "hello"));
  fine(await forge.update(repository, { id: pull.id, title: "Update x again", body: "" }));
  openPullRequestOf(world, findRepository(world, repository.owner, repository.name) as never, "ada", {
    ...{ branch: "other", title: "Other", files: { "y.txt": "1\n" } },
  });
  fine(await forge.listOpen(repository));
  fine(await forge.readLives(repository, [pull.id]));
  fine(await forge.mayWrite(repository, "maintainer"));
  fine(await forge.close(repository, pull.id));
  fine(await forge.deleteBranch(repository, "headgate/x", oid));
}

describe("the tokens of a GitHub App", () => {
  it("that deliver to one repository are valid for no other, and each for one kind of deed alone", async () => {
    const github = await start();
    addInstallation(github.world);
    const used = async (repository: RepositoryName) => {
      const before = github.standIn.requests.length;
      await deliver(github, repository);
      const asked = github.standIn.requests.slice(before).map(({ method, path, headers, body }) => ({
        deed: path === "/graphql" ? (/(\w+)\(input/.exec(body.toString())?.[1] ?? "query") : `${method} ${path}`,
        credential: github.world.tokens.get((headers.authorization ?? "").replace(/^bearer /i, "")),
      }));
      return asked.filter(({ deed }) => !/\/installation$|\/access_tokens$/.test(deed));
    };
    const [inA, inB] = [await used({ owner: "acme", name: "a" }), await used({ owner: "acme", name: "b" })];
    expect(inA.length).toBeGreaterThan(14);
    expect(new Set(inA.flatMap(({ credential }) => credential?.repositories))).toEqual(new Set(["acme/a"]));
    expect(new Set(inB.flatMap(({ credential }) => credential?.repositories))).toEqual(new Set(["acme/b"]));
    const writes = Object.fromEntries(
      inA.map(({ deed, credential }) => [
        deed.replace(/\/statuses\/.*/, "/statuses"),
        Object.entries(credential?.permissions ?? {}).flatMap(([name, level]) => (level === "write" ? [name] : [])),
      ]),
    );
    expect(writes).toMatchObject({
      query: [],
      "GET /repos/acme/a/collaborators/maintainer/permission": [],
      "POST /repos/acme/a/git/commits": ["contents", "workflows"],
      "POST /repos/acme/a/statuses": ["statuses"],
      "POST /repos/acme/a/pulls/1/requested_reviewers": ["pull_requests"],
      "POST /repos/acme/a/issues/1/assignees": ["pull_requests", "issues"],
      createPullRequest: ["pull_requests"],
      addComment: ["pull_requests"],
      deleteRef: ["contents", "workflows"],
    });
  });

  it("for polls of upstreams read, and write nowhere", async () => {
    const { github, world } = await start();
    addInstallation(world);
    await github.graphql('{ repository(owner:"acme",name:"a") { id } }', {});
    const given = [...world.tokens.values()].filter(({ kind }) => kind === "app");
    expect(given).toHaveLength(1);
    expect(Object.values(given[0]?.permissions ?? {})).not.toContain("write");
  });

  it("hold what the installation was granted of what is needed, and no more is asked for", async () => {
    const { github, world } = await start();
    addInstallation(world, { permissions: { metadata: "read", contents: "write" } });
    expect(await github.rest("POST", "/repos/acme/a/git/blobs", { content: "x", encoding: "utf-8" })).toMatchObject({
      status: 201,
    });
    expect(await github.rest("POST", "/repos/acme/a/statuses/abc", {})).toMatchObject({ code: "forbidden" });
    expect([...world.tokens.values()].flatMap(({ permissions }) => Object.keys(permissions))).not.toContain("statuses");
  });

  it("follow what somebody grants or takes back meanwhile", async () => {
    const { github, world, standIn } = await start();
    const installation = addInstallation(world, { permissions: { metadata: "read", contents: "read" } });
    const write = () => github.rest("POST", "/repos/acme/a/git/blobs", { content: "x", encoding: "utf-8" });
    expect(await write()).toMatchObject({ code: "forbidden" });
    installation.permissions = { ...ALL_PERMISSIONS };
    expect(await write()).toMatchObject({ status: 201 });
    installation.permissions = { metadata: "read", contents: "write" };
    world.tokens.clear();
    expect(await write()).toMatchObject({ status: 201 });
    installation.repositories = ["acme/b"];
    world.tokens.clear();
    expect(await write()).toMatchObject({ code: "forbidden", message: expect.stringContaining("not installed") });
    expect(standIn.requests.length).toBeLessThan(30);
  });

  it("are asked for once however many requests want them, and again before they end", async () => {
    let now: Instant = NOW;
    const { github, world, standIn } = await start(() => now);
    addInstallation(world);
    const read = () =>
      Promise.all(
        Array.from({ length: 8 }, () => github.rest("GET", "/repos/acme/a")).concat(
          github.rest("GET", "/repos/acme/b"),
        ),
      );
    const asked = () => standIn.requests.filter(({ path }) => path.endsWith("/access_tokens")).length;
    expect(new Set((await read()).map((one) => isFailure(one)))).toEqual(new Set([false]));
    expect(asked()).toBe(2);
    now = plus(NOW, 50 * MINUTE);
    await read();
    expect(asked()).toBe(2);
    now = plus(NOW, 56 * MINUTE);
    expect(new Set((await read()).map((one) => isFailure(one)))).toEqual(new Set([false]));
    expect(asked()).toBe(4);
  });

  it("of a host that does not say what it granted are bounded to the repository alone", async () => {
    const { github, world, standIn } = await start();
    const { id } = addInstallation(world);
    standIn.fail(({ path }) => path.endsWith("/installation"), { body: { id } }, 1);
    expect(await github.rest("GET", "/repos/acme/a")).toMatchObject({ status: 200 });
    expect([...world.tokens.values()].at(-1)).toMatchObject({ repositories: ["acme/a"], permissions: ALL_PERMISSIONS });
  });
});
