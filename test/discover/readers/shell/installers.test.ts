import { describe, expect, it } from "vitest";
import { summary, tree } from "../../support.ts";

describe("a command that installs packages", () => {
  it.each([
    ["pip download a==1.2", ["pypi/a 1.2"]],
    ["uvx ruff@0.4.1 check", ["pypi/ruff 0.4.1"]],
    ["npm i -g a@1.2 b", ["npm/a 1.2", "npm/b floating"]],
    ["pnpm add -D a@^1.2", ["npm/a ^1.2"]],
    ["npx --yes a@1.2 b@3", ["npm/a 1.2"]],
    ["npx prettier --check .", []],
    ["corepack prepare pnpm@9.1.0 --activate", ["npm/pnpm 9.1.0"]],
    ["gem install a -v 1.2", ["gem/a 1.2"]],
    ["gem install a --version=1.2", ["gem/a 1.2"]],
    ["apt-get install -y a=1.2-3 b", ["deb/debian/a 1.2-3"]],
    ["apk add --no-cache -t .build a=1.2-r0 b", ["apk/alpine/a 1.2-r0"]],
    ["dnf install -y a-b-1.2.3-4.el9 java-17-openjdk c", ["rpm/a-b 1.2.3-4.el9"]],
    ["V=7.0.2\nyum install -y a-$V kernel-devel-$(uname -r)", ["rpm/a 7.0.2"]],
    ["conda install -y -c forge a=1.2 forge::b==3.4 c", ["conda/a 1.2", "conda/b 3.4"]],
    ["composer global require a/b:1.2", ["composer/a/b 1.2"]],
    ["dotnet tool install -g A.B --version 1.2", ["nuget/A.B 1.2"]],
    ["rustup toolchain install 1.70.0", ["github/rust-lang/rust 1.70.0"]],
    ["rustup default stable", []],
    ["pyenv install 3.12.1", ["github/python/cpython 3.12.1"]],
    ["gh extension install a/b --pin v1.2", ["github/a/b v1.2"]],
    ["pecl install APCu-5.1.28", ["generic/pecl/APCu 5.1.28"]],
    ["pecl install redis", ["generic/pecl/redis floating"]],
    ["cargo binstall -qy a b@1.2", ["cargo/a floating", "cargo/b 1.2"]],
    ["dnf install -y https://github.com/o/r/releases/download/1.2/r.rpm", ["github/o/r 1.2"]],
    ["go mod edit -replace=example.org/a=example.org/b@v1.2.3 && go mod tidy", ["golang/example.org/b v1.2.3"]],
    ['P="a==1.2 b"\npip install --quiet $P', ["pypi/a 1.2", "pypi/b floating"]],
    ['P=(a==1.2 "b>=3")\npip install "${P[@]}"', ["pypi/a 1.2", "pypi/b >=3"]],
    ["P=x86_64-linux\nuv pip install --python-platform $P a==1.2", ["pypi/a 1.2"]],
    ["V=1.2\nS=a=${V}\nmamba install -y $S", ["conda/a 1.2"]],
    ["V=7\napt-get install -y libreadline$V", []],
    ["V=8.4\napt-get install -y php$V-curl", ["deb/debian/php 8.4"]],
    ["V=21\napt-get install -y openjdk-$V-jdk", ["deb/debian/openjdk 21"]],
    ["V=10-1=10.1.243-1\napt-get install -y cuda-cudart-$V", []],
    ["npm run install-tools", []],
    ["make install PREFIX=/usr", []],
  ])("%s", (text, expected) => {
    expect(summary(tree({ "a.sh": text })).map((line) => line.replace(/^\d+ /, ""))).toEqual(expected);
  });
});
