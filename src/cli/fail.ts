import { EXIT } from "./exit.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Says on stderr why nothing was done; gives back the exit code for that. */
export function fail(message: string, terminal: Terminal): number {
  terminal.error(`headgate: ${message.split("\n").map(printable).join("\n")}`);
  return EXIT.usage;
}
