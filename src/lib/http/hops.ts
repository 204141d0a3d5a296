import { Failure } from "../failure.ts";
import { loginFor, type UrlLogin } from "../secrets/logins.ts";
import { type AddressGuard, portOf } from "./address-guard.ts";
import { leadsElsewhere } from "./dot-segments.ts";
import { CREDENTIALS } from "./echo.ts";
import { ACCEPT_ENCODING } from "./response-body.ts";

/** What of a request decides where it goes, and as whom. */
type Wanted = {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
};

/** One address that is asked, with the headers it gets. `first`: still at the origin that was asked. */
export type Hop = { readonly url: URL; readonly headers: Readonly<Record<string, string>>; readonly first: boolean };

/** Where a request goes first, as whom. A login of ours goes over https only, or to an allowed private address. */
export function firstHop(
  request: Wanted,
  { userAgent, logins }: { readonly userAgent: string; readonly logins: readonly UrlLogin[] },
  guard: AddressGuard,
): Hop | Failure {
  const url = parseUrl(request.url);
  if (url === undefined) return new Failure("misconfigured", `not a URL: ${request.url.slice(0, 100)}`);
  if (leadsElsewhere(request.url))
    return new Failure(
      "refused",
      `${nameOf(request.url)}: the path has parts that lead out of it: a name from a file?`,
    );
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const safe = url.protocol === "https:" || guard.isAllowed(url.hostname, portOf(url));
  const authorization = safe && request.anonymous !== true ? loginFor(url, logins) : undefined;
  const usual = { "user-agent": userAgent, "accept-encoding": ACCEPT_ENCODING };
  const login = authorization === undefined ? {} : { authorization };
  return { url, headers: { ...usual, ...login, ...Object.fromEntries(given) }, first: true };
}

/** Where an answer sends us on to: without credentials, once that is another origin. */
export function nextHop(from: Hop, location: string): Hop | Failure {
  const url = parseUrl(location, from.url);
  if (url === undefined)
    return new Failure("unreadable", `${nameOf(from.url)} redirects to something that is not a URL`);
  if (url.origin === from.url.origin) return { ...from, url };
  const kept = Object.entries(from.headers).filter(([name]) => !CREDENTIALS.includes(name));
  return { url, headers: Object.fromEntries(kept), first: false };
}

/** Host and path only: queries and headers may hold secrets. */
export function nameOf(url: URL | string): string {
  const parsed = typeof url === "string" ? parseUrl(url) : url;
  return parsed === undefined ? "the address" : `${parsed.host}${parsed.pathname}`;
}

function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}
