import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { shell } from "../../../src/discover/formats/shell.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const tools = [fixture("shell", "install-tools.sh")];
const script = (text: string) => summary(tree({ "install.sh": text }));

describe("a shell script", () => {
  it("takes nothing from the builders that it manages", () => {
    expect(script("docker buildx create --append --name own-builder\ndocker buildx use own-builder\n")).toEqual([]);
  });

  it("knows what it builds as the project's own, under any tag", () => {
    const build = "IMAGE=example/app\ndocker build -t $IMAGE:$VERSION .\n";
    const files = tree({ "build.sh": build, "compose.yml": "services:\n  a:\n    image: example/app:3.1\n" });
    expect(summary(files)).toEqual(["3 docker/example/app 3.1 own"]);
  });

  it("takes the files of several systems under one version for one thing", () => {
    const lines = [
      "VERSION=1.3.2",
      ...["alpine", "debian"].map((name) => `URL=https://files.example.com/probe_${name}_$VERSION.tgz`),
    ];
    expect(script(`${lines.join("\n")}\n`)).toEqual(["1 generic/probe_alpine?repository_url=files.example.com 1.3.2"]);
  });

  it("takes nothing to be pinned where the version of a package is asked for", () => {
    const asked = "VERSION=$(curl -s https://example.com/dists/Packages)\napt-get install -y tool=$VERSION\n";
    expect(script(asked)).toEqual(["1 deb/debian/tool floating"]);
  });

  it("reads the one number that SQLite makes of its version, and leaves the year beside it to a person", () => {
    const files = tree({ "a.sh": "V=3450100\ncurl -O https://sqlite.org/2024/sqlite-autoconf-$V.tar.gz\n" });
    const pins = discover(files).pins.map(({ line, version, tagTemplate, edits }) => [
      line,
      version,
      tagTemplate,
      edits,
    ]);
    expect(pins).toEqual([[1, "3.45.1", "version-{version}", []]]);
  });

  it("is known by its first line where its name says nothing", () => {
    const text = "VERSION=1.9.2\ncurl -LO https://github.com/example/probe/archive/v$VERSION.tar.gz\n";
    const files = tree({
      "ci-scripts/download-probe": `#!/usr/bin/env bash\n${text}`,
      "release/Configure": `#!/bin/sh\n${text.replaceAll("example/probe", "example/other")}`,
      "sbin/tool": "\u007fELF\0",
      "scripts/note": text,
    });
    expect(summary(files)).toEqual(["2 github/example/probe 1.9.2", "2 github/example/other 1.9.2"]);
    expect(discover(files).problems).toEqual([]);
  });

  it("says once what it does not understand twice in a line", () => {
    const files = tree({ "run.sh": "docker pull example/$IMAGE && docker run example/$IMAGE\n" });
    expect(discover(files).problems).toHaveLength(1);
  });

  it.each([
    "for image in $all; do docker pull $image; done",
    'docker run "$@"',
    "docker pull ghcr.io/Example/Tool:latest",
  ])("makes no riddle of a word that is no image by itself: %s", (line) => {
    expect(discover(tree({ "run.sh": `${line}\n` }))).toEqual({ pins: [], problems: [] });
  });

  it("tells every place where something is taken from upstream, on the line to edit", () => {
    expect(summary(tools)).toEqual([
      "5 github/example/probe 1.9.2",
      "6 github/example/cronic 0.2.41",
      "7 github/example/agent v7.4.0",
      "8 github/example/rules main floating",
      "39 github/example/croc floating",
      "40 github/example/yq floating",
      "42 github/example/fq v0.15.0",
      "43 github/example/dotfiles floating",
      "44 github/example/bundle floating",
      "48 github/example/parser v3.1.4",
      "52 github/example/spicy 0123456789abcdef0123456789abcdef01234567",
      "55 github/example/plugin-one floating",
      "56 github/example/plugin-two develop floating",
      "57 github/example/plugin-three v0.7.1",
      "58 npm/icons 1.13.1",
      "65 pypi/dateparser 1.2.2",
      "66 pypi/requests >=2.31",
      "67 pypi/mkdocs floating",
      "68 docker/ghcr.io/example/jekyll 4.3",
      "69 docker/library/python 3.11-slim",
      "71 docker/example.com/team/sensor 1.0 own",
      "72 github/example/setup v2.0.1",
      "73 pypi/platformio 6.1.13",
      "75 npm/leftover 3.0.2",
    ]);
  });

  it("edits the default that a variable falls back to, with the checksum of the download", () => {
    expect(covered(tools, pinNamed(tools, "CRONIC_VERSION"))).toEqual([
      "version 0.2.41 → {version}",
      `checksum ${"a".repeat(64)} → {hex}`,
    ]);
  });

  it("follows a variable that is used with and without its first letter", () => {
    const pin = pinNamed(tools, "AGENT_TAG");
    expect(pin).toMatchObject({ version: "7.4.0", tagTemplate: "v{version}" });
    expect(covered(tools, pin)).toEqual(["version v7.4.0 → v{version}"]);
  });

  it.each([
    ["VERSION=1.2.3\ncurl https://github.com/o/r/archive/v$VERSION.zip", ["1 github/o/r 1.2.3"]],
    ["VERSION=v1.2.3\ncurl https://github.com/o/r/archive/v${VERSION#v}.zip", ["1 github/o/r 1.2.3"]],
    ["curl https://github.com/o/r/archive/$1.zip", []],
    ["curl https://github.com/o/r/archive/${1:-v1.2}.zip", ["1 github/o/r v1.2"]],
    ["V=1.2\nfor V in a b; do curl https://github.com/o/r/archive/v$V.zip; done", []],
    ["V=1.2\nread -r V\ncurl https://github.com/o/r/archive/v$V.zip", []],
    ["V=$(git describe)\ncurl https://github.com/o/r/archive/$V.zip", []],
    ["V=$(curl https://o.example/v)\ncurl https://github.com/o/r/archive/$V.zip", ["1 github/o/r floating"]],
    ["f() { curl https://github.com/o/r/archive/$V.zip; }\nV=v1.4\nf", ["2 github/o/r v1.4"]],
    ["f() { local V=v1; curl https://github.com/o/r/archive/$V.zip; }\nV=v2\nf", ["1 github/o/r v1"]],
    [
      "f() { g $2; }\ng() { curl https://github.com/o/r/archive/$1.zip; }\nf a v1.1\nf b v1.2",
      ["3 github/o/r v1.1", "4 github/o/r v1.2"],
    ],
    [
      "URL=https://github.com/o/r\nREF=v1.2.0\ngit clone $URL x\ncd x && git checkout tags/$REF",
      ["2 github/o/r v1.2.0"],
    ],
    ["git clone --branch=v1.2 https://gitlab.com/g/s/r.git", ["1 gitlab/g/s/r v1.2"]],
    ["git clone https://github.com/o/r && cd r && git checkout -- file.txt", ["1 github/o/r floating"]],
    ["git remote add upstream https://github.com/o/r", []],
    ['source_of="git https://github.com/o/r.git v1.2.0"', ["1 github/o/r v1.2.0"]],
    ['source_of="git https://example.org/o/r.git master 0a1b2c3d4e"', ["1 generic/example.org/o/r 0a1b2c3d4e"]],
    ['source_of="git https://github.com/o/r v1.2.0 0a1b2c3d4e"', ["1 github/o/r 0a1b2c3d4e"]],
    ['source_of="git https://github.com/o/r"', ["1 github/o/r floating"]],
    ['source_of="git https://github.com/o/r :_newest_branch"', ["1 github/o/r floating"]],
    ['source_of="svn https://example.org/o/r trunk 12"', []],
    ['terms="MIT https://raw.githubusercontent.com/o/r/1.2.0/license.txt"', []],
    ["curl -O https://raw.githubusercontent.com/o/r/1.2.0/LICENSE", ["1 github/o/r 1.2.0"]],
    [
      "V=v1.2\ngit clone -b $V https://github.com/o/r\nfor p in $PATCHES; do git fetch origin $p && git cherry-pick $p; done",
      ["1 github/o/r v1.2"],
    ],
    [
      "git clone -b main https://github.com/o/r\ncd r\ngit fetch origin v1.3\ngit checkout FETCH_HEAD",
      ["3 github/o/r v1.3"],
    ],
    ["git clone https://github.com/o/r && cd r && git fetch --depth 1 origin tag v1.3", ["1 github/o/r v1.3"]],
    ["LINKS=(https://github.com/o/r/wiki https://github.com/o)", []],
    ["while read -r url ref; do git clone $url; done <<END\nhttps://github.com/o/r v1.1\nEND", ["2 github/o/r v1.1"]],
    ["for url in https://github.com/o/r; do git clone $url; done", ["1 github/o/r floating"]],
    ["apt-get install -y php$PHP-fpm\n", []],
    ["PHP=8.4\napt-get install -y php$PHP-fpm linux-headers-$(uname -r)\n", ["1 deb/debian/php 8.4"]],
    ["ARCH=amd64\napt-get install -y linux-image-$ARCH\n", []],
    ["podman run -dit -p80:80 -e A=b --name n docker.io/library/redis:7.2 redis:1", ["1 docker/library/redis 7.2"]],
    ["skopeo copy docker://alpine:3.22 docker://example.com/alpine:3.22", ["1 docker/library/alpine 3.22"]],
    ["echo \"gem 'deep_merge'\" >> app/Gemfile", ["1 gem/deep_merge floating"]],
    ["echo \"gem 'a', git: 'https://github.com/o/r', tag: 'v1.1'\" >> Gemfile", ["1 github/o/r v1.1"]],
    ["echo 'setuptools>=70' > requirements.txt", []],
    ["# curl https://github.com/o/r/archive/v1.2.zip", []],
    ['log_info "see https://github.com/o/r/archive/v1.2.zip" && die "or https://github.com/o/r/archive/v1.3.zip"', []],
    ['echo "see https://github.com/o/r/archive/v1.2.zip"', []],
  ])("reads %j", (text, expected) => {
    expect(script(text)).toEqual(expected);
  });

  it("gives a Dockerfile that it builds the arguments it states", () => {
    const files = tree({
      "ci/build.sh": "BASE_TAG=3.22\ndocker build --build-arg TAG=$BASE_TAG -t own .\n",
      Dockerfile: "ARG TAG\nFROM alpine:$TAG\n",
    });
    expect(discover(files).pins).toMatchObject([{ path: "ci/build.sh", line: 1, text: "3.22" }]);
  });

  it("takes what a template fills in for a variable that nothing sets", () => {
    const lines = [
      "{% if enabled %}",
      "docker run --user={{ app_uid }}:{{ app_gid }} docker.io/example/app:1.4.0 --flag",
      "{% endif %}",
      "pip install 'tool=={{ tool_version | default(latest) }}' other==2.0.1",
      "",
    ];
    expect(summary(tree({ "templates/run.sh.j2": lines.join("\n") }))).toEqual([
      "2 docker/example/app 1.4.0",
      "4 pypi/other 2.0.1",
    ]);
  });

  it("takes variables from a file that it sources", () => {
    const files = tree({
      "ci/versions.sh": "TOOL=1.4.0\n",
      "ci/install.sh": '. "$(dirname "$0")/versions.sh"\ncurl https://github.com/o/r/archive/v$TOOL.zip\n',
    });
    expect(discover(files).pins).toMatchObject([{ path: "ci/versions.sh", line: 1, name: "TOOL" }]);
  });

  it.each([
    ["a/b.sh", true],
    ["config/hooks/normal/0910-build.hook.chroot", true],
    ["etc/bash.bash_functions", true],
    ["home/.bashrc", true],
    ["run.sh.example", true],
    ["package-lists/desktop.list.chroot", false],
    ["docs/bash.md", false],
    ["src/shell.ts", false],
  ])("is known by its name: %s %s", (path, expected) => {
    expect(shell.matches(path)).toBe(expected);
  });

  it("tells one pin of what it takes from one host or, failing that, from another", () => {
    const text = [
      "VERSION=4.6.1",
      "wget https://one.example.org/base/tool-${VERSION}.tar.gz || wget https://two.example.org/tool-${VERSION}.tar.gz",
    ];
    expect(script(text.join("\n"))).toEqual(["1 generic/tool?repository_url=one.example.org 4.6.1"]);
  });

  it.each([
    ["curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain 1.86.0", "1 github/rust-lang/rust 1.86.0"],
    ["./rustup-init -y --default-toolchain=1.86", "1 github/rust-lang/rust 1.86"],
    ["./rustup-init -y --default-toolchain stable", undefined],
  ])("knows which toolchain %s installs", (text, expected) => {
    expect(script(text).find((line) => line.includes("rust-lang/rust ") || line.endsWith("/rust"))).toBe(expected);
  });

  it("takes lists of requirements from elsewhere as downloads", () => {
    const text = [
      "pip install -r https://raw.githubusercontent.com/example/app/v2.2.2/requirements.txt \\",
      "  -c https://raw.githubusercontent.com/example/app/main/constraints.txt -r local.txt wheel==0.45.1",
    ];
    expect(script(text.join("\n"))).toEqual([
      "1 github/example/app v2.2.2",
      "2 github/example/app main floating",
      "2 pypi/wheel 0.45.1",
    ]);
  });

  it("reads what Conda installs and makes environments of", () => {
    const text = [
      "conda create -y -n study python=3.8.3",
      "mamba install -y -n study -c pytorch pytorch conda-forge::cython==0.29.32 'notebook>=7.2.2'",
    ];
    expect(script(text.join("\n"))).toEqual([
      "1 conda/python 3.8.3",
      "2 conda/cython 0.29.32",
      "2 conda/notebook >=7.2.2",
    ]);
  });

  it.each([
    ["curl -fsSL https://get.example.sh | bash", ["1 generic/get.example.sh floating"]],
    ["curl https://example.org/install.sh \\\n  | sudo -E bash -s -- -y", ["1 generic/example.org floating"]],
    ['sh -c "$(curl -fsSL https://example.org/install.sh)"', ["1 generic/example.org floating"]],
    ["bash <(wget -qO- https://example.org/install.sh)", ["1 generic/example.org floating"]],
    ["curl -fsSL https://raw.githubusercontent.com/o/r/v1.2/i.sh | sh", ["1 github/o/r v1.2"]],
    ["curl -fsS https://example.org/health", []],
    ["curl https://example.org/list | grep sh", []],
    ['curl "https://$HOST/install.sh" | sh', []],
  ])("takes what is run as it comes for unpinned, whoever gives it: %s", (text, expected) => {
    expect(script(text)).toEqual(expected);
  });

  it("follows a version that loses its dots on the way into an address", () => {
    expect(script('V="24.09"\ncurl -LO "https://www.7-zip.org/a/7z${V//./}-linux-x64.tar.xz"\n')).toEqual([
      "1 github/ip7z/7zip 24.09",
    ]);
  });

  it("hands what it was given on to the scripts that it runs, and calls them with words", () => {
    const files = tree({
      Dockerfile: "FROM alpine:3.22\nENV TOOL_VERSION=1.2.3\nCOPY scripts /s\nRUN /s/install.sh 9.9.9\n",
      "scripts/install.sh": "/s/tool.sh\nbash /s/other.sh v2.0.0\n",
      "scripts/tool.sh":
        "TOOL_VERSION=${1:-${TOOL_VERSION:-1.0.0}}\ncurl -LO https://github.com/o/tool/archive/v$TOOL_VERSION.zip\n",
      "scripts/other.sh": "curl -LO https://github.com/o/other/archive/$1.zip\n",
    });
    expect(discover(files).pins.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([
      "Dockerfile:1 3.22",
      "Dockerfile:2 1.2.3",
      "scripts/install.sh:2 v2.0.0",
      "scripts/tool.sh:1 1.0.0",
    ]);
  });

  it("puts values where sed puts them, in its own addresses", () => {
    const text = [
      'URL="https://github.com/o/r/releases/download/vXXX/r-XXX.tgz"',
      "VERSION=1.2.3",
      'curl -LO "$(echo "$URL" | sed "s/XXX/${VERSION}/g")"',
    ];
    const files = tree({ "a.sh": text.join("\n") });
    expect(summary(files)).toEqual(["2 github/o/r 1.2.3"]);
    expect(covered(files, pinNamed(files, "VERSION"))).toEqual(["version 1.2.3 → {version}"]);
  });

  it("puts values where sed puts them, in another file", () => {
    const files = tree({
      "build/make.sh": `TOOL=1.2.3\nsed -i -e "s|@TOOL@|$TOOL|" -e 's/a/b/' get.sh\n`,
      "build/get.sh": "curl -LO https://github.com/o/tool/releases/download/v@TOOL@/tool.tgz\n",
      "other/get.sh": "curl -LO https://github.com/o/tool/releases/download/v@TOOL@/tool.tgz\n",
    });
    const pin = pinNamed(files, "TOOL");
    expect(pin).toMatchObject({ path: "build/make.sh", line: 1, upstream: "pkg:github/o/tool", text: "1.2.3" });
    expect(pin.linked).toEqual([{ path: "build/get.sh", line: 1 }]);
    expect(discover(files).pins).toHaveLength(1);
    expect(discover(files).problems).toMatchObject([{ path: "other/get.sh", line: 1 }]);
  });

  it("takes nothing for checked out where a variable is empty", () => {
    expect(script('REF=""\ngit clone https://github.com/o/r /r && git -C /r checkout "$REF"\n')).toEqual([]);
  });

  it("takes a variable that says latest for no version", () => {
    expect(script('VERSION=${1:-"latest"}\ngem install jekyll -v "${VERSION}"\n')).toEqual([
      "1 gem/jekyll latest floating",
    ]);
  });

  it("moves the tag that stands before a commit with it", () => {
    const commit = "0a1b2c3d4e".repeat(4);
    const { pins } = discover(tree({ "build.sh": `SOURCE="git https://github.com/o/r v1.2.0 ${commit}"\n` }));
    expect(pins.map(({ version, digest, edits }) => [version, digest, edits.map(({ spelling }) => spelling)])).toEqual([
      ["1.2.0", commit, ["{commit}", "v{version}"]],
    ]);
  });
});
