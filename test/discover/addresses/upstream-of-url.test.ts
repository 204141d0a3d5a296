import { describe, expect, it } from "vitest";
import { locateRepository, locateUrl } from "../../../src/discover/addresses/upstream-of-url.ts";

describe("an address", () => {
  it.each([
    ["https://github.com/o/r/releases/download/v1.2/x.tgz", "pkg:github/o/r", "tag", "v1.2"],
    ["https://github.com/o/r/releases/latest/download/x.tgz", "pkg:github/o/r", undefined, undefined],
    ["https://github.com/o/r/archive/refs/tags/v1.2.tar.gz", "pkg:github/o/r", "tag", "v1.2"],
    ["https://raw.githubusercontent.com/o/r/v3/master/x", "pkg:github/o/r", "branch", "v3/master"],
    ["https://raw.githubusercontent.com/o/r/v3.1.0/main/x", "pkg:github/o/r", "ref", "v3.1.0"],
    ["https://github.com/o/r/archive/refs/heads/main.zip", "pkg:github/o/r", "branch", "main"],
    ["https://github.com/o/r/archive/1.2.zip", "pkg:github/o/r", "ref", "1.2"],
    ["https://github.com/o/r/archive/refs/tags/v1.2.0/r-1.2.0.tar.gz", "pkg:github/o/r", "ref", "v1.2.0"],
    ["https://github.com/o/r/archive/refs/tags/release/v1.2.tar.gz", "pkg:github/o/r", "tag", "release/v1.2"],
    ["https://github.com/o/r/raw/v1.2/x.sh", "pkg:github/o/r", "ref", "v1.2"],
    ["https://raw.githubusercontent.com/o/r/main/x.sh", "pkg:github/o/r", "ref", "main"],
    ["https://raw.githubusercontent.com/o/r/refs/heads/dev/x.sh", "pkg:github/o/r", "branch", "dev"],
    ["https://codeload.github.com/O/R/tar.gz/refs/tags/v1", "pkg:github/o/r", "tag", "v1"],
    ["https://api.github.com/repos/o/r/releases/latest", "pkg:github/o/r", undefined, undefined],
    ["https://api.github.com/repos/o/r/releases/tags/v3", "pkg:github/o/r", "tag", "v3"],
    ["https://www.sqlite.org/2024/sqlite-autoconf-3450100.tar.gz", "pkg:github/sqlite/sqlite", "version", "3450100"],
    ["https://gitlab.com/g/s/p/-/archive/v2.0/p-v2.0.tar.gz", "pkg:gitlab/g/s/p", "ref", "v2.0"],
    [
      "https://gitlab.example.org/g/p/-/releases/v1/downloads/x",
      "pkg:gitlab/g/p?repository_url=gitlab.example.org",
      "tag",
      "v1",
    ],
    ["https://files.pythonhosted.org/packages/a/b/some_name-1.2.3.tar.gz", "pkg:pypi/some-name", "version", "1.2.3"],
    [
      "https://files.pythonhosted.org/packages/a/b/some_name-1.2.3-py3-none-any.whl",
      "pkg:pypi/some-name",
      "version",
      "1.2.3",
    ],
    [
      "http://archive.ubuntu.com/ubuntu/pool/main/o/openssl/libssl1.1_1.1.0g-2ubuntu4_amd64.deb",
      "pkg:deb/ubuntu/libssl1.1",
      "version",
      "1.1.0g-2ubuntu4",
    ],
    [
      "https://ftp.example.org/debian/pool/main/p/probe/probe_2.1-1_all.deb",
      "pkg:deb/debian/probe",
      "version",
      "2.1-1",
    ],
    [
      `https://files.example.com/probe/${"0123456789".repeat(4)}/probe_1.3.2_amd64.deb`,
      "pkg:generic/probe?repository_url=files.example.com",
      "version",
      "1.3.2",
    ],
    [
      `https://files.example.com/probe/${"0123456789".repeat(4)}/out/probe_amd64.tar.gz`,
      "pkg:generic/probe?repository_url=files.example.com",
      "ref",
      "0123456789".repeat(4),
    ],
    [`https://registry.${"npmjs"}.org/@s/n/-/n-1.2.3.tgz`, "pkg:npm/%40s/n", "version", "1.2.3"],
    ["https://cdn.jsdelivr.net/npm/n@1.2.3/x.css", "pkg:npm/n", "version", "1.2.3"],
    ["https://unpkg.com/n", "pkg:npm/n", undefined, undefined],
    ["https://cdnjs.cloudflare.com/ajax/libs/jquery/3.5.1/j.js", "pkg:npm/jquery", "version", "3.5.1"],
    ["https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.4/m.js", "pkg:npm/moment", "version", "2.29.4"],
    ["//ajax.googleapis.com/ajax/libs/angularjs/1.8.2/a.js", "pkg:npm/angular", "version", "1.8.2"],
    ["https://code.jquery.com/ui/1.13.2/jquery-ui.js", "pkg:npm/jquery-ui", "version", "1.13.2"],
    [
      "https://maven.example.org/maven2/org/example/arc/arc-ear/5.35.0-b04/arc-ear-5.35.0-b04-psql.ear",
      "pkg:maven/org.example.arc/arc-ear?repository_url=maven.example.org",
      "version",
      "5.35.0-b04",
    ],
    [
      "https://nexus.example.org/content/repositories/releases/org/example/tool/1.2/tool-1.2.jar",
      "pkg:maven/org.example/tool?repository_url=nexus.example.org",
      "version",
      "1.2",
    ],
    [
      "https://www.python.org/ftp/python/3.15.0/Python-3.15.0b3.tar.xz",
      "pkg:github/python/cpython",
      "version",
      "3.15.0b3",
    ],
    ["https://astral.sh/uv/0.9.2/install.sh", "pkg:github/astral-sh/uv", "version", "0.9.2"],
    ["https://astral.sh/uv/install.sh", "pkg:github/astral-sh/uv", undefined, undefined],
    [`https://deb.${"nodesource"}.com/setup_22.x`, "pkg:github/nodejs/node", "version", "22"],
    [`https://deb.${"nodesource"}.com/setup_lts.x`, "pkg:github/nodejs/node", undefined, undefined],
    ["https://www.python.org/ftp/python/3.13.2/Python-3.13.2.tgz", "pkg:github/python/cpython", "version", "3.13.2"],
    [
      "https://static.rust-lang.org/dist/rust-1.41.0-x86_64-unknown-linux-gnu.tar.gz",
      "pkg:github/rust-lang/rust",
      "version",
      "1.41.0",
    ],
    [
      "https://static.rust-lang.org/dist/2024-07-25/rust-1.80.0-x86_64-unknown-linux-gnu.tar.gz", // where the next one is, no version tells
      "pkg:generic/rust?repository_url=static.rust-lang.org",
      "version",
      "1.80.0",
    ],
    ["https://nginx.org/download/nginx-1.30.4.tar.gz", "pkg:github/nginx/nginx", "version", "1.30.4"],
    [
      "https://www.clamav.net/downloads/production/clamav-1.4.2.tar.gz",
      "pkg:github/cisco-talos/clamav",
      "version",
      "1.4.2",
    ],
    [
      "https://www.tcpdump.org/release/libpcap-1.10.4.tar.gz",
      "pkg:github/the-tcpdump-group/libpcap",
      "version",
      "1.10.4",
    ],
    ["https://www.lua.org/ftp/lua-5.3.6.tar.gz", "pkg:github/lua/lua", "version", "5.3.6"],
    [
      "https://archive.apache.org/dist/tomcat/tomcat-11/v11.0.2/bin/apache-tomcat-11.0.2.tar.gz",
      "pkg:github/apache/tomcat",
      "version",
      "11.0.2",
    ],
    ["https://archive.apache.org/dist/kafka/3.9.0/kafka_2.13-3.9.0.tgz", "pkg:github/apache/kafka", "version", "3.9.0"],
    ["https://getcomposer.org/download/2.8.4/composer.phar", "pkg:github/composer/composer", "version", "2.8.4"],
    ["https://getcomposer.org/installer", "pkg:github/composer/composer", undefined, undefined],
    ["https://releases.nixos.org/nix/nix-2.24.10/install", "pkg:github/nixos/nix", "version", "2.24.10"],
    ["https://cdn.plot.ly/plotly-basic-2.27.0.min.js", "pkg:npm/plotly.js-dist", "version", "2.27.0"],
    ["https://cdn.plot.ly/plotly-latest.min.js", "pkg:npm/plotly.js-dist", undefined, undefined],
    ["https://esm.sh/@scope/name@1.2.3?bundle", "pkg:npm/%40scope/name", "version", "1.2.3"],
    ["https://esm.sh/gh/o/r@v1.2.3", "pkg:github/o/r", "ref", "v1.2.3"],
    ["https://rawcdn.githack.com/o/r/v1/x.js", "pkg:github/o/r", "ref", "v1"],
    ["https://cdn.tailwindcss.com", "pkg:npm/tailwindcss", undefined, undefined],
    [
      "https://use.fontawesome.com/releases/v5.8.1/css/all.css",
      "pkg:npm/%40fortawesome/fontawesome-free",
      "version",
      "v5.8.1",
    ],
    ["https://go.dev/dl/go1.25.3.linux-amd64.tar.gz", "pkg:github/golang/go", "version", "1.25.3"],
    ["https://nodejs.org/dist/v24.11.0/node.tar.xz", "pkg:github/nodejs/node", "tag", "v24.11.0"],
    ["https://get.helm.sh/helm-v3.19.0-linux-amd64.tar.gz", "pkg:github/helm/helm", "tag", "v3.19.0"],
    ["https://releases.hashicorp.com/terraform/1.13.4/t.zip", "pkg:github/hashicorp/terraform", "version", "1.13.4"],
    [
      "https://example.org/download/tool-name-1.27.1.2.tar.gz",
      "pkg:generic/tool-name?repository_url=example.org",
      "version",
      "1.27.1.2",
    ],
    [
      "https://example.org/pub/tool-latest-9.noarch.rpm",
      "pkg:generic/tool?repository_url=example.org",
      undefined,
      undefined,
    ],
  ])("%s", (url, upstream, kind, part) => {
    const located = locateUrl(url);
    expect(located?.upstream).toBe(upstream);
    expect([located?.part?.kind, located?.part && url.slice(located.part.start, located.part.end)]).toEqual([
      kind,
      part,
    ]);
  });

  it.each([
    "https://github.com/o/r",
    "https://github.com/o/r/issues/514",
    "https://example.org/logo.svg",
    "https://example.org/v2.0/logo.svg",
    "https://opensource.example/2025/01/logo-default.svg",
    "ftp://",
    `https://github.com/o/r/archive/${"1".repeat(2_000)}.zip`,
    "https://raw.githubusercontent.com/o/r/master/Schemata/report-schema-2.1.0.json",
  ])("%s names nothing that has versions", (url) => expect(locateUrl(url)).toBeUndefined());

  it.each([
    ["https://github.com/O/R.git", "pkg:github/o/r"],
    ["git@github.com:o/r.git", "pkg:github/o/r"],
    ["ssh://git@gitlab.com/g/s/p", "pkg:gitlab/g/s/p"],
    ["https://git.example.org/a/b.git", "pkg:generic/git.example.org/a/b"],
    ["https://github.com/", undefined],
  ])("%s is cloned from %s", (url, upstream) => expect(locateRepository(url)).toBe(upstream));
});
