import type { Instant } from "../../domain/instant.ts";

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
  /** The owner's id, which survives a new name. */
  readonly ownerId?: number;
  /** Who wrote the last 30 commits, newest first. */
  readonly authors: readonly {
    readonly person: string;
    readonly robot: boolean;
    readonly company?: string;
    readonly email?: string;
  }[];
  /** Issues that moved in the last 90 days, at most twenty; `answeredAt`: a member's first comment. */
  readonly issues: readonly {
    readonly createdAt: Instant;
    readonly updatedAt: Instant;
    readonly byMember: boolean;
    readonly answeredAt?: Instant;
  }[];
  /** Newest first; empty where the host does not say. */
  readonly immutable: readonly { readonly tag: string; readonly immutable: boolean }[];
  /** Packages that the repository's own files say are made from it: `pypi:requests`, `npm:left-pad`. */
  readonly packages: readonly string[];
};
