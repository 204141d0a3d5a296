import type { Instant } from "../domain/instant.ts";
import type { Asset } from "../domain/release.ts";
import type { Failure } from "./failure.ts";

/** A tag of a repository with the commit it stands for. */
export type RepositoryTag = { readonly name: string; readonly commit: string; readonly committedAt?: Instant };

/** A release as the sweep reads it: without notes and assets. */
export type RepositoryRelease = {
  readonly tag: string;
  readonly name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly publishedAt?: Instant;
  readonly commit?: string;
  readonly url: string;
  readonly immutable?: boolean;
};

/** One repository's newest releases and tags, and the pinned tags by name. */
export type RepositorySweep = {
  readonly nameWithOwner: string;
  readonly databaseId: number;
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly defaultBranch?: { readonly name: string; readonly commit: string };
  readonly releases: readonly RepositoryRelease[];
  readonly tags: readonly RepositoryTag[];
  readonly pinned: readonly RepositoryTag[];
  readonly branches: readonly RepositoryTag[];
  /** False when there are more tags or releases than were read. */
  readonly complete: boolean;
};

/** Notes and assets of one release, read only for candidates. */
export type ReleaseDetail = {
  readonly tag: string;
  readonly notes: string;
  readonly url: string;
  readonly assets: readonly Asset[];
  readonly author?: string;
};

/** What project trust asks of a repository; absent fields were not answered. */
export type RepositoryFacts = {
  readonly nameWithOwner: string;
  readonly databaseId: number;
  readonly archived: boolean;
  readonly createdAt: Instant;
  readonly pushedAt?: Instant;
  readonly stars: number;
  readonly forks: number;
  readonly watchers: number;
  readonly recentCommits?: number;
  readonly releaseDates: readonly Instant[];
  readonly securityPolicy: boolean;
  readonly licence?: string;
  readonly verifiedOwner?: boolean;
  /** Newest first: whether each release's tag commit has a valid signature, made by the forge itself or by a person. */
  readonly signatures: readonly {
    readonly tag: string;
    readonly valid: boolean;
    readonly byForge: boolean;
    readonly signatureAssets: readonly string[];
  }[];
};

/** Coalescing reads: calls of one tick become one aliased GraphQL query, equal calls one answer. */
export type GitHubReader = {
  readonly sweep: (repository: {
    readonly owner: string;
    readonly name: string;
    readonly tagPrefix: string;
    readonly pinnedTags: readonly string[];
    readonly branches: readonly string[];
  }) => Promise<RepositorySweep | Failure>;
  readonly releaseDetail: (owner: string, name: string, tag: string) => Promise<ReleaseDetail | Failure>;
  readonly facts: (owner: string, name: string) => Promise<RepositoryFacts | Failure>;
};
