/** The forges that projects can be on; what is known of each is in `lib/forge/profiles.ts`. */
export const FORGE_IDS = ["github", "forgejo", "gitlab"] as const;

/** One of them. */
export type ForgeId = (typeof FORGE_IDS)[number];

/** Those that are reached at one address, with one token. GitHub has several of either. */
export type TokenForgeId = Exclude<ForgeId, "github">;

/** All of them. */
export const TOKEN_FORGE_IDS: readonly TokenForgeId[] = FORGE_IDS.filter((id) => id !== "github");

/** Where a project's files come from: a repository on a forge, or an absolute folder of a local checkout. */
export type ProjectSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: ForgeId; readonly owner: string; readonly name: string };

/** One watched branch of one project. `id` is the project's name, with `@branch` where several branches are watched. */
export type Project = {
  readonly id: string;
  readonly name: string;
  readonly source: ProjectSource;
  /** The branch that is read and that pull requests go to; absent: the default branch, or the checkout as it is. */
  readonly branch?: string;
  /** Globs of paths that are not looked at. */
  readonly ignorePaths: readonly string[];
};
