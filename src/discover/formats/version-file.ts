import { literalValue } from "../../lib/pieces.ts";
import { CONTENT, type Format, type Reading } from "../format.ts";

/**
 * Files that hold a version and nothing else: `VERSION`, `docker/TOOL_VERSION`, `version.txt`. Most are the project's own;
 * one is a pin where a script reads it (`$(cat VERSION)`) and takes that version of something.
 */
export const versionFile: Format = {
  id: "version-file",
  title: "File that holds a version",
  matches: (path) => /(?:^|\/)(?:[\w.-]*[._-])?version(?:\.txt)?$/i.test(path),
  guesses: () => true,
  read: readVersionFile,
};

function readVersionFile(text: string): Reading {
  const nothing = { references: [], variables: [], inclusions: [], problems: [] };
  const [, before = "", version] = /^(\s*)(v?\d[\w.+-]{0,100}|[0-9a-f]{40})\s*$/.exec(text.slice(0, 200)) ?? [];
  if (version === undefined) return nothing;
  const value = literalValue(text, before.length, before.length + version.length);
  return { ...nothing, variables: [{ name: CONTENT, value }] };
}
