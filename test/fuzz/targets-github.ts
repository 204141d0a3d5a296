import { isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { createGitHub } from "../../src/lib/github/client.ts";
import { createFacts } from "../../src/lib/github/upstream/facts.ts";
import { fingerprintOf } from "../../src/lib/github/upstream/glance.ts";
import { createNews } from "../../src/lib/github/upstream/news.ts";
import { createReleaseDetail } from "../../src/lib/github/upstream/release-detail.ts";
import { hubTags } from "../../src/lib/registry/docker-hub.ts";
import { readOfficialImage } from "../../src/lib/registry/official-image-file.ts";
import { NOW } from "../support/build.ts";
import { answering } from "./answering.ts";
import type { Target } from "./target.ts";

const NOWHERE = "https://nowhere.invalid";
const KEY = { owner: "acme", name: "tool" };

/** Before each body: a status and a type, as `answering` reads them. */
const bodies = (...texts: readonly string[]) =>
  texts.map((text) => Buffer.concat([Buffer.from([1, 0]), Buffer.from(text)]));

/** The answer that a GraphQL query for one repository gets. */
const about = (repository: object) => JSON.stringify({ data: { c0: repository } });

const REPOSITORY = about({
  ...{ nameWithOwner: "acme/tool", databaseId: 1, isArchived: false, createdAt: "2020-01-01T00:00:00Z" },
  ...{ pushedAt: "2026-01-01T00:00:00Z", stargazerCount: 1, forkCount: 1, isSecurityPolicyEnabled: true },
  ...{ watchers: { totalCount: 1 }, licenseInfo: { spdxId: "MIT" }, owner: { login: "acme", databaseId: 2 } },
  manifest0: { text: '{"name":"tool"}' },
  manifest1: { text: '[project]\nname = "tool"\n' },
  defaultBranchRef: {
    target: { recent: { totalCount: 1 }, last: { nodes: [{ author: { name: "a", email: "a@b", user: null } }] } },
  },
  issues: {
    nodes: [
      {
        ...{ createdAt: "2026-01-01T00:00:00Z", updatedAt: "x", authorAssociation: "NONE" },
        comments: { nodes: [{ createdAt: "2026-01-02T00:00:00Z", authorAssociation: "OWNER" }] },
      },
    ],
  },
  recent: { nodes: [{ publishedAt: "2026-01-01T00:00:00Z", isDraft: false }] },
  signed: {
    nodes: [
      {
        ...{ tagName: "v1", isDraft: false, immutable: true, releaseAssets: { nodes: [{ name: "a.asc" }] } },
        tagCommit: { signature: { isValid: true, state: "VALID", wasSignedByGitHub: true } },
      },
    ],
  },
  tags: {
    nodes: [
      { name: "v1", target: { committedDate: "2026-01-01T00:00:00Z", signature: null, tagger: null, target: null } },
    ],
  },
});

const DETAIL = about({
  url: "https://github.com/acme/tool",
  release: {
    ...{ description: "# Notes", url: "https://github.com/acme/tool/releases/tag/v1", author: { login: "ada" } },
    releaseAssets: {
      pageInfo: { hasNextPage: true, endCursor: "x" },
      nodes: [
        {
          ...{ name: "a", size: 1, downloadUrl: "https://x", updatedAt: "2026-01-01T00:00:00Z" },
          ...{ uploadedBy: { login: "ada" }, digest: "sha256:00" },
        },
      ],
    },
  },
  ref: { target: { message: "v1\n\nwords" } },
});

const GLANCE = about({
  ...{ nameWithOwner: "acme/tool", databaseId: 1, owner: { id: "x" }, pushedAt: "2026-01-01T00:00:00Z" },
  releases: { totalCount: 1, nodes: [{ tagName: "v1", isDraft: false, isPrerelease: false, publishedAt: "x" }, null] },
  tags: { totalCount: 1, nodes: [{ name: "v1", target: { oid: "00" } }, null] },
  p0: { target: { oid: "00" } },
  b0: null,
});

/** Says that there is another page for ever; a reader that believes it ends by its own limit, which is higher than is tried here. */
function untilPage(input: Uint8Array, pages: number): Fetcher {
  const inner = answering(input);
  let asked = 0;
  return {
    ...inner,
    fetch: async (request) => {
      asked += 1;
      const answer = await inner.fetch(request);
      return isFailure(answer) || asked < pages ? answer : { ...answer, status: 404 };
    },
  };
}

/** GitHub's answers about one repository, and the tags and official images of Docker Hub. */
export const GITHUB: readonly Target[] = [
  {
    id: "github-reads",
    seeds: () =>
      bodies(
        REPOSITORY,
        DETAIL,
        GLANCE,
        about({ f0: { text: "# 1.0\n\nwords", isTruncated: false }, f1: null }),
        '{"data":{"c0":null},"errors":[{"type":"NOT_FOUND","path":["c0"],"message":"x"}]}',
        '{"data":{"release":{"fields":[{"name":"immutable"}]},"asset":{"fields":[{"name":"digest"}]}}}',
        '[{"id":1,"name":"a","digest":"sha256:00","url":"https://x"}]',
      ),
    run: async (input) => {
      const credential = { kind: "token", token: "fuzz" } as const;
      const urls = { api: NOWHERE, graphql: `${NOWHERE}/graphql`, web: NOWHERE };
      const github = createGitHub({ fetcher: answering(input), urls, credential });
      for (const known of [true, false]) {
        const optional = async () => ({ immutable: known, assetDigest: known });
        await createFacts(github, optional, () => NOW)(KEY);
        await createReleaseDetail(github, optional)({ ...KEY, tag: "v1" });
      }
      await createNews(github)({ ...KEY, tags: ["v1", "packages/tool/v1.2.3", "@scope/tool@1.2.3"] });
      const answer = await github.graphql("{x}", {});
      const request = { ...KEY, tagPrefix: "", pinnedTags: ["v1"], branches: ["main"] };
      if (!isFailure(answer)) fingerprintOf(answer.data.c0, request);
    },
  },
  {
    id: "docker-hub",
    seeds: () =>
      bodies(
        '{"count":2,"next":"https://x","results":[{"name":"1.0","last_updated":"2026-01-01T00:00:00Z","tag_last_pushed":"2026-01-01T00:00:00Z","digest":"sha256:00"},{"name":"sha256-00.sig"}]}',
        '{"count":1,"next":null,"results":[{"name":"latest","last_updated":null}]}',
        "Maintainers: a\nGitRepo: https://github.com/acme/tool\n\nTags: 1.0, latest\nSharedTags: 1,\n 2\n",
      ),
    run: async (input) => {
      for (const validator of [undefined, "2 2026-01-01T00:00:00Z"])
        await hubTags(untilPage(input, 5), { hub: NOWHERE, repository: "acme/tool", validator });
      await readOfficialImage(answering(input), NOWHERE, "tool");
    },
  },
];
