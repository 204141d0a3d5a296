import type { Command } from "commander";
import { COMPLETIONS, commandTree } from "../completion.ts";
import { EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** `headgate completion SHELL`: the script that makes a shell complete our commands and options. */
export function completionCommand(program: Command, shell: keyof typeof COMPLETIONS, terminal: Terminal): number {
  terminal.raw(COMPLETIONS[shell](commandTree(program)));
  return EXIT.done;
}
