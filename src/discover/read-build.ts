import { posix } from "node:path";
import type { Inclusion } from "./format.ts";
import type { ScriptReading } from "./read-shell.ts";

/** The Dockerfiles that a script builds, with the arguments it gives them. Scripts run in their folder or in the root. */
export function buildInclusions({ images }: ScriptReading, path: string): Inclusion[] {
  const folder = posix.dirname(path);
  return images.map(({ file, context, variables, scope }) => {
    const named = file === "" ? posix.join(context === "" ? "." : context, "Dockerfile") : file;
    const paths = [posix.join(folder, named), posix.normalize(named)].filter((one) => !one.startsWith("../"));
    return { paths, variables: variables.map((variable) => ({ ...variable, scope })) };
  });
}
