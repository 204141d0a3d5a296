import { readPlainValue } from "../../lib/syntax/holes.ts";
import { literalValue } from "../../lib/syntax/pieces.ts";
import { CONTENT, type Format, type Reading, type Reference, type Variable } from "../format.ts";
import { urlsOf } from "../readers/shell/read-shell.ts";

/**
 * Files of variables: `.env`, `versions.env`, examples of them, and configurations of a kernel or of Buildroot. They are
 * pins where something else uses them, and where they hold an address. A file may be one variable as a whole (`VERSION`,
 * `docker/TOOL_VERSION`, `web.version`): a pin where a script reads it and takes that version of something.
 */
export const environment: Format = {
  id: "environment",
  title: "Environment file, or file that holds a version",
  matches: (path) => NAME.test(path) || HELD.test(path) || /(?:^|\/)[\w.-]*defconfig$/.test(path),
  guesses: (path) => HELD.test(path),
  read: (text, path) => (HELD.test(path) && !NAME.test(path) ? readHeld(text) : readEnvironment(text)),
};

const HELD = /(?:^|\/)(?:[\w.-]*[._-])?version(?:\.txt)?$/i;
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

/** A version and nothing else. */
function readHeld(text: string): Reading {
  const [, before = "", version] = /^(\s*)(v?\d[\w.+-]{0,100}|[0-9a-f]{40})\s*$/.exec(text.slice(0, 200)) ?? [];
  const value = literalValue(text, before.length, before.length + (version?.length ?? 0));
  const variables = version === undefined ? [] : [{ name: CONTENT, value }];
  return { references: [], variables, inclusions: [], problems: [] };
}
