/** Examples that `--help` shows, by command: calls that work as they stand once their names are those of your own things. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  init: ["headgate init", "headgate init ../suite --yes", "headgate init --from-renovate .github/renovate.json5"],
  pins: ["headgate pins", "headgate pins ../suite --json", "headgate pins --explain Dockerfile:12"],
  plan: ["headgate plan", "headgate plan ../suite --json", "headgate plan --explain 0123456789ab"],
  run: ["headgate run", "headgate run --once", "headgate run --config /etc/headgate.yaml --role worker"],
  dashboard: ["headgate dashboard"],
  digest: ["headgate digest --preview digest.html", "headgate digest"],
  schema: ["headgate schema > headgate.schema.json"],
  approve: ['headgate approve 0123456789ab --reason "read the diff"'],
  hold: ['headgate hold 0123456789ab --reason "breaks our parser" --until 2027-01-31'],
  skip: ['headgate skip 0123456789ab --reason "we wait for the next one" --by "Release manager"'],
  reopen: ['headgate reopen 0123456789ab --reason "the parser is fixed"'],
  alerts: ["headgate alerts", "headgate alerts --all --json"],
  acknowledge: ['headgate acknowledge a1b2c3 --reason "asked upstream"'],
  resolve: ['headgate resolve a1b2c3 --reason "upstream says why, and we looked"'],
  vouch: ['headgate vouch pkg:github/zeek/zeek --by "Release team" --reason "we meet twice a year" --points 9'],
  apply: ["headgate apply 0123456789ab --patch | git apply", "headgate apply 0123456789ab --to ../suite"],
  explain: ["headgate explain requests", "headgate explain pkg:github/zeek/zeek@7.2.2 --format markdown"],
  import: [
    "trivy image --format json python:3.13-slim | headgate import -",
    "headgate import report.sarif --image python:3.13-slim",
  ],
  ledger: ["headgate ledger 0123456789ab", "headgate ledger 0123456789ab --at 2026-11-01"],
  replay: [
    "headgate replay docs/examples/incidents.json --all",
    "headgate replay ../zeek ../requests --since 2024-01-01",
    "headgate replay ../zeek --record > zeek.json",
  ],
  export: [
    "headgate export . --format sarif -o headgate.sarif",
    "headgate export --format cyclonedx --project suite -o suite.cdx.json",
    "headgate export . --format vulnerabilities -o headgate.vdr.cdx.json",
    "headgate export . --format markdown --since v1.2.0",
  ],
  "trust-roots": ["headgate trust-roots --refresh"],
  doctor: ["headgate doctor", "headgate doctor --config /etc/headgate.yaml", "headgate doctor --json"],
  audit: ["headgate audit --since 2026-12-01 --json"],
  backup: ["headgate backup headgate-2026-12-01.jsonl.gz"],
  restore: ["headgate restore headgate-2026-12-01.jsonl.gz"],
  completion: [
    'eval "$(headgate completion bash)"',
    "headgate completion zsh > ~/.zfunc/_headgate",
    "headgate completion fish > ~/.config/fish/completions/headgate.fish",
  ],
  ...Object.fromEntries(
    ["formats", "sources", "schemes", "signals", "checks", "channels"].map((family) => [
      family,
      [`headgate ${family}`],
    ]),
  ),
};

/** What stands below a command's help; nothing for one that has none. */
export function examplesText(command: string): string {
  const examples = EXAMPLES[command] ?? [];
  return examples.length === 0 ? "" : `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`;
}
