import { z } from "zod";
import { TOKEN_FORGE_IDS, type TokenForgeId } from "../../domain/project.ts";
import { PROFILES, usualAddress } from "../forge/profiles.ts";
import { section } from "./checked-yaml.ts";
import { baseUrl } from "./values.ts";

/** Names, with `*`, and the base URL of the index that alone is asked for them. */
const privateIndexes = (example: string) =>
  z
    .record(z.string(), baseUrl)
    .default({})
    .describe(
      `names that only an index of yours holds, such as ${example}, and its URL: nobody else is asked about them`,
    );

const service = (url: string, what: string) =>
  section({ url: baseUrl.prefault(url).describe("its base URL, or that of your mirror") })
    .prefault({})
    .describe(what);

const GIT_HOST = section({
  url: baseUrl.optional().describe("where it is reached; default: https://<host>"),
  forge: z
    .enum(["gitlab", "gitea"])
    .optional()
    .describe("what it runs, where its name does not say so; gitea is Forgejo's, too"),
});

const REGISTRY = section({
  url: baseUrl.describe(
    "where it is reached; a path in it stands before the names of repositories, as mirrors have it",
  ),
  hub: baseUrl.optional().describe("the web API of Docker Hub, for times and digests of tags"),
  "token-host": z
    .string()
    .optional()
    .describe("another host that may see the registry's login, because it gives out the tokens"),
});

const forge = (id: TokenForgeId) =>
  section({ url: baseUrl.prefault(usualAddress(id)).describe("its base URL: pages, API and git") })
    .prefault({})
    .describe(`${PROFILES[id].software}, where projects are watched`);

const FORGES = Object.fromEntries(TOKEN_FORGE_IDS.map((id) => [id, forge(id)])) as Record<
  TokenForgeId,
  ReturnType<typeof forge>
>;

/** Base URLs of every outside service: for GitHub Enterprise, mirrors, and proxies of registries. */
export const UPSTREAMS = section({
  github: section({
    api: baseUrl.prefault("https://api.github.com").describe("the REST API"),
    graphql: baseUrl.prefault("https://api.github.com/graphql").describe("the GraphQL API"),
    web: baseUrl.prefault("https://github.com").describe("pages, downloads and git"),
  })
    .prefault({})
    .describe("GitHub, or your GitHub Enterprise Server"),
  ...FORGES,
  pypi: section({
    url: baseUrl.prefault("https://pypi.org").describe("the Python index (JSON and simple API), or your mirror of it"),
    private: privateIndexes('"acme-*"'),
    changes: z
      .enum(["feed", "changelog"])
      .default("feed")
      .describe(
        "what says which projects changed: the feed of releases, or the list of all changes by serial, which PyPI means for mirrors",
      ),
  })
    .prefault({})
    .describe("Python packages"),
  npm: section({
    url: baseUrl.optional().describe("the npm registry; default: the one of the npm configuration"),
    private: privateIndexes('"@acme/*"'),
  })
    .prefault({})
    .describe("npm packages; logins come from NETRC and NPM_CONFIG_USERCONFIG"),
  rubygems: service("https://rubygems.org", "Ruby gems"),
  golang: section({
    url: baseUrl.prefault("https://proxy.golang.org").describe("the module proxy"),
    private: z
      .array(z.string().min(1))
      .default([])
      .describe("modules that no proxy is asked about, as in GOPRIVATE, such as git.example.org/*"),
  })
    .prefault({})
    .describe("Go modules"),
  maven: service("https://repo1.maven.org/maven2", "Maven packages"),
  cargo: service("https://index.crates.io", "Rust crates (a sparse index)"),
  "git-hosts": z
    .record(z.string(), GIT_HOST)
    .default({})
    .describe("hosts of git repositories that are reached elsewhere, or whose name does not say what they run"),
  registries: z
    .record(z.string(), REGISTRY)
    .prefault({ "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" } })
    .describe("registries of images that are not reached at https://<host>, by the host that image names have"),
  osv: service("https://api.osv.dev", "OSV: known vulnerabilities"),
  "deps-dev": service("https://api.deps.dev", "deps.dev: dependents and sources of packages"),
  scorecard: service("https://api.scorecard.dev", "OpenSSF Scorecard"),
  endoflife: service("https://endoflife.date", "endoflife.date: when a product gets no more fixes"),
  "trust-roots": section({
    sigstore: baseUrl.prefault("https://tuf-repo-cdn.sigstore.dev").describe("Sigstore's public instance"),
    github: baseUrl.prefault("https://tuf-repo.github.com").describe("GitHub's own instance"),
  })
    .prefault({})
    .describe("where certificates and keys of signing services are refreshed from (The Update Framework)"),
  kev: section({ url: baseUrl.describe("the feed, as JSON") })
    .exactOptional()
    .describe("a catalogue of exploited vulnerabilities in the form of CISA's; default: not asked"),
  epss: section({ url: baseUrl.describe("the API of FIRST's EPSS") })
    .exactOptional()
    .describe("how likely vulnerabilities are to be exploited; default: not asked"),
  "official-images": service(
    "https://raw.githubusercontent.com/docker-library/official-images/master",
    "the library files of Docker's official images",
  ),
  downloads: section({
    pypi: baseUrl.prefault("https://pypistats.org").describe("downloads of Python packages"),
    npm: baseUrl.prefault("https://api.npmjs.org").describe("downloads of npm packages"),
  })
    .prefault({})
    .describe("services that count downloads"),
})
  .prefault({})
  .describe("base URLs of every outside service: for GitHub Enterprise, mirrors, and proxies of registries");
