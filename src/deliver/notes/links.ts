import { withoutBackReference } from "../../lib/forge/quiet-link.ts";
import { safeUrl } from "../../views/html.ts";

/** Where a link leads instead whose page the reader's forge would write into; undefined: nowhere. */
export type QuietLink = (url: URL) => URL | undefined;

/** What decides where a link of release notes leads. */
export type LinkOrigin = { readonly repositoryUrl?: string | undefined; readonly quietLink?: QuietLink | undefined };

/**
 * Where a link of release notes may lead: an absolute http(s) address, or undefined when it must become plain text.
 * Relative ones are read below the repository's default branch; without a repository they lead nowhere.
 */
export function resolveLink(href: string, { repositoryUrl, quietLink }: LinkOrigin): string | undefined {
  if (href === "" || href.startsWith("#") || href.length > 2_000) return undefined;
  const absolute = URL.canParse(href) ? href : resolveRelative(href, repositoryUrl);
  const safe = safeUrl(absolute);
  if (safe === undefined) return undefined;
  const quiet = (quietLink ?? withoutBackReference)(new URL(safe));
  return quiet?.href.replace(/[()]/g, encodeParenthesis);
}

/**
 * What a bare address is shown as: `owner/name#12` for an issue or pull request, the range of a comparison, else the
 * address without its scheme.
 */
export function linkLabel(url: string): string {
  const [, repository, kind, rest] =
    /^https?:\/\/(?:www\.|redirect\.)?github\.com\/([^/]+\/[^/]+)\/(issues|pull|compare)\/([^?#]{1,200})/.exec(url) ??
    [];
  if (kind === "compare" && rest !== undefined) return rest;
  if (rest !== undefined && /^\d+$/.test(rest)) return `${repository}#${rest}`;
  return url.replace(/^https?:\/\//, "");
}

function resolveRelative(href: string, repositoryUrl: string | undefined): string | undefined {
  if (repositoryUrl === undefined || !URL.canParse(repositoryUrl)) return undefined;
  const base = `${repositoryUrl.replace(/\/$/, "")}/blob/HEAD/`;
  return URL.canParse(href, base) ? new URL(href, base).href : undefined;
}

function encodeParenthesis(character: string): string {
  return character === "(" ? "%28" : "%29";
}
