/** Something that Headgate does on a forge, and the permission that it takes. */
export type PermissionUse = {
  /** As the forge's API names it. */
  readonly permission: string;
  /** As the forge's pages name it. */
  readonly title: string;
  readonly level: "read" | "write";
  /** What has to be configured for it to be used at all. */
  readonly part: "reading" | "pull-requests" | "status" | "labels" | "teams";
  /** Without it, what is configured does not work at all. */
  readonly essential: boolean;
  readonly for: string;
  /** What happens without it. */
  readonly without: string;
  /** Scopes of an old kind of token, each of which gives it. */
  readonly scopes: readonly string[];
};

/**
 * How it is known whether a permission was given: the forge says so (`known`), a harmless request was answered as if
 * (`inferred`), or nothing tells (`unknown`). `because`: a phrase for people.
 */
export type Grant = {
  readonly use: PermissionUse;
  readonly certainty: "known" | "inferred" | "unknown";
  /** Undefined exactly when it is unknown. */
  readonly given: boolean | undefined;
  readonly because: string;
};

/** What a credential may do in a repository: every permission of the forge's list. `settings`: where that is changed, below the forge's address. */
export type Grants = { readonly settings: string; readonly grants: readonly Grant[] };
