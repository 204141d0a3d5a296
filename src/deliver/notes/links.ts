import { safeUrl } from "../../views/html.ts";

/**
 * Where a link of release notes may lead: an absolute http(s) address, or undefined when it must become plain text.
 * Relative ones are read below the repository's default branch; without a repository they lead nowhere.
 */
export function resolveLink(href: string, repositoryUrl: string | undefined): string | undefined {
  if (href === "" || href.startsWith("#") || href.length > 2_000) return undefined;
  const absolute = URL.canParse(href) ? href : resolveRelative(href, repositoryUrl);
  const safe = safeUrl(absolute);
  return safe === undefined ? undefined : withoutBackReference(new URL(safe)).replace(/[()]/g, encodeParenthesis);
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

/**
 * A link to an issue writes "mentioned in" into that issue, and with a closing keyword before it may close it. GitHub
 * serves the same pages under a name that does neither (as Dependabot uses it).
 */
function withoutBackReference(url: URL): string {
  const refers = /^\/[^/]+\/[^/]+\/(issues|pull|discussions|commit)\//.test(url.pathname);
  if (refers && /^(www\.)?github\.com$/.test(url.hostname)) url.hostname = "redirect.github.com";
  return url.href;
}

function resolveRelative(href: string, repositoryUrl: string | undefined): string | undefined {
  if (repositoryUrl === undefined || !URL.canParse(repositoryUrl)) return undefined;
  const base = `${repositoryUrl.replace(/\/$/, "")}/blob/HEAD/`;
  return URL.canParse(href, base) ? new URL(href, base).href : undefined;
}

function encodeParenthesis(character: string): string {
  return character === "(" ? "%28" : "%29";
}
