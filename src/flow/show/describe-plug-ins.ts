import type { Dimension } from "../../domain/trust.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { markdownCell } from "../../lib/markdown-cell.ts";
import type { Check } from "../../score/check.ts";
import { CHECKS } from "../../score/checks.ts";
import type { Signal } from "../../score/signal.ts";
import { SIGNALS } from "../../score/signals.ts";
import { PLUG_INS } from "./list-plug-ins.ts";

const HEADINGS: Readonly<Record<Dimension, string>> = {
  activity: "Activity",
  community: "Community",
  adoption: "Adoption",
  signing: "Signing and provenance",
  hygiene: "Hygiene",
  "track-record": "Track record",
  relationships: "Relationships of trust",
};

const INTRODUCTION = `# Trust signals

<!-- Written by \`npm run docs\` from src/score/signals.ts: change the signals, not this page. -->

Each signal asks one question about a project and gives 0 to 10 points, or says that it does not know. Unknown is never zero
and never good: it is left out of the mean and lowers the coverage. Signals of a dimension are weighed among themselves,
dimensions by \`trust.weights\`. Below half coverage no number is shown. The score lengthens waits and never shortens one.

A package names its source repository, and anybody can name any. Where the repository's own files do not name the package
back, and no provenance that deps.dev verified does, the link is *claimed*: the reason says so, and its stars count for nothing.

\`trust.signals\` turns a signal on or off by its id.
`;

/** The reference page of the signals, in Markdown. */
export function signalsPage(): string {
  const sections = Object.entries(HEADINGS).map(([dimension, heading]) => {
    const members = SIGNALS.filter((signal) => signal.dimension === dimension);
    return [`## ${heading}`, ...members.map(describe)].join("\n\n");
  });
  return `${[INTRODUCTION.trimEnd(), ...sections].join("\n\n")}\n`;
}

function describe({
  id,
  number,
  title,
  why,
  weight,
  byDefault = true,
  source,
  points,
  expiry,
  recordedHere,
}: Signal): string {
  const lines = [
    `Id \`${id}\`, weight ${weight} in its dimension, ${byDefault ? "on" : "off"} by default; ${recordedHere === true ? "counts at once" : `asked again after ${formatDuration(expiry)}`}.`,
    `From: ${source}.`,
    `Points: ${points}.`,
  ];
  return [`### ${number} ${title}`, why, lines.map((line) => `- ${line}`).join("\n")].join("\n\n");
}

const CHECKS_INTRODUCTION = `# Release checks

<!-- Written by \`npm run docs\` from src/score/checks.ts: change the checks, not this page. -->

Each check asks one question about one release and compares it with the project's own earlier ones. It says *pass*, *warn*,
*hold*, *block*, or *not checked* with the reason: what is not known is never a word for or against a release. A hold waits for a
named person; any two warnings hold; a block is never proposed. Checks are never averaged, and no trust in the project lifts one.

\`trust.checks\` turns a check on or off by its id.
`;

/** The reference page of the release checks, in Markdown. */
export function checksPage(): string {
  return `${[CHECKS_INTRODUCTION.trimEnd(), ...CHECKS.map(describeCheck)].join("\n\n")}\n`;
}

function describeCheck({ id, rule, title, why, baseRate, collect }: Check): string {
  const asks = collect === undefined ? "judges what is stored" : `asks for: ${collect.part}`;
  const lines = [`Id \`${id}\`; ${asks}.`, ...(baseRate === undefined ? [] : [`Without cause: ${baseRate}.`])];
  return [`## ${rule} ${title}`, why, lines.map((line) => `- ${line}`).join("\n")].join("\n\n");
}

const FAMILIES = {
  formats: [
    "Formats",
    "Kinds of files that versions are found in. The first that matches a path reads the file.",
    "discover/formats.ts",
  ],
  sources: ["Sources", "Kinds of upstreams that are asked, and how their versions are ordered.", "poll/sources.ts"],
  schemes: ["Schemes", "Orders of versions.", "compare/schemes.ts"],
  channels: [
    "Channels",
    "Ways to reach people and programs; each is turned on by its section under `deliver`.",
    "deliver/channels.ts",
  ],
} as const;

