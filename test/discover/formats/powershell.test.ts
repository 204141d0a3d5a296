import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { readPowerShell } from "../../../src/lib/syntax/powershell.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const setup = [fixture("powershell", "setup.ps1")];

describe("a PowerShell script", () => {
  it("tells every place where something is taken from upstream, on the line to edit", () => {
    expect(summary(setup)).toEqual([
      "5 github/example/probe 1.9.2",
      "10 generic/agent?repository_url=downloads.example.com 4.2.2",
      "11 github/example/cronic v0.2.41",
      "27 github/example/blob v3.1.0",
      "28 github/example/install main floating",
      "29 github/example/rules v1.4.0",
      "30 pypi/flake8 7.2.0",
      "31 chocolatey/nodejs 20.11.1",
      "32 nuget/Pester?repository_url=https://www.powershellgallery.com/api/v2 5.6.1",
      "33 docker/mcr.microsoft.com/windows/servercore ltsc2022",
    ]);
  });

  it("edits the variable, whose name has no case", () => {
    expect(covered(setup, pinNamed(setup, "agent_version"))).toEqual(["version 4.2.2 → {version}"]);
  });

  it.each([
    ["$v = '1.2'\niwr \"https://github.com/o/r/archive/v$v.zip\"", ["1 github/o/r 1.2"]],
    ['$v = Get-Version\niwr "https://github.com/o/r/archive/v$v.zip"', []],
    ["$v = @'\nhttps://github.com/o/r/archive/v1.2.zip\n'@", ["2 github/o/r v1.2"]],
    ["$r.version = '1.2'\niwr \"https://github.com/o/r/archive/$($r.version).zip\"", []],
    ["<# iwr https://github.com/o/r/archive/v1.2.zip #>", []],
    ["iwr 'https://github.com/o/r/archive/$v1.2.zip'", []],
  ])("reads %j", (text, expected) => {
    expect(summary(tree({ "setup.ps1": text }))).toEqual(expected);
  });

  it("reports a variable that nothing sets", () => {
    const files = tree({ "a.psm1": 'iwr "https://github.com/o/r/archive/v$unset.zip"' });
    expect(discover(files).problems).toHaveLength(1);
  });

  it("always comes to an end, with words that stand where they say", () => {
    const hostile = fc.string({ unit: fc.constantFrom(..."a \n\t\\'\"$(){}`;|&<#=@>,[].:+") });
    fc.assert(
      fc.property(hostile, (text) => {
        for (const piece of readPowerShell(text).flatMap(({ words }) => words.flatMap((word) => word.pieces))) {
          expect(piece.end).toBeLessThanOrEqual(text.length);
          if (piece.kind === "literal") expect(text.slice(piece.start, piece.end)).toBe(piece.text);
        }
      }),
      { numRuns: 500 },
    );
  });
});
