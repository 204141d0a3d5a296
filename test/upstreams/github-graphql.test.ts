import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plus } from "../../src/domain/instant.ts";
import { askGraphql } from "./github/ask.ts";
import {
  addLabel,
  addRelease,
  addRepository,
  addTag,
  addToken,
  githubWorld,
  moveTag,
  pushCommit,
  renameRepository,
} from "./github/builders.ts";
import { type Repository, resolveCommit } from "./github/world.ts";
import { startGithub } from "./github.ts";

let now: string;
let world: ReturnType<typeof githubWorld>;
let app: Repository;
let token: string;
let github: Awaited<ReturnType<typeof startGithub>>;

beforeEach(async () => {
  now = "2026-11-20T12:00:00.000Z";
  world = githubWorld({ clock: () => now });
  token = addToken(world);
  app = addRepository(world, "acme/app", { createdAt: "2024-01-01T00:00:00.000Z" });
  github = await startGithub(world);
});

afterEach(() => github.close());

/** Selects from the repository `acme/app`. */
async function read(selection: string) {
  const query = `{ repository(owner: "acme", name: "app") { ${selection} } }`;
  const { data, errors } = await askGraphql(github.url, query, { token });
  expect(errors).toBeUndefined();
  return data?.repository;
}

describe("refs", () => {
  it("are found by prefix and part of the name, newest commit first, page by page", async () => {
    for (const [index, tag] of ["v1.9.0", "v1.10.0", "v2.0.0", "nightly"].entries()) {
      addTag(app, tag, { at: plus(now, index * 1000) });
    }
    const page = (cursor: string | null) =>
      read(
        `refs(refPrefix: "refs/tags/", query: "v", first: 2, after: ${JSON.stringify(cursor)}, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
          totalCount nodes { name } pageInfo { hasNextPage endCursor } }`,
      ) as Promise<{ refs: { nodes: { name: string }[]; pageInfo: { endCursor: string } } }>;
    const first = await page(null);
    expect(first.refs).toMatchObject({
      totalCount: 3,
      nodes: [{ name: "v2.0.0" }, { name: "v1.10.0" }],
      pageInfo: { hasNextPage: true },
    });
    const second = await page(first.refs.pageInfo.endCursor);
    expect(second.refs).toMatchObject({ nodes: [{ name: "v1.9.0" }], pageInfo: { hasNextPage: false } });
  });

  it("tell what they point at, also after a tag was moved", async () => {
    const first = addTag(app, "v1.0.0");
    const second = addTag(app, "v2.0.0", { message: "Version 2", at: now });
    const selection = `lightweight: ref(qualifiedName: "refs/tags/v1.0.0") { target { __typename oid } }
      annotated: ref(qualifiedName: "refs/tags/v2.0.0") { target { __typename ... on Tag { message tagger { date } target { oid } } } }
      gone: ref(qualifiedName: "refs/tags/v3.0.0") { name }`;
    expect(await read(selection)).toEqual({
      lightweight: { target: { __typename: "Commit", oid: first } },
      annotated: {
        target: {
          __typename: "Tag",
          message: "Version 2\n",
          tagger: { date: "2026-11-20T12:00:00Z" },
          target: { oid: second },
        },
      },
      gone: null,
    });
    moveTag(app, "v1.0.0", second);
    expect(await read(selection)).toMatchObject({ lightweight: { target: { oid: second } } });
  });
});