/** The families that have a reference page of the plain kind. */
export const LISTED_FAMILIES = ["formats", "sources", "schemes", "channels"] as const;

/** The reference page of a family, in Markdown: what is in its list, in that order. */
export function familyPage(family: (typeof LISTED_FAMILIES)[number]): string {
  const [title, about, list] = FAMILIES[family];
  const head = `# ${title}\n\n<!-- Written by \`npm run docs\` from src/${list}: change the list, not this page. -->\n\n${about}`;
  const rows = PLUG_INS[family].map(({ id, title: words }) => `| \`${id}\` | ${words.replaceAll("|", "\\|")} |`);
  return `${head}\n\n| id | what |\n|---|---|\n${rows.join("\n")}\n`;
}

type Schema = {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
};

/** The reference page of the configuration, from its JSON Schema: every option with its kind and default. */
export function configurationPage(schema: object): string {
  const { properties = {} } = schema as Schema;
  const sections = Object.entries(properties).map(([name, section]) => {
    const rows = optionsOf(section, name).map(
      ([path, option]) =>
        `| \`${path}\` | ${kindOf(option)} | ${defaultOf(option)} | ${markdownCell(option.description ?? "")} |`,
    );
    const about = section.properties === undefined && section.items === undefined ? "" : (section.description ?? "");
    const table = `| option | kind | default | what |\n|---|---|---|---|\n${rows.join("\n")}`;
    return `## ${name}\n\n${about === "" ? "" : `${sentence(about)}\n\n`}${table}\n`;
  });
  return `${CONFIGURATION_HEAD}\n\n${sections.join("\n")}`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

const CONFIGURATION_HEAD = [
  "# Configuration",
  "",
  "<!-- Written by `npm run docs` from the schema of the configuration: change that, not this page. -->",
  "",
  "Every option. [config/headgate.example.yaml](../../config/headgate.example.yaml) shows them in use. Editors complete and",
  "explain them by the JSON Schema that `headgate schema` prints. A duration is `90s`, `15m`, `24h`, `3d` or `1w`; `[]` stands",
  "for each entry of a list, `*` for any name.",
].join("\n");

/** Options that hold no others, by their paths; `[]` stands for each entry of a list, `*` for any name. */
function optionsOf(schema: Schema, path: string): [string, Schema][] {
  const inside = (name: string) => (path === "" ? name : `${path}.${name}`);
  if (schema.properties !== undefined)
    return Object.entries(schema.properties).flatMap(([name, one]) => optionsOf(one, inside(name)));
  if (schema.items?.properties !== undefined) return optionsOf(schema.items, `${path}[]`);
  const named = schema.additionalProperties;
  if (typeof named === "object" && named.properties !== undefined) return optionsOf(named, inside("*"));
  return [[path, schema]];
}

function kindOf({ type, title, enum: known, anyOf, items, const: only, additionalProperties: named }: Schema): string {
  if (title !== undefined) return title;
  if (only !== undefined) return `\`${only}\``;
  if (known !== undefined) return known.map((one) => `\`${one}\``).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(" or ");
  if (items !== undefined) return `list of ${kindOf(items)}`;
  if (typeof named === "object") return `names, each with ${kindOf(named)}`;
  return typeof type === "string"
    ? (KINDS[type] ?? type)
    : (type?.map((one) => KINDS[one] ?? one).join(" or ") ?? "text");
}

/** JSON's words as people say them. */
const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "`true` or `false`",
  integer: "whole number",
  null: "`null`",
  array: "list",
};

function defaultOf({ default: value }: Schema): string {
  return value === undefined ? "" : `\`${JSON.stringify(value).replaceAll("|", "\\|")}\``;
}
