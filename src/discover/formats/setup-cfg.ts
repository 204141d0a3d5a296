import { toPurl } from "../../domain/upstream.ts";
import { type IniSetting, readIni } from "../../lib/syntax/ini.ts";
import { literalValue } from "../../lib/syntax/pieces.ts";
import type { Format, Reading } from "../format.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";

/** What setuptools is told (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html). */
export const setupCfg: Format = {
  id: "setup-cfg",
  title: "setuptools configuration (setup.cfg)",
  matches: (path) => /(?:^|\/)setup\.cfg$/.test(path),
  read: readSetupCfg,
};

const LISTS = new Set(["install_requires", "setup_requires", "tests_require"]);

function readSetupCfg(text: string): Reading {
  const settings = readIni(text);
  const lines = settings.filter(listsRequirements).flatMap((setting) => setting.lines);
  const names = settings.filter(({ section, key }) => section === "metadata" && key === "name");
  return {
    references: lines.flatMap(({ start, end }) => readRequirement(literalValue(text, start, end)) ?? []),
    variables: [],
    inclusions: [],
    publishes: names.flatMap(({ lines: [line] }) => (line ? [toPurl("pypi", text.slice(line.start, line.end))] : [])),
    problems: [],
  };
}

function listsRequirements({ section, key }: IniSetting): boolean {
  return section === "options" ? LISTS.has(key.replaceAll("-", "_")) : section === "options.extras_require";
}
