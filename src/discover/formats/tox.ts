import { posix } from "node:path";
import { readIni } from "../../lib/syntax/ini.ts";
import { literalValue, type Span } from "../../lib/syntax/pieces.ts";
import type { Format, Inclusion, Reading } from "../format.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";

/** Test environments of tox (https://tox.wiki/en/latest/config.html). */
export const tox: Format = {
  id: "tox",
  title: "tox environments (tox.ini)",
  matches: (path) => /(?:^|\/)tox\.ini$/.test(path),
  read: readTox,
};

/** `py{311,312}-django42: Django>=4.2`: what follows holds in these environments only. */
const FACTORS = /^[\w{},.!-]+:[ \t]+/;
const INCLUDED = /^-[rc][ \t]*(\S+)/;

function readTox(text: string, path: string): Reading {
  const lists = readIni(text).filter(
    ({ section, key }) =>
      (section.startsWith("testenv") && key === "deps") || (section === "tox" && key === "requires"),
  );
  const lines = lists.flatMap((setting) => setting.lines).map((line) => withoutFactors(text, line));
  const inclusions = lines.flatMap(({ start, end }): Inclusion[] => {
    const file = INCLUDED.exec(text.slice(start, end))?.[1]?.replace(/^\{toxinidir\}\/?/, "");
    return file === undefined ? [] : [{ paths: [posix.join(posix.dirname(path), file)], variables: [] }];
  });
  return {
    references: lines.flatMap(({ start, end }) => readRequirement(literalValue(text, start, end)) ?? []),
    variables: [],
    inclusions,
    problems: [],
  };
}

function withoutFactors(text: string, { start, end }: Span): Span {
  return { start: start + (FACTORS.exec(text.slice(start, end))?.[0].length ?? 0), end };
}