describe("objects", () => {
  it("are found as git finds them", async () => {
    pushCommit(world, app, {
      files: { "SECURITY.md": "Write to us.\n", "bin/run": { mode: "100755", text: "#!/bin/sh\n" } },
    });
    const oid = resolveCommit(app, "main");
    expect(
      await read(`policy: object(expression: "HEAD:SECURITY.md") { __typename ... on Blob { text byteSize isBinary isTruncated } }
        folder: object(expression: "main:bin") { ... on Tree { entries { name path mode type } } }
        head: object(expression: "main") { __typename oid }
        byId: object(oid: "${oid}") { oid }
        gone: object(expression: "main:nothing") { oid }
        isSecurityPolicyEnabled`),
    ).toEqual({
      policy: { __typename: "Blob", text: "Write to us.\n", byteSize: 13, isBinary: false, isTruncated: false },
      folder: { entries: [{ name: "run", path: "bin/run", mode: 0o100755, type: "blob" }] },
      head: { __typename: "Commit", oid },
      byId: { oid },
      gone: null,
      isSecurityPolicyEnabled: true,
    });
  });

  it("of binary or long content have no or cut text", async () => {
    pushCommit(world, app, {
      files: { binary: { bytes: new Uint8Array([1, 0, 2]) }, long: "x".repeat(600_000) },
    });
    const { binary, long } = (await read(`binary: object(expression: "main:binary") { ... on Blob { text isBinary } }
      long: object(expression: "main:long") { ... on Blob { text isTruncated byteSize } }`)) as Record<
      string,
      { text: string }
    >;
    expect(binary).toEqual({ text: null, isBinary: true });
    expect(long).toMatchObject({ isTruncated: true, byteSize: 600_000 });
    expect(long?.text.length).toBe(512_000);
  });

  it("have a history, counted since a date, and signatures", async () => {
    pushCommit(world, app, { at: "2026-11-01T00:00:00.000Z", verification: { reason: "valid", signer: "maintainer" } });
    pushCommit(world, app, { at: "2026-11-10T00:00:00.000Z", verification: { reason: "unknown_key" } });
    expect(
      await read(`defaultBranchRef { target { ... on Commit {
        recent: history(since: "2026-11-05T00:00:00Z") { totalCount }
        all: history(first: 5) { totalCount nodes { signature { isValid state wasSignedByGitHub signer { login } } } } } } }`),
    ).toEqual({
      defaultBranchRef: {
        target: {
          recent: { totalCount: 1 },
          all: {
            totalCount: 3,
            nodes: [
              { signature: { isValid: false, state: "UNKNOWN_KEY", wasSignedByGitHub: false, signer: null } },
              {
                signature: { isValid: true, state: "VALID", wasSignedByGitHub: false, signer: { login: "maintainer" } },
              },
              { signature: null },
            ],
          },
        },
      },
    });
  });
});

describe("releases", () => {
  it("are read by tag, with what the published schema does not have yet", async () => {
    const old = { name: "old.tar.gz", digest: null, uploader: "somebody" };
    addRelease(world, app, { tag: "v1.0.0", immutable: true, notes: "First.", assets: [old] });
    addRelease(world, app, { tag: "v2.0.0-rc1", prerelease: true, createdAt: plus(now, 1) });
    expect(
      await read(`release(tagName: "v1.0.0") { description immutable isLatest tagCommit { oid }
          releaseAssets(first: 5) { nodes { digest uploadedBy { login } downloadUrl } } }
        latestRelease { tagName } missing: release(tagName: "v9") { tagName }`),
    ).toEqual({
      release: {
        description: "First.",
        immutable: true,
        isLatest: true,
        tagCommit: { oid: resolveCommit(app, "v1.0.0") },
        releaseAssets: {
          nodes: [
            {
              digest: null,
              uploadedBy: { login: "somebody" },
              downloadUrl: `${github.url}/acme/app/releases/download/v1.0.0/old.tar.gz`,
            },
          ],
        },
      },
      latestRelease: { tagName: "v1.0.0" },
      missing: null,
    });
  });

  it("of an older server lack digest and immutable, which introspection tells", async () => {
    await github.close();
    github = await startGithub(world, { edition: "enterprise" });
    const { data } = await askGraphql(github.url, `{ __type(name: "ReleaseAsset") { fields { name } } }`, { token });
    expect(JSON.stringify(data)).toContain('"downloadUrl"');
    expect(JSON.stringify(data)).not.toContain('"digest"');
    const query = `{ repository(owner: "acme", name: "app") { latestRelease { immutable } } }`;
    expect((await askGraphql(github.url, query, { token })).errors).toMatchObject([
      { message: "Field 'immutable' doesn't exist on type 'Release'" },
    ]);
  });
});

describe("a repository", () => {
  it("that was renamed answers to its old name with its new one, unless told not to", async () => {
    renameRepository(world, "acme/app", "acme-labs/app");
    const query = (follow: boolean) =>
      `{ repository(owner: "Acme", name: "App", followRenames: ${follow}) { nameWithOwner databaseId } }`;
    const followed = await askGraphql(github.url, query(true), { token });
    expect(followed.data).toEqual({ repository: { nameWithOwner: "acme-labs/app", databaseId: app.databaseId } });
    expect((await askGraphql(github.url, query(false), { token })).errors).toMatchObject([{ type: "NOT_FOUND" }]);
  });

  it("has defaults for everything the world says nothing about", async () => {
    expect(
      await read(`archivedAt licenseInfo { spdxId } fundingLinks { url } discussions(first: 1) { totalCount nodes { updatedAt } }
        hasDiscussionsEnabled diskUsage rulesets(first: 10) { nodes { name } } owner { __typename login }`),
    ).toEqual({
      archivedAt: null,
      licenseInfo: null,
      fundingLinks: [],
      discussions: { totalCount: 0, nodes: [] },
      hasDiscussionsEnabled: false,
      diskUsage: null,
      rulesets: { nodes: [] },
      owner: { __typename: "Organization", login: "acme" },
    });
  });
});

