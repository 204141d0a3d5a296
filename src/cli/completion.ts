import type { Command } from "commander";

/** A command as shells complete it. `value`: an option takes one, of `choices` where there are any. */
export type CompletedCommand = {
  readonly name: string;
  readonly description: string;
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly value: boolean;
    readonly choices: readonly string[];
    readonly description: string;
  }[];
  /** Words that its first argument may be, where they are known. */
  readonly choices: readonly string[];
};

/** The commands of the program, from commander's own tree: what is completed is what is understood. */
export function commandTree(program: Command): CompletedCommand[] {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.map(({ short, long, required, optional, argChoices, description }) => ({
        flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
        value: required || optional,
        choices: argChoices ?? [],
        description,
      })),
      { flags: ["-h", "--help"], value: false, choices: [], description: "how it is called" },
    ],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
  const help = { name: "help", description: "how a command is called", options: [] };
  return [...commands, { ...help, choices: commands.map(({ name }) => name) }];
}

/** The completion script of a shell. */
export const COMPLETIONS: Readonly<Record<"bash" | "zsh" | "fish", (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Words are ours alone (names, flags, choices): nothing in them has to be quoted. */
function bashScript(tree: readonly CompletedCommand[]): string {
  const cases = tree.map(({ name, options, choices }) => {
    const words = [...options.flatMap(({ flags }) => flags), ...choices].join(" ");
    const values = options.flatMap(({ flags, value, choices: known }) =>
      value
        ? [`        ${flags.join("|")}) ${known.length > 0 ? reply(known.join(" ")) : "compopt -o default"}; return ;;`]
        : [],
    );
    return [
      `    ${name})`,
      `      case "$before" in`,
      ...values,
      "      esac",
      `      if [[ "$word" == -* || -n "${choices.join("")}" ]]; then ${reply(words)}; else compopt -o default; fi ;;`,
    ].join("\n");
  });
  return `# headgate completion bash: eval "$(headgate completion bash)"
_headgate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"
  if [[ "$word" == "=" ]]; then word=""; elif [[ "$before" == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  if ((COMP_CWORD == 1)); then
    ${reply([...tree.map(({ name }) => name), "--help", "--version"].join(" "))}
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
}
complete -F _headgate headgate
`;
}

function reply(words: string): string {
  return `COMPREPLY=($(compgen -W "${words}" -- "$word"))`;
}

function zshScript(tree: readonly CompletedCommand[]): string {
  const commands = tree.map(({ name, description }) => `    '${name}:${zshQuoted(description)}'`);
  const cases = tree.map(({ name, options, choices }) => {
    const specs = options.map(({ flags, value, choices: known, description }) => {
      const names = flags.length > 1 ? `'(${flags.join(" ")})'{${flags.join(",")}}` : `${flags[0]}`;
      const after = value ? `:value:${known.length > 0 ? `(${known.join(" ")})` : "_files"}` : "";
      return `        ${names}'[${zshQuoted(description).replace(/[[\]]/g, "\\$&")}]${after}' \\`;
    });
    const rest = choices.length > 0 ? `'1:what:(${choices.join(" ")})'` : "'*:file:_files'";
    return `    ${name})\n${["      _arguments \\", ...specs, `        ${rest}`].join("\n")} ;;`;
  });
  return `#compdef headgate
# In ~/.zshrc, after compinit: source <(headgate completion zsh). Or as the file _headgate in a folder of $fpath.
_headgate() {
  local -a commands
  commands=(
${commands.join("\n")}
  )
  if ((CURRENT == 2)); then
    if [[ "$PREFIX" == -* ]]; then compadd -- --help --version; else _describe command commands; fi
    return
  fi
  local name="$words[2]"
  shift words
  ((CURRENT--))
  case "$name" in
${cases.join("\n")}
  esac
}
if [[ "$funcstack[1]" == _headgate ]]; then _headgate "$@"; else compdef _headgate headgate; fi
`;
}

function fishScript(tree: readonly CompletedCommand[]): string {
  const lines = tree.flatMap(({ name, description, options, choices }) => [
    `complete -c headgate -n __fish_use_subcommand -f -a ${name} -d '${fishQuoted(description)}'`,
    ...options.map(({ flags, value, choices: known, description: about }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const after = value ? ` -r${known.length > 0 ? ` -f -a '${known.join(" ")}'` : ""}` : "";
      return `complete -c headgate -n '__fish_seen_subcommand_from ${name}' ${names.join(" ")}${after} -d '${fishQuoted(about)}'`;
    }),
    ...(choices.length > 0
      ? [`complete -c headgate -n '__fish_seen_subcommand_from ${name}' -f -a '${choices.join(" ")}'`]
      : []),
  ]);
  const head = [
    "# headgate completion fish > ~/.config/fish/completions/headgate.fish",
    "complete -c headgate -n __fish_use_subcommand -l help -d 'how it is called'",
    "complete -c headgate -n __fish_use_subcommand -l version -d 'which version this is'",
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}

/** Inside single quotes. */
function zshQuoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function fishQuoted(text: string): string {
  return text.replace(/['\\]/g, "\\$&");
}
