import { describe, expect, it } from "vitest";
import { summary, tree } from "../../support.ts";

describe("a command that takes a release of a repository", () => {
  it.each([
    ["gh release download v1.2.0 -R example/probe -p '*.deb'", ["1 github/example/probe v1.2.0"]],
    ["gh release download --repo example/probe", ["1 github/example/probe floating"]],
    ["gh release download -R example/probe v1.2.0 -p '*.deb'", ["1 github/example/probe v1.2.0"]],
    ["V=$(gh api repos/example/probe/releases/latest -q .tag_name)", ["1 github/example/probe floating"]],
    ["zkg install --force --version v0.7.1 https://github.com/example/spicy", ["1 github/example/spicy v0.7.1"]],
    ["T=v1.3.0\nfetch --repo=https://github.com/example/tool --tag=$T out", ["1 github/example/tool v1.3.0"]],
    ["helm plugin install https://github.com/example/diff --version v3.9.4", ["1 github/example/diff v3.9.4"]],
    ["eget example/tool --tag v1.0.1", ["1 github/example/tool v1.0.1"]],
    ["zkg install --nodeps .", []],
    ["git fetch origin main", []],
    ["gh release create v1.2.0 out.zip", []],
  ])("%s", (text, expected) => {
    expect(summary(tree({ "a.sh": text }))).toEqual(expected);
  });
});
