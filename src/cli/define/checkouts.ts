import { type Command, Option } from "commander";
import { TOKEN_FORGE_IDS } from "../../domain/project.ts";
import { REPORT_IDS } from "../../views/reports.ts";
import type { ApplyOptions } from "../commands/apply.ts";
import type { ExportOptions } from "../commands/export.ts";
import type { InitOptions } from "../commands/init.ts";
import { configOption, type Process } from "./process.ts";

/** Commands about what stands in a checkout, and what is done with it. */
export function defineCheckouts(program: Command, process: Process): void {
  program.commandsGroup("A checkout and its pins:");
  definePins(program, process);
  defineInit(program, process);
  definePlan(program, process);
  defineApply(program, process);
  defineExport(program, process);
}

function definePins(program: Command, { terminal, finish }: Process): void {
  program
    .command("pins")
    .description("what is pinned here: offline, no configuration, no database")
    .argument("[path]", "a checkout", ".")
    .option("--json", "one row per pin, for other programs")
    .option("--explain <file:line>", "how the pin at that place was understood, or why there is none")
    .action(async (path: string, options: { json?: boolean; explain?: string }) =>
      finish(await (await import("../commands/pins.ts")).pinsCommand(path, options, terminal)),
    );
}

function defineInit(program: Command, { terminal, finish }: Process): void {
  program
    .command("init")
    .description(
      "proposes a configuration for a checkout, explains it, and writes it when told to; nothing is sent anywhere",
    )
    .argument("[path]", "a checkout", ".")
    .option("-o, --output <file>", "where it is written", "config/headgate.yaml")
    .option("-y, --yes", "write it without asking")
    .option("--force", "replace a file that is there")
    .option("--from-renovate [file]", "carry over Renovate's rules; default: where there are any")
    .option("--no-from-renovate", "leave them")
    .option("--from-dependabot [file]", "carry over Dependabot's rules; default: where there are any")
    .option("--no-from-dependabot", "leave them")
    .addOption(
      new Option(
        "--forge <forge>",
        "what the remote's host is, where its name does not say; forgejo is Gitea's, too",
      ).choices(TOKEN_FORGE_IDS),
    )
    .action(async (path: string, options: InitOptions) =>
      finish(await (await import("../commands/init.ts")).initCommand(path, options, terminal)),
    );
}

function definePlan(program: Command, { terminal, finish }: Process): void {
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
          ? await (await import("../commands/plan.ts")).planCommand(path, options, terminal)
          : await (await import("../commands/explain-rules.ts")).explainRulesCommand(
              options.explain,
              options,
              terminal,
            ),
      ),
    );
}

function defineApply(program: Command, { terminal, finish }: Process): void {
  program
    .command("apply")
    .description("writes the change of a candidate into a checkout, or prints it as a patch")
    .argument("<candidate>", "its id, or the first six characters or more of it; headgate plan lists them")
    .option("--to <path>", "the checkout; default: the watched folder itself")
    .option("--commit", "and commit it there: one commit of these files alone")
    .option("--patch", "print it for git apply instead of writing anything")
    .option("--force", "also when it is not proposed")
    .addOption(configOption())
    .action(async (candidate: string, options: ApplyOptions) =>
      finish(await (await import("../commands/apply.ts")).applyCommand(candidate, options, terminal)),
    );
}

function defineExport(program: Command, { terminal, finish }: Process): void {
  program
    .command("export")
    .description("a report for other programs or for people: SBOM, vulnerabilities, SARIF, CSV, JSON, release notes")
    .argument("[path]", "a checkout: what its files pin, without a store; default: the watched projects")
    .addOption(new Option("-f, --format <format>", "which report").choices(REPORT_IDS).makeOptionMandatory())
    .option("-p, --project <name>", "one of the watched projects; default: all of them")
    .option("-o, --output <file>", "where it is written; default: standard output")
    .option("--since <date>", "updates since then; with a checkout also a tag or commit; default: 30 days ago")
    .option("--until <date>", "updates until then; default: now")
    .option("--advisories", "ask OSV about what a checkout pins; default: for the vulnerability report alone")
    .option("--no-advisories", "ask nobody: a checkout is read offline, and the report says what was not checked")
    .addOption(configOption())
    .action(async (path: string | undefined, options: ExportOptions) =>
      finish(await (await import("../commands/export.ts")).exportCommand(path, options, terminal)),
    );
}
