#!/usr/bin/env node
import { Argument, Command, CommanderError, Option } from "commander";
import { VERSION } from "../domain/product.ts";
import type { ExportOptions } from "./commands/export.ts";
import type { InitOptions } from "./commands/init.ts";
import { examplesText } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { sayLast } from "./last-words.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
const configOption = () =>
  new Option("-c, --config <file>", "the configuration; default: HEADGATE_CONFIG, else config/headgate.yaml");
const finish = (code: number) => {
  process.exitCode = code;
};

const program = new Command("headgate")
  .description("Watches everything a project takes from upstream, judges it, and moves it forward only through a gate.")
  .version(VERSION, "-V, --version", "which version this is")
  .exitOverride()
  .showHelpAfterError("(headgate --help lists the commands)")
  .configureOutput({ writeErr: (text) => void process.stderr.write(text) });

// Each command's module is loaded when it is called: `pins` must not pay for the database.
program
  .command("pins")
  .description("what is pinned here: offline, no configuration, no database")
  .argument("[path]", "a checkout", ".")
  .option("--json", "one row per pin, for other programs")
  .option("--explain <file:line>", "how the pin at that place was understood, or why there is none")
  .action(async (path: string, options: { json?: boolean; explain?: string }) =>
    finish(await (await import("./commands/pins.ts")).pinsCommand(path, options, terminal)),
  );

program
  .command("init")
  .description("proposes a configuration for a checkout, explains it, and writes it when told to")
  .argument("[path]", "a checkout", ".")
  .option("-o, --output <file>", "where it is written", "config/headgate.yaml")
  .option("-y, --yes", "write it without asking")
  .option("--force", "replace a file that is there")
  .option("--from-renovate [file]", "carry over Renovate's rules; default: where there are any")
  .option("--no-from-renovate", "leave them")
  .option("--from-dependabot [file]", "carry over Dependabot's rules; default: where there are any")
  .option("--no-from-dependabot", "leave them")
  .action(async (path: string, options: InitOptions) =>
    finish(await (await import("./commands/init.ts")).initCommand(path, options, terminal)),
  );

