import { z } from "zod";
import { DAY, type Instant, plus, toInstant } from "../domain/instant.ts";
import { Failure } from "./failure.ts";
import type { GitHubClient } from "./github.ts";
import { type Bind, createAliasedReads } from "./github-aliases.ts";
import { looseArray } from "./loose-array.ts";

type FactsRequest = { readonly owner: string; readonly name: string };

/** How far back commits are counted. */
const RECENT = 90 * DAY;

/** Facts for project trust, coalesced. They cost GitHub far more than a sweep, so they have a query of their own. */
export function createFacts(github: GitHubClient, clock: () => Instant) {
  return createAliasedReads(github, {
    operation: "Facts",
    first: 10,
    largest: 25,
    fragments: async () => [FACTS, SIGNATURE_FIELDS],
    select: (_key: FactsRequest, bind: Bind) => {
      const since = bind("GitTimestamp!", plus(clock(), -RECENT));
      return `...Facts defaultBranchRef{target{...on Commit{history(since:${since}){totalCount}}}}`;
    },
    read: readFacts,
  });
}

const FACTS = `fragment Facts on Repository{
nameWithOwner databaseId isArchived createdAt pushedAt stargazerCount forkCount isSecurityPolicyEnabled
watchers{totalCount} licenseInfo{spdxId} owner{__typename ...on Organization{isVerified}}
recent:releases(first:30,orderBy:{field:CREATED_AT,direction:DESC}){nodes{publishedAt isDraft}}
signed:releases(first:10,orderBy:{field:CREATED_AT,direction:DESC}){nodes{tagName isDraft
tagCommit{signature{...Signature}} releaseAssets(first:100){nodes{name}}}}
tags:refs(refPrefix:"refs/tags/",first:10,orderBy:{field:TAG_COMMIT_DATE,direction:DESC}){nodes{name
target{...on Commit{committedDate signature{...Signature}}
...on Tag{tagger{date} target{...on Commit{committedDate signature{...Signature}}}}}}}}`;

const SIGNATURE_FIELDS = "fragment Signature on GitSignature{isValid state wasSignedByGitHub}";

const COUNT = z.object({ totalCount: z.number() });
const INSTANT = z
  .string()
  .nullish()
  .transform((date) => toInstant(date));
const SIGNATURE = z.object({ isValid: z.boolean(), state: z.string(), wasSignedByGitHub: z.boolean() }).nullish();
const COMMIT = z.object({ committedDate: INSTANT, signature: SIGNATURE });

const SIGNED_RELEASE = z.object({
  tagName: z.string(),
  isDraft: z.boolean(),
  tagCommit: z.object({ signature: SIGNATURE }).nullish(),
  releaseAssets: z.object({ nodes: looseArray(z.object({ name: z.string() })) }),
});
const TAG = z.object({
  name: z.string(),
  target: COMMIT.extend({ tagger: z.object({ date: INSTANT }).nullish(), target: COMMIT.nullish() }),
});

const REPOSITORY = z.object({
  nameWithOwner: z.string(),
  databaseId: z.number(),
  isArchived: z.boolean(),
  createdAt: z.string(),
  pushedAt: INSTANT,
  stargazerCount: z.number(),
  forkCount: z.number(),
  isSecurityPolicyEnabled: z.boolean().nullish(),
  watchers: COUNT,
  licenseInfo: z.object({ spdxId: z.string().nullish() }).nullish().catch(undefined),
  owner: z.object({ isVerified: z.boolean().optional() }).nullish().catch(undefined),
  defaultBranchRef: z
    .object({ target: z.object({ history: COUNT }) })
    .nullish()
    .catch(undefined),
  recent: z.object({ nodes: looseArray(z.object({ publishedAt: INSTANT, isDraft: z.boolean() })) }),
  signed: z.object({ nodes: looseArray(SIGNED_RELEASE) }),
  tags: z.object({ nodes: looseArray(TAG) }).nullish(),
});

type Repository = z.output<typeof REPOSITORY>;

function readFacts(repository: unknown, { owner, name }: FactsRequest) {
  const read = REPOSITORY.safeParse(repository);
  if (!read.success) return new Failure("unreadable", `GitHub's facts about ${owner}/${name} were not understood.`);
  const facts = read.data;
  const { createdAt, pushedAt, licenseInfo } = facts;
  const recentCommits = facts.defaultBranchRef?.target.history.totalCount;
  const verifiedOwner = facts.owner?.isVerified;
  return {
    nameWithOwner: facts.nameWithOwner,
    databaseId: facts.databaseId,
    archived: facts.isArchived,
    createdAt: toInstant(createdAt) ?? createdAt,
    stars: facts.stargazerCount,
    forks: facts.forkCount,
    watchers: facts.watchers.totalCount,
    releaseDates: releaseDates(facts),
    securityPolicy: facts.isSecurityPolicyEnabled === true,
    signatures: signatures(facts),
    ...(pushedAt !== undefined && { pushedAt }),
    ...(recentCommits !== undefined && { recentCommits }),
    ...(typeof licenseInfo?.spdxId === "string" && { licence: licenseInfo.spdxId }),
    ...(verifiedOwner !== undefined && { verifiedOwner }),
  };
}

/** Newest first. A project without releases is dated by its tags. */
function releaseDates({ recent, tags }: Repository): Instant[] {
  const released = recent.nodes.rows.filter((release) => !release.isDraft).map((release) => release.publishedAt);
  const tagged = (tags?.nodes.rows ?? []).map(({ target }) => target.tagger?.date ?? commitOf(target).committedDate);
  return (released.length > 0 ? released : tagged)
    .filter((date) => date !== undefined)
    .sort()
    .reverse();
}

const SIGNATURE_FILE = /\.(?:asc|sig|minisig|sigstore|sigstore\.json|intoto\.jsonl|pem|crt)$/i;

function signatures({ signed, tags }: Repository) {
  const releases = signed.nodes.rows
    .filter((release) => !release.isDraft)
    .map(({ tagName, tagCommit, releaseAssets }) => ({
      tag: tagName,
      signature: tagCommit?.signature,
      assets: releaseAssets.nodes.rows.map((asset) => asset.name),
    }));
  const bare = (tags?.nodes.rows ?? []).map(({ name, target }) => ({
    tag: name,
    signature: commitOf(target).signature,
    assets: [],
  }));
  return (releases.length > 0 ? releases : bare)
    .filter(({ signature }) => !isUndecided(signature?.state))
    .map(({ tag, signature, assets }) => ({
      tag,
      valid: signature?.isValid === true,
      byForge: signature?.wasSignedByGitHub === true,
      signatureAssets: assets.filter((asset) => SIGNATURE_FILE.test(asset)),
    }));
}

function commitOf(target: z.output<typeof TAG>["target"]) {
  return target.target ?? target;
}

/** GitHub's own verifier did not answer: neither valid nor invalid. */
function isUndecided(state: string | undefined): boolean {
  return state === "GPGVERIFY_ERROR" || state === "GPGVERIFY_UNAVAILABLE";
}
