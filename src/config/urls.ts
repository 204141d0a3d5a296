import type { ServiceUrls } from "../lib/http/urls.ts";
import type { Written } from "./shape.ts";

/** Where Docker Hub is while nobody says otherwise, whatever is said of other registries. */
const DOCKER_HUB = { "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" } };

/** Where each outside service is. */
export function toUrls(written: Written["upstreams"]): ServiceUrls {
  const {
    "deps-dev": depsDev,
    "git-hosts": gitHosts,
    "official-images": officialImages,
    "trust-roots": trustRoots,
    registries,
    ...others
  } = written;
  const listed = Object.entries(registries).map(([host, { url, hub, "token-host": tokenHost }]) => [
    host,
    { url, ...(hub !== undefined && { hub }), ...(tokenHost !== undefined && { tokenHost }) },
  ]);
  const npm = { ...others.npm, url: others.npm.url ?? "" };
  const hosts = Object.entries(gitHosts).map(([host, { url, forge }]) => [
    host,
    { url: url ?? `https://${host}`, ...(forge !== undefined && { forge }) },
  ]);
  return {
    ...others,
    npm,
    depsDev,
    trustRoots,
    officialImages,
    gitHosts: Object.fromEntries(hosts),
    registries: { ...DOCKER_HUB, ...Object.fromEntries(listed) },
  };
}
