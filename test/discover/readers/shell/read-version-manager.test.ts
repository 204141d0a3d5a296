import { describe, expect, it } from "vitest";
import { summary, tree } from "../../support.ts";

describe("a command that installs a tool in a version", () => {
  it.each([
    ["asdf install elixir 1.17.3", ["1 github/elixir-lang/elixir 1.17.3"]],
    ["V=27.1.2\nasdf install erlang $V && asdf global erlang $V", ["1 github/erlang/otp 27.1.2"]],
    ["asdf install some-plugin 4.5.6", ["1 generic/asdf/some-plugin 4.5.6"]],
    ["asdf install nodejs latest", []],
    ["asdf install", []],
    ["asdf plugin add elixir", []],
    ["bash -c '. ~/.sdkman/bin/sdkman-init.sh && sdk install gradle 8.10.2'", ["1 github/gradle/gradle 8.10.2"]],
    ["yes | sdk install java 21.0.2-tem", ["1 generic/sdkman/java 21.0.2-tem"]],
    ["sdk install maven", []],
    ["mise use -g node@22.11.0 npm:prettier@3.4.2", ["1 github/nodejs/node 22.11.0", "1 npm/prettier 3.4.2"]],
    ["mise install", []],
    ["my-sdk install java 21.0.2", []],
  ])("%s", (text, expected) => {
    const lines = summary(tree({ "a.sh": text })).filter((line) => !line.includes("floating"));
    expect([...new Set(lines)]).toEqual(expected);
  });
});
