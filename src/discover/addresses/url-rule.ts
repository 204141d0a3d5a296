type Groups = Readonly<Record<string, string | undefined>>;

/** A kind of address: how it looks, and which upstream it names. */
export type UrlRule = {
  /** Named groups: those that `upstream` asks for, at most one of `tag`, `version`, `ref`, `branch`, and `major`, a folder's name. */
  readonly address: RegExp;
  readonly upstream: (groups: Groups) => string;
  readonly scheme: string;
  readonly tagTemplate?: string;
  /** True where a version with fewer numbers stands for the newest that begins so. */
  readonly partial?: boolean;
  /** True where a version is one number of two digits each: 3450100 is 3.45.1. */
  readonly packed?: boolean;
};

/** `address` is a pattern of what follows the `//`; pages may leave out the protocol. */
export function urlRule(
  address: string,
  upstream: UrlRule["upstream"],
  scheme: string,
  more: Pick<UrlRule, "tagTemplate" | "partial" | "packed"> = {},
): UrlRule {
  return { address: new RegExp(`^(?:(?:https?|ftp):)?//${address}`, "di"), upstream, scheme, ...more };
}
