import type { ServiceUrls } from "../../src/lib/http/urls.ts";

/** Base URLs of outside services: the public ones, or those given. */
export function anyUrls(given: Partial<ServiceUrls> = {}): ServiceUrls {
  return {
    github: { api: "https://api.github.com", graphql: "https://api.github.com/graphql", web: "https://github.com" },
    forgejo: { url: "https://codeberg.org" },
    pypi: { url: "https://pypi.org" },
    npm: { url: "https://npm.example" },
    rubygems: { url: "https://rubygems.org" },
    golang: { url: "https://proxy.golang.org" },
    maven: { url: "https://repo1.maven.org/maven2" },
    cargo: { url: "https://index.crates.io" },
    gitHosts: {},
    registries: { "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" } },
    osv: { url: "https://api.osv.dev" },
    depsDev: { url: "https://api.deps.dev" },
    scorecard: { url: "https://api.scorecard.dev" },
    endoflife: { url: "https://endoflife.date" },
    trustRoots: { sigstore: "https://tuf.example/sigstore", github: "https://tuf.example/github" },
    officialImages: { url: "https://images.example" },
    downloads: { pypi: "https://pypistats.org", npm: "https://api.npmjs.org" },
    ...given,
  };
}
