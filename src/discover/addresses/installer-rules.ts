import { toPurl } from "../../domain/upstream.ts";
import { type UrlRule, urlRule } from "./url-rule.ts";

const END = "(?:$|[/?#])";
const DOTTED = String.raw`\d+(?:\.\d+)*`;

/** Addresses of one tool each that do not show its repository: installers, and hosts with folders by version. */
const TOOLS: readonly (readonly [address: string, repository: string, tagTemplate?: string])[] = [
  [`astral\\.sh/uv/(?<version>${DOTTED})/install\\.(?:sh|ps1)`, "astral-sh/uv"],
  [String.raw`astral\.sh/uv/install\.(?:sh|ps1)`, "astral-sh/uv"],
  [`bun\\.(?:sh|com)/install${END}`, "oven-sh/bun"],
  [String.raw`deno\.land/(?:x/install/)?install\.sh`, "denoland/deno"],
  [`get\\.docker\\.com${END}`, "docker/docker-install"],
  [`get\\.sdkman\\.io${END}`, "sdkman/sdkman-cli"],
  [`pyenv\\.run${END}`, "pyenv/pyenv-installer"],
  [String.raw`get\.pnpm\.io/install\.sh`, "pnpm/pnpm"],
  [String.raw`dot\.net/v1/dotnet-install\.(?:sh|ps1)`, "dotnet/install-scripts"],
  [`getcomposer\\.org/installer${END}`, "composer/composer"],
  [`getcomposer\\.org/download/(?<version>${DOTTED})/composer\\.phar`, "composer/composer"],
  [String.raw`getcomposer\.org/(?:composer|download/latest)[\w./-]*\.phar`, "composer/composer"],
  [`(?:deb|rpm)\\.nodesource\\.com/(?:setup|node)_(?<version>\\d+)\\.x${END}`, "nodejs/node", "v{version}"],
  [`(?:deb|rpm)\\.nodesource\\.com/setup_(?:lts|current)\\.x${END}`, "nodejs/node", "v{version}"],
  [`(?:releases\\.)?nixos\\.org/(?:releases/)?nix/nix-(?<version>${DOTTED})/install`, "NixOS/nix"],
  [
    String.raw`(?:www\.)?python\.org/ftp/python/[^/]+/Python-(?<version>\d+(?:\.\d+)+(?:(?:a|b|rc)\d+)?)\.`,
    "python/cpython",
    "v{version}",
  ],
  [`[\\w-]+\\.apache\\.org/(?:dist/)?kafka/(?<version>${DOTTED})/`, "apache/kafka"],
  [`archives\\.boost\\.io/release/(?<version>${DOTTED})/`, "boostorg/boost", "boost-{version}"],
  [`static\\.rust-lang\\.org/dist/rust-(?<version>${DOTTED})-`, "rust-lang/rust"],
  [`(?:www\\.)?nginx\\.org/download/nginx-(?<version>${DOTTED})\\.`, "nginx/nginx", "release-{version}"],
  [`(?:www\\.)?openssl\\.org/source/openssl-(?<version>[3-9](?:\\.\\d+)+)\\.`, "openssl/openssl", "openssl-{version}"],
  [
    `(?:www\\.)?clamav\\.net/downloads/production/clamav-(?<version>${DOTTED})\\.`,
    "Cisco-Talos/clamav",
    "clamav-{version}",
  ],
  [
    `(?:www\\.)?tcpdump\\.org/release/libpcap-(?<version>${DOTTED})\\.`,
    "the-tcpdump-group/libpcap",
    "libpcap-{version}",
  ],
  [
    `(?:www\\.)?tcpdump\\.org/release/tcpdump-(?<version>${DOTTED})\\.`,
    "the-tcpdump-group/tcpdump",
    "tcpdump-{version}",
  ],
  [`(?:www\\.)?lua\\.org/ftp/lua-(?<version>${DOTTED})\\.`, "lua/lua", "v{version}"],
  [`(?:www\\.)?zlib\\.net/(?:fossils/)?zlib-(?<version>${DOTTED})\\.`, "madler/zlib", "v{version}"],
  [`download\\.redis\\.io/releases/redis-(?<version>${DOTTED})\\.`, "redis/redis"],
  [`(?:www\\.)?php\\.net/distributions/php-(?<version>${DOTTED})\\.`, "php/php-src", "php-{version}"],
  [
    `[\\w-]+\\.apache\\.org/(?:dist/)?maven/maven-(?<major>\\d+)/(?<version>${DOTTED})/`,
    "apache/maven",
    "maven-{version}",
  ],
  [`[\\w-]+\\.apache\\.org/(?:dist/)?spark/spark-(?<version>${DOTTED})/`, "apache/spark", "v{version}"],
  [`[\\w-]+\\.apache\\.org/(?:dist/)?tomcat/tomcat-(?<major>\\d+)/v(?<version>${DOTTED})/`, "apache/tomcat"],
];

/** Maven repositories anywhere: `…/maven2/group/name/version/name-version.war`. */
const MAVEN = String.raw`(?<host>[\w.-]+)/(?:[\w-]+/){0,3}(?:maven2?|m2|repository/[\w.-]+|content/(?:repositories|groups)/[\w.-]+)/(?<group>[\w.-]+(?:/[\w.-]+){0,9})/(?<name>[\w.-]+)/(?<version>\d[\w.-]*)/\k<name>-[^/]*$`;

/** 3450100 is 3.45.1 (https://www.sqlite.org/download.html, "Build Product Names and Info"). */
const SQLITE = String.raw`(?:www\.)?sqlite\.org/\d{4}/sqlite-[\w-]+?-(?<version>\d{7})\.`;

/** Rules for the addresses of well-known tools. */
export const INSTALLER_RULES: readonly UrlRule[] = [
  ...TOOLS.map(([address, repository, tagTemplate]) => {
    const upstream = toPurl("github", repository);
    return urlRule(address, () => upstream, "loose", tagTemplate === undefined ? {} : { tagTemplate });
  }),
  urlRule(SQLITE, () => toPurl("github", "sqlite/sqlite"), "loose", { tagTemplate: "version-{version}", packed: true }),
  urlRule(MAVEN, ({ host, group, name }) => mavenPurl(host ?? "", group ?? "", name ?? ""), "loose"),
];

function mavenPurl(host: string, group: string, name: string): string {
  const central = /^(?:repo1?\.maven\.org|repo\.maven\.apache\.org)$/.test(host);
  return toPurl(
    "maven",
    `${group.replaceAll("/", ".")}/${name}`,
    central ? {} : { repository_url: host.toLowerCase() },
  );
}
