import { toUrls } from "../../src/config/urls.ts";
import { TOKEN_FORGE_IDS } from "../../src/domain/project.ts";
import { UPSTREAMS } from "../../src/lib/config/upstreams.ts";
import type { ForgeUrls, ServiceUrls } from "../../src/lib/http/urls.ts";

/** Every forge besides GitHub at one address. */
export function forgeUrls(url: string): ForgeUrls {
  return Object.fromEntries(TOKEN_FORGE_IDS.map((id) => [id, { url }])) as ForgeUrls;
}

/** Base URLs of outside services: those of a configuration that names none, or the given ones. */
export function anyUrls(given: Partial<ServiceUrls> = {}): ServiceUrls {
  return {
    ...toUrls(UPSTREAMS.parse(undefined)),
    npm: { url: "https://npm.example" },
    trustRoots: { sigstore: "https://tuf.example/sigstore", github: "https://tuf.example/github" },
    officialImages: { url: "https://images.example" },
    ...given,
  };
}

/** Base URLs that lead nowhere, but for the given ones. */
export function urlsToNowhere(given: Partial<ServiceUrls> = {}): ServiceUrls {
  const nowhere = JSON.parse(JSON.stringify(anyUrls()), (_key, value: unknown) =>
    typeof value === "string" && value.startsWith("https://") ? "https://nowhere.invalid" : value,
  ) as ServiceUrls;
  return { ...nowhere, gitHosts: {}, registries: {}, ...given };
}
