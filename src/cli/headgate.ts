#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { EXIT } from "./exit.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
const configOption = () =>
  new Option("-c, --config <file>", "the configuration; default: HEADGATE_CONFIG, else config/headgate.yaml");
const finish = (code: number) => {
  process.exitCode = code;
};

const program = new Command("headgate")
  .description("Watches everything a project takes from upstream, judges it, and moves it forward only through a gate.")
  .exitOverride()
  .showHelpAfterError("(headgate --help lists the commands)")
  .configureOutput({ writeErr: (text) => void process.stderr.write(text) });

// Each command's module is loaded when it is called: `pins` must not pay for the database.
program
  .command("pins")
  .description("what is pinned here: offline, no configuration, no database")
  .argument("[path]", "a checkout", ".")
  .option("--json", "one row per pin, for other programs")
  .action(async (path: string, options: { json?: boolean }) =>
    finish(await (await import("./commands/pins.ts")).pinsCommand(path, options, terminal)),
  );

program
  .command("plan")
  .description("what would be done, and why; writes nothing outside")
  .argument("[path]", "a checkout; default: the projects of the configuration")
  .addOption(configOption())
  .option("--json", "for other programs")
  .action(async (path: string | undefined, options: { config?: string; json?: boolean }) =>
    finish(await (await import("./commands/plan.ts")).planCommand(path, options, terminal)),
  );

program
  .command("run")
  .description("the daemon; stops on Ctrl-C")
  .addOption(configOption())
  .option("--once", "one full cycle with deliveries, then exit")
  .addOption(
    new Option("--role <role>", "what this process takes part in")
      .choices(["all", "scheduler", "worker", "web"])
      .default("all"),
  )
  .action(async (options: { config?: string; once?: boolean; role: "all" | "scheduler" | "worker" | "web" }) =>
    finish(await (await import("./commands/run.ts")).runCommandLine(options, terminal)),
  );

program
  .command("digest")
  .description("send the digest now, or look at it first")
  .addOption(configOption())
  .option("--preview <file>", "write it as HTML (or .txt, .md by the file's ending) instead of sending it")
  .action(async (options: { config?: string; preview?: string }) =>
    finish(await (await import("./commands/digest.ts")).digestCommand(options, terminal)),
  );

program
  .command("doctor")
  .description("configuration, database, queue, tokens, mail, each upstream: one line each")
  .addOption(configOption())
  .action(async (options: { config?: string }) =>
    finish(await (await import("./commands/doctor.ts")).doctorCommand(options, terminal)),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  finish(error.exitCode === 0 ? EXIT.done : EXIT.usage);
}
