import { Command } from "commander";
import { VERSION } from "../domain/product.ts";
import { defineCheckouts } from "./define/checkouts.ts";
import { defineDecisions } from "./define/decisions.ts";
import type { Process } from "./define/process.ts";
import { defineReference } from "./define/reference.ts";
import { defineService } from "./define/service.ts";
import { defineUpstreams } from "./define/upstreams.ts";
import { examplesText } from "./examples.ts";

/** All commands. Each one's module is loaded when it is called: `pins` must not pay for the database. */
export function createProgram(shared: Process): Command {
  const program = new Command("headgate")
    .description(
      "Watches everything a project takes from upstream, judges it, and moves it forward only through a gate.",
    )
    .version(VERSION, "-V, --version", "which version this is")
    .exitOverride()
    .showHelpAfterError("(headgate --help lists the commands)");
  for (const define of [defineCheckouts, defineDecisions, defineUpstreams, defineService, defineReference])
    define(program, shared);
  program.helpCommand("help [command]", "what a command takes, and examples of it");
  for (const command of program.commands) {
    command.addHelpText("after", examplesText(command.name()));
    command.showHelpAfterError(`(headgate ${command.name()} --help says what it takes, with examples)`);
  }
  return program;
}

/**
 * What a program is asked, so that a name that it does not have is what it answers: commander shows the list of commands
 * for `help NAME` and `NAME --help`, and does not say that there is no such name.
 */
export function asAsked(program: Command, args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  const name = first === "help" ? rest[0] : first;
  if (name === undefined || name === "help" || name.startsWith("-")) return args;
  const isKnown = program.commands.some((command) => command.name() === name);
  if (!isKnown) return [name];
  return first === "help" ? [name, "--help"] : args;
}
