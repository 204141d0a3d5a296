import { readPlainValue } from "../../lib/holes.ts";
import type { Format, Reading, Reference, Variable } from "../format.ts";
import { urlsOf } from "../read-shell.ts";

/**
 * Files of variables: `.env`, `versions.env`, examples of them, and configurations of a kernel or of Buildroot. They are
 * pins where something else uses them, and where they hold an address.
 */
export const environment: Format = {
  id: "environment",
  title: "Environment file",
  matches: (path) => NAME.test(path) || /(?:^|\/)[\w.-]*defconfig$/.test(path),
  read: readEnvironment,
};

const NAME =
  /(?:^|[/.])env(?:\.(?:example|sample|template|dist|defaults?|local|dev|development|prod|production|test|ci|build))?$/i;

/** `NAME=value` lines; `export`, quotes and trailing comments as Compose reads them. */
function readEnvironment(text: string): Reading {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*([^\r\n]*)/gm);
  const variables = [...lines].map((match): Variable => {
    const [whole, name = "", written = ""] = match;
    const offset = match.index + whole.length - written.length;
    const quoted = /^(["'])([^"']*)\1/.exec(written);
    const comment = written.search(/\s#/);
    const length = quoted?.[2]?.length ?? (comment < 0 ? written : written.slice(0, comment)).trimEnd().length;
    const start = offset + (quoted === null ? 0 : 1);
    return { name, value: readPlainValue(text, start, start + length) };
  });
  const references = variables.flatMap(({ name, value }) =>
    urlsOf(value).map((url): Reference => ({ kind: "url", value: url, name })),
  );
  return { references, variables, inclusions: [], problems: [] };
}
