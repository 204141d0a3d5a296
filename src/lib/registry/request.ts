import type { Failure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { nameAt, type Target } from "./target.ts";
import type { TokenKeeper } from "./token.ts";

/** All four kinds of manifest: without them some registries answer an old one with another digest. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

type Asked = {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly maxBytes?: number;
  readonly followRedirects?: boolean;
};

/** One request below the repository, with a token when the registry wants one. A second 401 is final. */
export async function ask(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  { method, path, ...limits }: Asked,
): Promise<FetchResponse | Failure> {
  const name = nameAt(target);
  return tokens.ask(target, name, (authorization) =>
    fetcher.fetch({
      url: `${target.url}/v2/${name}/${path}`,
      method,
      draw: { budget: pullsOf(target), cost: method === "GET" && path.startsWith("manifests/") ? 1 : 0, urgent: false },
      ...limits,
      anonymous: true, // a registry says itself what it wants, and its logins are Docker's
      headers: {
        accept: path.startsWith("manifests/") ? MANIFESTS : "application/json",
        ...(authorization !== undefined && { authorization }),
      },
    }),
  );
}

/** Docker Hub counts pulls per account, and those without one per address (docs.docker.com/docker-hub/usage/pulls). */
function pullsOf({ host, login }: Target): string {
  return `${host} pulls ${login === undefined ? "anonymous" : "login"}`;
}
