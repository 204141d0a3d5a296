import type { Argument, Command, Option } from "commander";
import { markdownCell } from "../lib/markdown-cell.ts";
import { EXAMPLES } from "./examples.ts";

const HEAD = `# Commands

<!-- Written by \`npm run docs\` from src/cli/define/: change the commands, not this page. -->

From a clone, \`npm run --silent headgate -- ARGS\` runs \`headgate ARGS\`. \`headgate COMMAND --help\` says the same as this page, and
\`eval "$(headgate completion bash)"\` completes it (also zsh and fish). While a daemon runs, commands that need its store ask the daemon.

Exit codes: 0 done, 1 done but something could not be checked, 2 the call or the configuration is wrong.`;

/** The reference page of the commands, in Markdown, from commander's own tree: what is described is what is understood. */
export function commandsPage(program: Command): string {
  const groups = Map.groupBy(program.commands, (command) => command.helpGroup());
  const contents = [...groups].map(([group, commands]) => {
    const links = commands.map((command) => `[${command.name()}](#headgate-${command.name()})`);
    return `| ${group.replace(/:$/, "")} | ${links.join(", ")} |`;
  });
  const sections = program.commands.map(describe);
  return `${[HEAD, ["| | |", "|---|---|", ...contents].join("\n"), ...sections].join("\n\n")}\n`;
}

function describe(command: Command): string {
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const table = rows.length === 0 ? [] : [["| | |", "|---|---|", ...rows].join("\n")];
  const examples = ["```", ...(EXAMPLES[command.name()] ?? []), "```"].join("\n");
  const about = command.description();
  const sentence = `${about.slice(0, 1).toUpperCase()}${about.slice(1)}.`;
  return [`## headgate ${command.name()}`, markdownCell(sentence), ...table, examples].join("\n\n");
}

function argumentRow(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  const written = argument.required ? `<${name}>` : `[${name}]`;
  return row(written, argument.description, argument.argChoices, argument.defaultValue);
}

function optionRow({ flags, description, argChoices, defaultValue, mandatory }: Option): string {
  return row(flags, mandatory ? `${description} (required)` : description, argChoices, defaultValue);
}

function row(written: string, about: string, choices: readonly string[] | undefined, usual: unknown): string {
  const known = choices === undefined ? "" : `; choices: ${choices.map((one) => `\`${one}\``).join(", ")}`;
  const otherwise = usual === undefined || usual === true ? "" : `; default: \`${String(usual)}\``;
  return `| \`${written}\` | ${markdownCell(about)}${known}${otherwise} |`;
}
