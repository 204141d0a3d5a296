import { type Command, Option } from "commander";
import type { ReplayOptions } from "../commands/replay.ts";
import { configOption, type Process } from "./process.ts";

/** Commands about what is known of upstreams and their releases. */
export function defineUpstreams(program: Command, process: Process): void {
  program.commandsGroup("Upstreams and their releases:");
  defineExplain(program, process);
  defineImport(program, process);
  defineReplay(program, process);
  defineTrustRoots(program, process);
}

function defineExplain(program: Command, { terminal, finish }: Process): void {
  program
    .command("explain")
    .description(
      "the trust card of an upstream: every signal, its reason, source and time, and the checks of a version",
    )
    .argument("<upstream>", "a purl, or its short name where that is clear; @VERSION may follow")
    .option("--ask", "ask first what is not known or no longer fresh")
    .addOption(
      new Option("--format <format>", "how it is printed").choices(["text", "markdown", "json"]).default("text"),
    )
    .option("--json", "the same as --format json")
    .addOption(configOption())
    .action(
      async (
        upstream: string,
        options: { ask?: boolean; json?: boolean; format?: "text" | "markdown" | "json"; config?: string },
      ) => finish(await (await import("../commands/explain.ts")).explainCommand(upstream, options, terminal)),
    );
}

function defineImport(program: Command, { terminal, finish }: Process): void {
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
      finish(await (await import("../commands/import.ts")).importCommand(file, options, terminal)),
    );
}

function defineReplay(program: Command, { terminal, finish }: Process): void {
  program
    .command("replay")
    .description(
      "what would have been said of recorded releases and incidents, at each moment; offline, see docs/replay.md",
    )
    .argument(
      "<files...>",
      "JSON: one incident or an array of them, - reads standard input; or clones, whose tags are replayed",
    )
    .option("--json", "for other programs")
    .option("--all", "every time line, however many there are")
    .option("--since <date>", "of a clone, only what was tagged since then; earlier tags still say what is usual")
    .option("--record", "write the record that would be replayed, for you to add to")
    .addOption(new Option("-c, --config <file>", "a configuration whose policy is used; default: the default policy"))
    .action(async (files: string[], options: ReplayOptions) =>
      finish(await (await import("../commands/replay.ts")).replayCommand(files, options, terminal)),
    );
}

function defineTrustRoots(program: Command, { terminal, finish }: Process): void {
  program
    .command("trust-roots")
    .description("whose certificates and logs signatures are verified with, and how old that knowledge is")
    .option("--refresh", "bring them up to date first, by The Update Framework")
    .addOption(configOption())
    .action(async (options: { refresh?: boolean; config?: string }) =>
      finish(await (await import("../commands/trust-roots.ts")).trustRootsCommand(options, terminal)),
    );
}
