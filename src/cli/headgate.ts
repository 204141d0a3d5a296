#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit.ts";
import { sayLast } from "./last-words.ts";
import { asAsked, createProgram } from "./program.ts";
import { processTerminal } from "./terminal.ts";

const finish = (code: number) => {
  process.exitCode = code;
};

process.on("uncaughtException", (error) => process.exit(sayLast(error)));

try {
  const program = createProgram({ terminal: processTerminal(), finish });
  await program.parseAsync(asAsked(program, process.argv.slice(2)), { from: "user" });
} catch (error) {
  finish(error instanceof CommanderError ? (error.exitCode === 0 ? EXIT.done : EXIT.usage) : sayLast(error));
}
