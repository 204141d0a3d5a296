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
