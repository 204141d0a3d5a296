import { Failure } from "../failure.ts";
import type { ServiceUrls } from "../http/urls.ts";
import type { RegistryHost, RegistryLogin } from "./token-request.ts";

/** A repository at the host that is asked about it. `prefix`: what a mirror puts before the names of repositories. */
export type Target = RegistryHost & { readonly repository: string; readonly prefix: string };

/** Docker Hub's many names become one; what is not a host or a repository is `misconfigured` and asked nowhere. */
export function targetOf(
  named: { readonly host: string; readonly repository: string },
  registries: ServiceUrls["registries"],
  login: (host: string) => RegistryLogin | undefined,
): Target | Failure {
  const hub = ["", "docker.io", "index.docker.io", "registry-1.docker.io"].includes(named.host);
  const host = hub ? "docker.io" : named.host;
  const repository = hub && !named.repository.includes("/") ? `library/${named.repository}` : named.repository;
  const known = repository.split("/").every((part) => /^[a-z0-9][a-z0-9._-]*$/.test(part));
  const usual = hub ? "https://registry-1.docker.io" : `https://${host}`;
  if (!known || !/^[A-Za-z0-9.-]+(?::\d{1,5})?$/.test(host) || !URL.canParse(usual))
    // 1.2.3.4.5 is no address
    return new Failure("misconfigured", `not an image name: ${host}/${repository}`);
  const url = new URL(registries[host]?.url ?? usual);
  // a login is for the host it was made at: a mirror gets its own, never that of what it mirrors
  const loginHost = url.host === new URL(usual).host ? host : url.host;
  const tokenHost = registries[host]?.tokenHost;
  return { host, url: url.origin, prefix: url.pathname.slice(1), login: login(loginHost), tokenHost, repository };
}

/** The name by which its registry, or a mirror, knows the repository. */
export function nameAt({ prefix, repository }: Target): string {
  return prefix === "" ? repository : `${prefix}/${repository}`;
}
