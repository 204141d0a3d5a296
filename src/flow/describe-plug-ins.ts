import type { Dimension } from "../domain/trust.ts";
import { formatDuration } from "../lib/duration.ts";
import type { Check } from "../score/check.ts";
import { CHECKS } from "../score/checks.ts";
import type { Signal } from "../score/signal.ts";
import { SIGNALS } from "../score/signals.ts";

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

function describe({ id, number, title, why, weight, byDefault = true, source, points, expiry }: Signal): string {
  const lines = [
    `Id \`${id}\`, weight ${weight} in its dimension, ${byDefault ? "on" : "off"} by default; asked again after ${formatDuration(expiry)}.`,
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
