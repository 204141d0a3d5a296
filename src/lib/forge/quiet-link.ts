/**
 * A link to an issue writes "mentioned in" into that issue, and with a closing keyword before it may close it. GitHub
 * serves the same pages under a name that does neither (as Dependabot uses it): a text that people may copy there names them so.
 */
export function withoutBackReference(url: URL): URL {
  const refers = /^\/[^/]+\/[^/]+\/(issues|pull|discussions|commit)\//.test(url.pathname);
  if (!refers || !/^(www\.)?github\.com$/.test(url.hostname)) return url;
  const quiet = new URL(url);
  quiet.hostname = "redirect.github.com";
  return quiet;
}
