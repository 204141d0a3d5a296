import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * The registry that the user's own npm configuration names (https://docs.npmjs.com/cli/using-npm/config#registry), without
 * a trailing slash; empty when there is no npm to ask. Asked in the folder of the program, not in a watched one.
 */
export async function npmRegistry(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"], {
      cwd: import.meta.dirname,
      timeout: 10_000,
    });
    const registry = stdout.trim().replace(/(?<!\/)\/+$/, "");
    return URL.canParse(registry) ? registry : "";
  } catch {
    return ""; // no npm: packages are then said to be not checked, and why
  }
}
