import { readFileSync } from "node:fs";
import { Failure } from "../lib/failure.ts";

/** The text of a file that somebody named; `-` is standard input. */
export function readInput(file: string): string | Failure {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return new Failure(
      "misconfigured",
      code === "ENOENT" ? `${file} does not exist.` : `${file} cannot be read: ${message}`,
    );
  }
}
