import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../../src/lib/fetcher.ts";
import { refreshTrustRoots } from "../../../../src/lib/verify/sigstore/refresh-trust-roots.ts";
import { loadTrustRoots, type TrustRepository } from "../../../../src/lib/verify/sigstore/trust-roots.ts";
import { aFetcher } from "../../../support/fetcher.ts";
import { aFolder } from "../../../support/folder.ts";
import { aSigstore } from "../../../support/sigstore.ts";
import { startTrustRepository, type TrustRepositoryStandIn } from "../../../upstreams/trust-repository.ts";

let server: TrustRepositoryStandIn;
let fetcher: Fetcher;
let directory: string;
let repository: TrustRepository;
let trustedRoot: string;

beforeEach(async () => {
  trustedRoot = JSON.stringify((await aSigstore()).trustedRoot);
  server = await startTrustRepository({ "trusted_root.json": trustedRoot });
  fetcher = aFetcher([server]);
  directory = aFolder();
  repository = { name: "github", targets: ["trusted_root.json"] };
  await mkdir(join(directory, "github"), { recursive: true });
  await writeFile(join(directory, "github", "root.json"), server.root);
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

const refresh = (one = repository, to = directory) => refreshTrustRoots(to, fetcher, { [one.name]: server.url }, [one]);
const fetched = () => readFile(join(directory, "github", "targets", "trusted_root.json"), "utf8");

describe("refreshing the trust roots", () => {
  it("brings what the repository signed, through our fetcher", async () => {
    expect(await refresh()).toEqual([{ name: "github" }]);
    expect(await fetched()).toBe(trustedRoot);
    expect(server.requests.map(({ path }) => path)).toContain("/timestamp.json");
  });

  it("follows a new root that the old one signed", async () => {
    server.rotate();
    server.publish({ "trusted_root.json": `${trustedRoot}\n` });
    expect(await refresh()).toEqual([{ name: "github" }]);
    expect(await fetched()).toBe(`${trustedRoot}\n`);
  });

  it.each([
    ["signed by a stranger", { by: "stranger" } as const],
    ["expired", { expires: "2020-01-01T00:00:00Z" }],
    ["older than what was seen (a rollback)", { version: 1 }],
  ])("keeps what was there when the new is %s", async (_case, options) => {
    server.publish({ "trusted_root.json": trustedRoot });
    await refresh();
    server.publish({ "trusted_root.json": "{}" }, options);
    expect(await refresh()).toMatchObject([{ name: "github", failure: { code: "unreadable" } }]);
    expect(await fetched()).toBe(trustedRoot);
  });

  it("says when the repository does not answer", async () => {
    server.fail(() => true, { status: 503 });
    expect(await refresh()).toMatchObject([{ name: "github", failure: {} }]);
  });

  it("needs a root to start from", async () => {
    const unknown = { ...repository, name: "unknown" };
    expect(await refresh(unknown)).toMatchObject([{ name: "unknown", failure: { code: "not-checked" } }]);
    expect(server.requests).toEqual([]);
  });
});

describe("the trust roots", () => {
  it("ship with the product: Sigstore's public instance and npm's keys", () => {
    const { roots, npmKeys, origins } = loadTrustRoots();
    expect(roots.map(({ name }) => name)).toEqual(["sigstore"]);
    expect(npmKeys.length).toBeGreaterThan(1);
    expect(origins).toMatchObject([
      { name: "sigstore", source: "shipped", expires: expect.stringMatching(/^20\d\d-/) },
      { name: "github", source: "missing" },
    ]);
  });

  it("are those that were refreshed, where there are any", async () => {
    await refresh();
    const { roots, origins } = loadTrustRoots(directory);
    expect(roots.map(({ name }) => name)).toEqual(["sigstore", "github"]);
    expect(origins[1]).toMatchObject({ source: "refreshed", at: expect.stringMatching(/^20\d\d-/) });
  });

  it("are the shipped ones when refreshed files are damaged", async () => {
    await refresh();
    await writeFile(join(directory, "github", "targets", "trusted_root.json"), "{");
    expect(loadTrustRoots(directory).roots.map(({ name }) => name)).toEqual(["sigstore"]);
  });

  it("start GitHub's updates from the root that ships", async () => {
    const empty = aFolder();
    const [result] = await refresh(repository, empty);
    expect(result?.failure?.code).not.toBe("not-checked");
    expect(JSON.parse(await readFile(join(empty, "github", "root.json"), "utf8")).signed._type).toBe("root");
  });
});
