import { literalValue } from "../../lib/syntax/pieces.ts";
import type { Format } from "../format.ts";
import { readR } from "../readers/packages/read-r.ts";

/** R scripts: what they install (https://remotes.r-lib.org/reference/). */
export const rScript: Format = {
  id: "r-script",
  title: "R script",
  matches: (path) => /\.r$/i.test(path) && !/(?:^|\/)(?:R|tests|man)\/[^/]+$/.test(path),
  read: (text) => ({
    references: readR(literalValue(text, 0, text.length)),
    variables: [],
    inclusions: [],
    problems: [],
  }),
};
