import { z } from "zod";
import { DAY, type Instant, plus, toInstant } from "../../../domain/instant.ts";
import type { RepositoryFacts } from "../../facts/repository-facts.ts";
import { Failure } from "../../failure.ts";
import { looseArray } from "../../loose-array.ts";
import { MANIFESTS, packagesNamedIn } from "../../packages/manifest-names.ts";
import { type Bind, createAliasedReads } from "../aliases.ts";
import type { GitHubClient } from "../client.ts";
import type { OptionalFields } from "./optional-fields.ts";

type FactsRequest = { readonly owner: string; readonly name: string };

/** How far back commits are counted. */
const RECENT = 90 * DAY;

/** Facts for project trust, coalesced. They cost GitHub far more than a sweep, so they have a query of their own. */
export function createFacts(github: GitHubClient, optional: () => Promise<OptionalFields>, clock: () => Instant) {
  return createAliasedReads(github, {
    operation: "Facts",
    first: 10,
    largest: 25,
    fragments: async () => [factsFragment(await optional()), SIGNATURE_FIELDS],
    select: (_key: FactsRequest, bind: Bind) => {
      const since = plus(clock(), -RECENT);
      return `...Facts
defaultBranchRef{target{...on Commit{recent:history(since:${bind("GitTimestamp!", since)}){totalCount}
last:history(first:30){nodes{author{name email user{login company}}}}}}}
issues(first:20,orderBy:{field:UPDATED_AT,direction:DESC},filterBy:{since:${bind("DateTime!", since)}}){nodes{
createdAt updatedAt authorAssociation comments(first:10){nodes{createdAt authorAssociation}}}}`;
    },
    read: readFacts,
  });
}

function factsFragment({ immutable }: OptionalFields): string {
  return `fragment Facts on Repository{
nameWithOwner databaseId isArchived createdAt pushedAt stargazerCount forkCount isSecurityPolicyEnabled
watchers{totalCount} licenseInfo{spdxId}
owner{__typename login ...on Organization{databaseId isVerified} ...on User{databaseId}}
${MANIFESTS.map((path, index) => `manifest${index}:object(expression:"HEAD:${path}"){...on Blob{text}}`).join(" ")}
recent:releases(first:30,orderBy:{field:CREATED_AT,direction:DESC}){nodes{publishedAt isDraft}}
signed:releases(first:10,orderBy:{field:CREATED_AT,direction:DESC}){nodes{tagName isDraft${immutable ? " immutable" : ""}
tagCommit{signature{...Signature}} releaseAssets(first:100){nodes{name}}}}
tags:refs(refPrefix:"refs/tags/",first:10,orderBy:{field:TAG_COMMIT_DATE,direction:DESC}){nodes{name
target{...on Commit{committedDate signature{...Signature}}
...on Tag{tagger{date} target{...on Commit{committedDate signature{...Signature}}}}}}}}`;
}

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
  immutable: z.boolean().optional(),
  tagCommit: z.object({ signature: SIGNATURE }).nullish(),
  releaseAssets: z.object({ nodes: looseArray(z.object({ name: z.string() })) }),
});
const TAG = z.object({
  name: z.string(),
  target: COMMIT.extend({ tagger: z.object({ date: INSTANT }).nullish(), target: COMMIT.nullish() }),
});

const MEMBERS = ["OWNER", "MEMBER", "COLLABORATOR"];
const PERSON = z
  .object({ login: z.string(), company: z.string().nullish().catch(undefined) })
  .nullish()
  .catch(undefined);
const AUTHOR = z.object({
  author: z.object({ name: z.string().nullish(), email: z.string().nullish(), user: PERSON }),
});
const SAID = z.object({ createdAt: z.string(), authorAssociation: z.string() });
const ISSUE = SAID.extend({ updatedAt: z.string(), comments: z.object({ nodes: looseArray(SAID) }) });

const REPOSITORY = z.looseObject({
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
  owner: z
    .object({ login: z.string().optional(), databaseId: z.number().nullish(), isVerified: z.boolean().optional() })
    .nullish()
    .catch(undefined),
  defaultBranchRef: z
    .object({ target: z.object({ recent: COUNT, last: z.object({ nodes: looseArray(AUTHOR) }) }) })
    .nullish()
    .catch(undefined),
  issues: z
    .object({ nodes: looseArray(ISSUE) })
    .nullish()
    .catch(undefined),
  recent: z.object({ nodes: looseArray(z.object({ publishedAt: INSTANT, isDraft: z.boolean() })) }),
  signed: z.object({ nodes: looseArray(SIGNED_RELEASE) }),
  tags: z.object({ nodes: looseArray(TAG) }).nullish(),
});

type Repository = z.output<typeof REPOSITORY>;

function readFacts(repository: unknown, { owner, name }: FactsRequest): RepositoryFacts | Failure {
  const read = REPOSITORY.safeParse(repository);
  if (!read.success) return new Failure("unreadable", `GitHub's facts about ${owner}/${name} were not understood.`);
  const facts = read.data;
  const { createdAt, pushedAt, licenseInfo } = facts;
  const recentCommits = facts.defaultBranchRef?.target.recent.totalCount;
  const verifiedOwner = facts.owner?.isVerified;
  const ownerId = facts.owner?.databaseId ?? undefined;
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
    authors: (facts.defaultBranchRef?.target.last.nodes.rows ?? []).map(({ author }) => toAuthor(author)),
    issues: (facts.issues?.nodes.rows ?? []).map(toIssue),
    immutable: facts.signed.nodes.rows.flatMap((one) =>
      one.isDraft || one.immutable === undefined ? [] : [{ tag: one.tagName, immutable: one.immutable }],
    ),
    packages: MANIFESTS.flatMap((path, index) => packagesNamedIn(path, facts[`manifest${index}`])),
    ...(ownerId !== undefined && { ownerId }),
    ...(pushedAt !== undefined && { pushedAt }),
    ...(recentCommits !== undefined && { recentCommits }),
    ...(typeof licenseInfo?.spdxId === "string" && { licence: licenseInfo.spdxId }),
    ...(verifiedOwner !== undefined && { verifiedOwner }),
  };
}

function toAuthor({ name, email, user }: z.output<typeof AUTHOR>["author"]): RepositoryFacts["authors"][number] {
  const person = user?.login ?? email ?? name ?? "unknown";
  return {
    person,
    robot: /\[bot\]/.test(`${name} ${email} ${user?.login}`),
    ...(user?.company != null && { company: user.company }),
    ...(email != null && { email }),
  };
}

function toIssue({ createdAt, updatedAt, authorAssociation, comments }: z.output<typeof ISSUE>) {
  const answers = comments.nodes.rows.filter((comment) => MEMBERS.includes(comment.authorAssociation));
  const answeredAt = toInstant(answers[0]?.createdAt);
  return {
    createdAt: toInstant(createdAt) ?? createdAt,
    updatedAt: toInstant(updatedAt) ?? updatedAt,
    byMember: MEMBERS.includes(authorAssociation),
    ...(answeredAt !== undefined && { answeredAt }),
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
