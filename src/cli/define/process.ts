import { Option } from "commander";
import type { Terminal } from "../terminal.ts";

/** What a command has of the process that it runs in: where it writes, and what its exit code becomes. */
export type Process = { readonly terminal: Terminal; readonly finish: (code: number) => void };

/** The option of every command that reads the configuration. */
export function configOption(): Option {
  return new Option("-c, --config <file>", "the configuration; default: HEADGATE_CONFIG, else config/headgate.yaml");
}
