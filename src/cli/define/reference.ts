import { Argument, type Command } from "commander";
import type { Process } from "./process.ts";

/** Commands about what this version is made of, for people, editors and shells. */
export function defineReference(program: Command, { terminal, finish }: Process): void {
  program.commandsGroup("What this version knows:");

  for (const family of ["formats", "sources", "schemes", "signals", "checks", "channels"] as const) {
    program
      .command(family)
      .description(`the ${family} that this version knows`)
      .action(async () => finish((await import("../commands/list.ts")).listCommand(family, terminal)));
  }

  program
    .command("schema")
    .description("the configuration as JSON Schema, for editors that complete and check")
    .action(async () => {
      const { configJsonSchema } = await import("../../config.ts");
      terminal.out(JSON.stringify(configJsonSchema(), null, 2));
      finish(0);
    });

  program
    .command("completion")
    .description("the script that makes a shell complete commands and options")
    .addArgument(new Argument("<shell>", "which").choices(["bash", "zsh", "fish"]))
    .action(async (shell: "bash" | "zsh" | "fish") =>
      finish((await import("../commands/completion.ts")).completionCommand(program, shell, terminal)),
    );
}
