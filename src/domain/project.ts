/** Where a project's files come from. A path is an absolute folder of a local checkout. */
export type ProjectSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "github"; readonly owner: string; readonly name: string };

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
