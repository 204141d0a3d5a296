import { type Command, Option } from "commander";
import { configOption, type Process } from "./process.ts";

/** Commands about the daemon and its store. */
export function defineService(program: Command, process: Process): void {
  program.commandsGroup("The service:");
  defineRun(program, process);
  defineDashboard(program, process);
  defineDigest(program, process);
  defineDoctor(program, process);
  defineBackup(program, process);
  defineRestore(program, process);
}

function defineRun(program: Command, { terminal, finish }: Process): void {
  program
    .command("run")
    .description("the daemon: asks, decides, and sends what deliver names, nothing else; stops on Ctrl-C")
    .addOption(configOption())
    .option("--once", "one full cycle, deliveries included, then exit")
    .addOption(
      new Option("--role <role>", "what this process takes part in")
        .choices(["all", "scheduler", "worker", "web"])
        .default("all"),
    )
    .action(async (options: { config?: string; once?: boolean; role: "all" | "scheduler" | "worker" | "web" }) =>
      finish(await (await import("../commands/run.ts")).runCommandLine(options, terminal)),
    );
}

function defineDashboard(program: Command, { terminal, finish }: Process): void {
  program
    .command("dashboard")
    .description("where the running daemon's dashboard is, with a link that logs in once")
    .addOption(configOption())
    .action(async (options: { config?: string }) =>
      finish(await (await import("../commands/dashboard.ts")).dashboardCommand(options, terminal)),
    );
}

function defineDigest(program: Command, { terminal, finish }: Process): void {
  program
    .command("digest")
    .description("sends the digest now, or writes it into a file to look at first")
    .addOption(configOption())
    .option("--preview <file>", "write it as HTML (or .txt, .md by the file's ending) and send nothing")
    .action(async (options: { config?: string; preview?: string }) =>
      finish(await (await import("../commands/digest.ts")).digestCommand(options, terminal)),
    );
}

function defineDoctor(program: Command, { terminal, finish }: Process): void {
  program
    .command("doctor")
    .description("configuration, database, queue, tokens, mail, each upstream: one line each")
    .addOption(configOption())
    .option("--json", "for other programs")
    .action(async (options: { config?: string; json?: boolean }) =>
      finish(await (await import("../commands/doctor.ts")).doctorCommand(options, terminal)),
    );
}

function defineBackup(program: Command, { terminal, finish }: Process): void {
  program
    .command("backup")
    .description("writes everything that is stored into one file; also while the daemon runs")
    .argument("<file>", "for example headgate-2026-12-01.jsonl.gz")
    .addOption(configOption())
    .action(async (file: string, options: { config?: string }) =>
      finish(await (await import("../commands/backup.ts")).backupCommand(file, options, terminal)),
    );
}

function defineRestore(program: Command, { terminal, finish }: Process): void {
  program
    .command("restore")
    .description("fills an empty store from a backup of this version or an earlier one")
    .argument("<file>", "what headgate backup wrote")
    .addOption(configOption())
    .action(async (file: string, options: { config?: string }) =>
      finish(await (await import("../commands/backup.ts")).restoreCommand(file, options, terminal)),
    );
}