program
  .command("plan")
  .description("what would be done, and why; writes nothing outside")
  .argument("[path]", "a checkout; default: the projects of the configuration")
  .addOption(configOption())
  .option("--json", "for other programs")
  .option("--explain <candidate>", "every rule that matches a candidate, and what of it counts")
  .action(async (path: string | undefined, options: { config?: string; json?: boolean; explain?: string }) =>
    finish(
      options.explain === undefined
        ? await (await import("./commands/plan.ts")).planCommand(path, options, terminal)
        : await (await import("./commands/explain-rules.ts")).explainRulesCommand(options.explain, options, terminal),
    ),
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
  .command("dashboard")
  .description("where the running daemon's dashboard is, with a link that logs in once")
  .addOption(configOption())
  .action(async (options: { config?: string }) =>
    finish(await (await import("./commands/dashboard.ts")).dashboardCommand(options, terminal)),
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
  .command("schema")
  .description("the configuration as JSON Schema, for editors that complete and check")
  .action(async () => {
    const { configJsonSchema } = await import("../config.ts");
    terminal.out(JSON.stringify(configJsonSchema(), null, 2));
    finish(0);
  });

for (const [action, description] of [
  ["approve", "lifts the holds on exactly this version; blocks and waits stay"],
  ["hold", "keeps exactly this version back until somebody approves or reopens it"],
  ["skip", "passes exactly this version over; the next one is proposed"],
  ["reopen", "takes back what people decided about it before"],
] as const) {
  program
    .command(action)
    .description(description)
    .argument("<candidate>", "its id, or the first six characters or more of it; headgate plan lists them")
    .requiredOption("--reason <text>", "why, in one sentence: it is kept and shown")
    .option("--until <date>", "when this ends by itself: 2026-12-01, or a moment with its zone")
    .option("--by <name>", "who decides; default: your user name on this machine")
    .addOption(configOption())
    .action(async (candidate: string, options: { reason: string; until?: string; by?: string; config?: string }) =>
      finish(await (await import("./commands/decide.ts")).decideCommand(action, candidate, options, terminal)),
    );
}

program
  .command("alerts")
  .description("what is wrong with what is already pinned, until somebody resolves it")
  .option("--all", "also those that are over")
  .option("--json", "for other programs")
  .addOption(configOption())
  .action(async (options: { all?: boolean; json?: boolean; config?: string }) =>
    finish(await (await import("./commands/alerts.ts")).alertsCommand(options, terminal)),
  );

for (const [action, state, description] of [
  ["acknowledge", "acknowledged", "says that somebody has seen an alert and looks after it; it stays in sight"],
  ["resolve", "resolved", "says that an alert is over: what is there now is expected from now on"],
] as const) {
  program
    .command(action)
    .description(description)
    .argument("<alert>", "its id, or the first four characters or more of it; headgate alerts lists them")
    .requiredOption("--reason <text>", "why, in one sentence: it is kept and shown")
    .option("--by <name>", "who says so; default: your user name on this machine")
    .addOption(configOption())
    .action(async (alert: string, options: { reason: string; by?: string; config?: string }) =>
      finish(await (await import("./commands/alerts.ts")).settleCommand(state, alert, options, terminal)),
    );
}

program
  .command("vouch")
  .description("records that somebody here knows the people behind an upstream")
  .argument("<upstream>", "a purl, or its short name where that is clear")
  .requiredOption("--by <name>", "who knows them")
  .requiredOption("--reason <text>", "how, in one sentence: it is kept and shown")
  .option("--points <number>", "0 (no trust at all) to 10", "8")
  .option("--until <date>", "when this ends by itself: 2026-12-01, or a moment with its zone")
  .addOption(configOption())
  .action(
    async (
      upstream: string,
      options: { by: string; reason: string; points: string; until?: string; config?: string },
    ) => finish(await (await import("./commands/vouch.ts")).vouchCommand(upstream, options, terminal)),
  );

program
  .command("apply")
  .description("writes the change of a candidate into a checkout, or prints it as a patch")
  .argument("<candidate>", "its id, or the first six characters or more of it; headgate plan lists them")
  .option("--to <path>", "the checkout; default: the watched folder itself")
  .option("--patch", "print it for git apply instead of writing anything")
  .option("--force", "also when it is not proposed")
  .addOption(configOption())
  .action(async (candidate: string, options: { to?: string; patch?: boolean; force?: boolean; config?: string }) =>
    finish(await (await import("./commands/apply.ts")).applyCommand(candidate, options, terminal)),
  );

program
  .command("explain")
  .description("the trust card of an upstream: every signal, its reason, source and time, and the checks of a version")
  .argument("<upstream>", "a purl, or its short name where that is clear; @VERSION may follow")
  .option("--ask", "ask first what is not known or no longer fresh")
  .addOption(new Option("--format <format>", "how it is printed").choices(["text", "markdown", "json"]).default("text"))
  .option("--json", "the same as --format json")
  .addOption(configOption())
  .action(
    async (
      upstream: string,
      options: { ask?: boolean; json?: boolean; format?: "text" | "markdown" | "json"; config?: string },
    ) => finish(await (await import("./commands/explain.ts")).explainCommand(upstream, options, terminal)),
  );

program
  .command("import")
  .description("takes in what a scanner found in an image: Trivy's JSON, or SARIF")
  .argument("<file>", "the report; - reads standard input")
  .option(
    "--image <purl>",
    "what was scanned: pkg:docker/library/python@3.13-slim, or python:3.13-slim; Trivy's JSON names it",
  )
  .addOption(configOption())
  .action(async (file: string, options: { image?: string; config?: string }) =>
    finish(await (await import("./commands/import.ts")).importCommand(file, options, terminal)),
  );

program
  .command("ledger")
  .description("everything that was decided about a candidate, with the content and the evidence it was decided on")
  .argument("<candidate>", "its id, or the first six characters or more of it; headgate explain lists them")
  .option("--at <date>", "only what stood then: 2026-12-01, or a moment with its zone")
  .option("--json", "for other programs")
  .addOption(configOption())
  .action(async (candidate: string, options: { at?: string; json?: boolean; config?: string }) =>
    finish(await (await import("./commands/ledger.ts")).ledgerCommand(candidate, options, terminal)),
  );

program
  .command("replay")
  .description(
    "what would have been said of recorded releases and incidents, at each moment; offline, see docs/replay.md",
  )
  .argument("<file>", "JSON: one incident or an array of them; - reads standard input")
  .option("--json", "for other programs")
  .option("--all", "every time line, however many there are")
  .addOption(new Option("-c, --config <file>", "a configuration whose policy is used; default: the default policy"))
  .action(async (file: string, options: { json?: boolean; all?: boolean; config?: string }) =>
    finish(await (await import("./commands/replay.ts")).replayCommand(file, options, terminal)),
  );

program
  .command("export")
  .description("a report for other programs or for people: SBOM, vulnerabilities, SARIF, CSV, JSON, release notes")
  .argument("[path]", "a checkout: its pins alone, offline and without a store; default: the watched projects")
  .addOption(
    new Option("-f, --format <format>", "which report")
      .choices(["cyclonedx", "vulnerabilities", "sarif", "csv", "json", "markdown"])
      .makeOptionMandatory(),
  )
  .option("-p, --project <name>", "one of the watched projects; default: all of them")
  .option("-o, --output <file>", "where it is written; default: standard output")
  .option("--since <date>", "updates since then; with a checkout also a tag or commit; default: 30 days ago")
  .option("--until <date>", "updates until then; default: now")
  .addOption(configOption())
  .action(async (path: string | undefined, options: ExportOptions) =>
    finish(await (await import("./commands/export.ts")).exportCommand(path, options, terminal)),
  );

program
  .command("trust-roots")
  .description("whose certificates and logs signatures are verified with, and how old that knowledge is")
  .option("--refresh", "bring them up to date first, by The Update Framework")
  .addOption(configOption())
  .action(async (options: { refresh?: boolean; config?: string }) =>
    finish(await (await import("./commands/trust-roots.ts")).trustRootsCommand(options, terminal)),
  );

program
  .command("audit")
  .description("every decision and every write to the outside, oldest first")
  .option("--since <date>", "from then on: 2026-12-01, or a moment with its zone")
  .option("--json", "one entry a line, for other logs")
  .addOption(configOption())
  .action(async (options: { since?: string; json?: boolean; config?: string }) =>
    finish(await (await import("./commands/audit.ts")).auditCommand(options, terminal)),
  );

program
  .command("backup")
  .description("writes everything that is stored into one file; also while the daemon runs")
  .argument("<file>", "for example headgate-2026-12-01.jsonl.gz")
  .addOption(configOption())
  .action(async (file: string, options: { config?: string }) =>
    finish(await (await import("./commands/backup.ts")).backupCommand(file, options, terminal)),
  );

program
  .command("restore")
  .description("fills an empty store from a backup of this version or an earlier one")
  .argument("<file>", "what headgate backup wrote")
  .addOption(configOption())
  .action(async (file: string, options: { config?: string }) =>
    finish(await (await import("./commands/backup.ts")).restoreCommand(file, options, terminal)),
  );

program
  .command("doctor")
  .description("configuration, database, queue, tokens, mail, each upstream: one line each")
  .addOption(configOption())
  .action(async (options: { config?: string }) =>
    finish(await (await import("./commands/doctor.ts")).doctorCommand(options, terminal)),
  );

for (const family of ["formats", "sources", "schemes", "signals", "checks", "channels"] as const) {
  program
    .command(family)
    .description(`the ${family} that this version knows`)
    .action(async () => finish((await import("./commands/list.ts")).listCommand(family, terminal)));
}

program
  .command("completion")
  .description("the script that makes a shell complete commands and options")
  .addArgument(new Argument("<shell>", "which").choices(["bash", "zsh", "fish"]))
  .action(async (shell: "bash" | "zsh" | "fish") =>
    finish((await import("./commands/completion.ts")).completionCommand(program, shell, terminal)),
  );

for (const command of program.commands) command.addHelpText("after", examplesText(command.name()));

process.on("uncaughtException", (error) => process.exit(sayLast(error)));

try {
  await program.parseAsync();
} catch (error) {
  finish(error instanceof CommanderError ? (error.exitCode === 0 ? EXIT.done : EXIT.usage) : sayLast(error));
}
