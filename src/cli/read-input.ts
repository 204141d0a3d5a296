import { readFileSync } from "node:fs";
import { Failure } from "../lib/failure.ts";
import { fileTrouble } from "../lib/file-trouble.ts";

/** The text of a file that somebody named; `-` is standard input. */
export function readInput(file: string): string | Failure {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return new Failure(
      "misconfigured",
      isMissing ? `${file} does not exist.` : `${file} cannot be read: ${fileTrouble(error)}.`,
    );
  }
}
