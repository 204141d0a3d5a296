import { posix } from "node:path";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Inclusion, Variable } from "../../format.ts";
import type { ScriptReading } from "./read-shell.ts";

/**
 * The Dockerfiles that a script builds, with the arguments it gives them, the lists of Python packages that it installs,
 * the files that sed puts values into, and the scripts that it runs: in an image, those beside it. Scripts run in their folder or in the root.
 */
export function buildInclusions(script: ScriptReading, path: string): Inclusion[] {
  const { images, lists, substitutions, runs } = script;
  const folder = posix.dirname(path);
  const around = (file: string) =>
    [posix.join(folder, file), posix.normalize(file)].filter((one) => !/^(?:\.\.)?\//.test(one));
  const listed = lists.flatMap(({ requirements, constraints, scope }) =>
    requirements.map((file) => ({
      paths: around(file),
      variables: [],
      scope,
      constraints: constraints.flatMap(around),
    })),
  );
  const built = images.map(({ file, context, variables, scope }) => {
    const named = file === "" ? posix.join(context === "" ? "." : context, "Dockerfile") : file;
    const paths = [posix.join(folder, named), posix.normalize(named)].filter((one) => !one.startsWith("../"));
    return { paths, variables: variables.map((variable) => ({ ...variable, scope })) };
  });
  const changed = substitutions.flatMap(({ files, replaces }) =>
    files.map((file) => ({ paths: around(file), variables: [], replaces })),
  );
  const run = runs.map(({ file, words, scope }) => ({
    paths: file.startsWith("/") ? [posix.join(folder, posix.basename(file))] : around(file),
    variables: words.map((value, index) => ({ name: String(index + 1), value, scope })),
    scope,
  }));
  return [...built, ...listed, ...changed, ...run];
}

/** Where relative paths start from: the file's own folder, or the root where the project is started from there. */
export function foldersAround(path: string): string[] {
  return [...new Set([posix.dirname(path), "."])];
}

/** The Dockerfile of a build that a file states, by its context and its name in it. */
export function dockerfilesAround(
  path: string,
  context: Value | undefined,
  file: Value | undefined,
): Pick<Inclusion, "paths" | "composed"> {
  return { paths: [], composed: { folders: foldersAround(path), parts: [context ?? ".", file ?? "Dockerfile"] } };
}

/** A build argument as it is written in one text, `NAME=value`; nothing where the value comes from elsewhere. */
export function readBuildArgument(value: Value): Variable[] {
  const written = visibleText(value);
  const [, name] = /^([A-Za-z_]\w*)=/.exec(written) ?? [];
  return name === undefined ? [] : [{ name, value: sliceValue(value, name.length + 1, written.length) }];
}