describe("mutations", () => {
  type Refusal = { type: string; message: string };

  /** Runs one mutation; its payload selects `clientMutationId` and what is given. */
  async function change(name: string, input: object, selection = "") {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const query = `mutation($input: ${type}) { ${name}(input: $input) { clientMutationId ${selection} } }`;
    const { data, errors } = await askGraphql(github.url, query, { token, variables: { input } });
    return { payload: data?.[name], errors: errors as Refusal[] | undefined };
  }

  const ids = async () =>
    (await read(`id defaultBranchRef { id target { oid } } main: ref(qualifiedName: "refs/heads/main") { id }
      topic: ref(qualifiedName: "refs/heads/topic") { id }`)) as {
      id: string;
      defaultBranchRef: { id: string; target: { oid: string } };
      topic: { id: string };
    };

  /** A pull request from a branch with one commit. */
  async function open() {
    pushCommit(world, app, { branch: "topic", files: { Dockerfile: "FROM debian:13\n" } });
    const { id } = await ids();
    const input = { repositoryId: id, baseRefName: "main", headRefName: "topic", title: "Bump", body: "" };
    const { payload, errors } = await change("createPullRequest", input, "pullRequest { id }");
    return { input, errors, pullRequestId: (payload as { pullRequest: { id: string } } | null)?.pullRequest.id };
  }

  it.each([
    ["again", {}, "A pull request already exists for acme:topic."],
    [
      "with a body too long",
      { headRefName: "other", body: "x".repeat(65_537) },
      "Body is too long (maximum is 65536 characters)",
    ],
    ["with nothing to merge", { headRefName: "main" }, "No commits between main and main"],
  ])("refuse a pull request %s", async (_, given, message) => {
    const { input } = await open();
    pushCommit(world, app, { branch: "other" });
    const { payload, errors } = await change("createPullRequest", { ...input, ...given });
    expect(payload).toBeNull();
    expect(errors).toMatchObject([{ type: "UNPROCESSABLE", path: ["createPullRequest"], message }]);
    expect(app.pullRequests).toHaveLength(1);
  });

  it("update, comment, label, ask for reviews and close, and the pull request shows it", async () => {
    const { pullRequestId = "" } = await open();
    const { payload } = await change(
      "createLabel",
      { repositoryId: (await ids()).id, name: "bump", color: "ededed" },
      "label { id }",
    );
    addLabel(world, app, "other");
    const labelIds = [(payload as { label: { id: string } }).label.id];
    const { data } = await askGraphql(github.url, `{ user(login: "reviewer") { id } }`, { token });
    const userIds = [(data as { user: { id: string } }).user.id];
    const steps = [
      await change("updatePullRequest", { pullRequestId, title: "Bump to 14", body: "Notes" }),
      await change("addLabelsToLabelable", { labelableId: pullRequestId, labelIds }),
      await change("addComment", { subjectId: pullRequestId, body: "Withdrawn." }),
      await change("requestReviews", { pullRequestId, userIds, union: true }),
      await change("closePullRequest", { pullRequestId, clientMutationId: "last" }),
    ];
    expect(steps.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(steps.at(-1)?.payload).toEqual({ clientMutationId: "last" });
    const query = `query($id: ID!) { node(id: $id) { ... on PullRequest { number title body state headRefOid author { login }
      labels(first: 5) { nodes { name } } comments(first: 5) { nodes { body author { login } } }
      reviewRequests(first: 5) { nodes { requestedReviewer { ... on User { login } } } }
      commits(last: 1) { nodes { commit { oid } } } } } }`;
    const shown = await askGraphql(github.url, query, { token, variables: { id: pullRequestId } });
    const head = resolveCommit(app, "topic");
    expect(shown.data).toEqual({
      node: {
        number: 1,
        title: "Bump to 14",
        body: "Notes",
        state: "CLOSED",
        headRefOid: head,
        author: { login: "headgate-user" },
        labels: { nodes: [{ name: "bump" }] },
        comments: { nodes: [{ body: "Withdrawn.", author: { login: "headgate-user" } }] },
        reviewRequests: { nodes: [{ requestedReviewer: { login: "reviewer" } }] },
        commits: { nodes: [{ commit: { oid: head } }] },
      },
    });
  });

  it("do not ask the author for a review", async () => {
    const { pullRequestId } = await open();
    const { data } = await askGraphql(github.url, `{ user(login: "headgate-user") { id } }`, { token });
    const userIds = [(data as { user: { id: string } }).user.id];
    const { errors } = await change("requestReviews", { pullRequestId, userIds });
    expect(errors).toMatchObject([{ message: "Review cannot be requested from pull request author." }]);
  });

  it("move a branch by force, and the open pull request follows", async () => {
    const { pullRequestId } = await open();
    pushCommit(world, app, { branch: "temporary", files: { Dockerfile: "FROM debian:14\n" } });
    const oid = resolveCommit(app, "temporary") ?? "";
    const { topic } = await ids();
    expect((await change("updateRef", { refId: topic.id, oid })).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: "Update is not a fast forward" },
    ]);
    expect((await change("updateRef", { refId: topic.id, oid, force: true })).errors).toBeUndefined();
    expect(app.pullRequests[0]).toMatchObject({ state: "OPEN", headRefOid: oid });
    const query = `query($id: ID!) { node(id: $id) { ... on PullRequest { mergeable mergeStateStatus } } }`;
    const mergeable = async () =>
      (await askGraphql(github.url, query, { token, variables: { id: pullRequestId } })).data;
    expect(await mergeable()).toEqual({ node: { mergeable: "UNKNOWN", mergeStateStatus: "CLEAN" } });
    expect(await mergeable()).toEqual({ node: { mergeable: "MERGEABLE", mergeStateStatus: "CLEAN" } });
    pushCommit(world, app);
    expect(await mergeable()).toEqual({ node: { mergeable: "MERGEABLE", mergeStateStatus: "BEHIND" } });
  });

  it("close a pull request whose branch is reset to the base, or deleted", async () => {
    await open();
    const { topic, defaultBranchRef } = await ids();
    await change("updateRef", { refId: topic.id, oid: defaultBranchRef.target.oid, force: true });
    expect(app.pullRequests[0]?.state).toBe("CLOSED");
    await change("deleteRef", { refId: topic.id });
    expect(app.refs.has("refs/heads/topic")).toBe(false);
    expect((await change("deleteRef", { refId: topic.id })).errors).toMatchObject([{ type: "NOT_FOUND" }]);
  });

  it("make every file of a commit 100644, and delete what is told", async () => {
    pushCommit(world, app, { files: { "run.sh": { mode: "100755", text: "1" }, other: "text" } });
    const { defaultBranchRef } = await ids();
    const { errors } = await change("createCommitOnBranch", {
      branch: { id: defaultBranchRef.id },
      expectedHeadOid: defaultBranchRef.target.oid,
      message: { headline: "Bump", body: "Signed-off-by: somebody" },
      fileChanges: { additions: [{ path: "run.sh", contents: btoa("2") }], deletions: [{ path: "other" }] },
    });
    expect(errors).toBeUndefined();
    expect(
      await read(`object(expression: "main:") { ... on Tree { entries { name mode } } }
        defaultBranchRef { target { ... on Commit { message } } }`),
    ).toEqual({
      object: {
        entries: [
          { name: "README.md", mode: 0o100644 },
          { name: "run.sh", mode: 0o100644 },
        ],
      },
      defaultBranchRef: { target: { message: "Bump\n\nSigned-off-by: somebody" } },
    });
  });

  it("are refused without permission, on archived repositories and on protected branches", async () => {
    const { id, defaultBranchRef } = await ids();
    const oid = defaultBranchRef.target.oid;
    const create = () => change("createRef", { repositoryId: id, name: "refs/heads/x", oid });
    app.protectedBranches.push("main");
    expect((await change("deleteRef", { refId: defaultBranchRef.id })).errors).toMatchObject([
      { type: "UNPROCESSABLE" },
    ]);
    app.archivedAt = now;
    expect((await create()).errors).toMatchObject([{ message: "Repository was archived so is read-only." }]);
    delete app.archivedAt;
    const message = "Resource not accessible by personal access token";
    token = addToken(world, { permissions: { contents: "read" } });
    expect((await create()).errors).toMatchObject([{ type: "FORBIDDEN", message }]);
    token = addToken(world);
    expect((await create()).errors).toBeUndefined();
    expect((await create()).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: 'A ref named "refs/heads/x" already exists in the repository.' },
    ]);
  });

  it("that Headgate does not use are not answered by a guess", async () => {
    const { errors } = await change("addStar", { starrableId: (await ids()).id });
    expect(errors).toMatchObject([{ message: "this stand-in does not know Mutation.addStar" }]);
  });
});
