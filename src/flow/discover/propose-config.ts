import { stringify } from "yaml";
import { type ForgeId, TOKEN_FORGE_IDS } from "../../domain/project.ts";
import { PROFILES, usualAddress } from "../../lib/forge/profiles.ts";
import type { Imported, LeftOver, WrittenRule } from "../../lib/import/imported.ts";
import type { Origin } from "../../lib/trees/origin.ts";

/** What is known of a checkout and of the environment that a configuration is proposed for. */
export type Surroundings = {
  /** As it will be written: relative to where Headgate is started. */
  readonly path: string;
  readonly origin: Origin | undefined;
  /** Forges that there is a credential for, and what else is set. */
  readonly environment: Readonly<Record<ForgeId | "mail" | "database" | "redis" | "proxy", boolean>>;
  readonly timeZone: string;
  /** What was carried over of other tools' configurations, by their files. */
  readonly imported: readonly { readonly file: string; readonly read: Imported }[];
};

/** One section of the file: what is written, and why, a sentence each. Without a value: what it means that there is none. */
type ProposedSection = { readonly name: string; readonly value?: unknown; readonly why: readonly string[] };

/** A configuration that suits a checkout, section by section, and what it leaves out. */
export type Proposal = {
  readonly sections: readonly ProposedSection[];
  readonly left: readonly LeftOver[];
  /** What people can do next, in this order. */
  readonly next: readonly string[];
};

/** Proposes a configuration and explains each choice. Pure. */
export function proposeConfig(around: Surroundings): Proposal {
  const { imported, environment, timeZone } = around;
  const said = imported.map(({ read }) => read);
  const rules = said.flatMap((one) => one.rules);
  const zone = said.find((one) => one.timeZone !== undefined)?.timeZone ?? timeZone;
  const files = imported.map(({ file }) => file).join(" and ");
  const sections: (ProposedSection | undefined)[] = [
    watchSection(around, said),
    {
      name: "schedule",
      value: { "time-zone": zone, digest: "0 7 * * *" },
      why: [`Digests come at seven in the morning in ${zone}. When upstreams are asked is left to Headgate.`],
    },
    policySection(said, files),
    rules.length === 0
      ? undefined
      : { name: "rules", value: rules, why: [`Carried over from ${files}; later rules win.`] },
    deliverSection(around, said),
    upstreamsSection(around),
    environment.proxy
      ? {
          name: "network",
          value: { proxy: "environment" },
          why: ["A proxy is set in the environment; without this line it would not be used."],
        }
      : undefined,
  ];
  return {
    sections: sections.filter((section) => section !== undefined),
    left: said.flatMap((one) => one.left),
    next: nextSteps(around),
  };
}

function policySection(said: readonly Imported[], files: string): ProposedSection | undefined {
  const wait = said.find((one) => one.wait !== undefined)?.wait;
  if (wait === undefined) return undefined;
  const why = `${files} lets versions wait for ${wait}. Images, actions and repositories wait seven days all the same.`;
  return { name: "policy", value: { waits: { default: wait } }, why: [why] };
}

/** A repository on a forge that is known, and whether there is a credential for it. */
function placeOf({ origin, environment }: Surroundings) {
  const { forge, repository, host, url } = origin ?? {};
  return forge === undefined || repository === undefined
    ? undefined
    : { forge, repository, host, url, isOpen: environment[forge.id] };
}

/** Hosts that run something else, as their names say. */
const OTHER_FORGES = /(?:^|\.)(?:bitbucket|azure|visualstudio|sr)\./;

function watchSection(around: Surroundings, said: readonly Imported[]): ProposedSection {
  const ignore = [...new Set(said.flatMap((one) => one.ignorePaths))];
  const branches = said.flatMap((one) => one.branches ?? []);
  const place = placeOf(around);
  const isOpen = place?.isOpen === true;
  const entry = {
    ...(isOpen ? { repository: place.repository, ...forgeLine(place) } : { path: around.path }),
    ...(branches.length > 0 && isOpen && { branches }),
    ...(ignore.length > 0 && { ignore }),
  };
  return { name: "watch", value: [entry], why: whyWatched(around) };
}

type Place = NonNullable<ReturnType<typeof placeOf>>;

/** GitHub is what a repository is on where nothing else is written. */
function forgeLine({ forge }: Place): { readonly forge?: ForgeId } {
  return forge.id === "github" ? {} : { forge: forge.id };
}

function whyWatched(around: Surroundings): string[] {
  const place = placeOf(around);
  const { origin } = around;
  if (place?.isOpen === true)
    return [
      `The checkout comes from ${place.host}/${place.repository} and there is a credential: the repository itself is read, and pull requests are possible.`,
    ];
  if (place !== undefined) {
    const lines = Object.entries({ repository: place.repository, ...forgeLine(place) });
    const written = lines.map(([key, value]) => `"${key}: ${value}"`).join(" and ");
    return [
      `The folder is read as it is. With ${place.forge.variable} set, write ${written} instead, and pull requests become possible.`,
    ];
  }
  const asIs = "The folder is read as it is; changes are applied with headgate apply.";
  return origin?.repository === undefined || OTHER_FORGES.test(origin.host)
    ? [asIs]
    : [asIs, ...TOKEN_FORGE_IDS.map((id) => ifItIs(origin.host, id))];
}

function ifItIs(host: string, id: ForgeId): string {
  return `If ${host} is a ${PROFILES[id].software}, headgate init --forge ${id} proposes more.`;
}

/** Where the forge is, if that is not where it is by default. */
function upstreamsSection(around: Surroundings): ProposedSection | undefined {
  const place = placeOf(around);
  if (place === undefined || place.forge.id === "github" || place.url === usualAddress(place.forge.id))
    return undefined;
  const why = `${place.forge.title} is asked at ${place.url}.`;
  return { name: "upstreams", value: { [place.forge.id]: { url: place.url } }, why: [why] };
}

/** What goes out, and that nothing else does: people try a watcher more readily when they know what it will not do. */
function deliverSection(around: Surroundings, said: readonly Imported[]): ProposedSection {
  if (placeOf(around)?.isOpen !== true) return { name: "deliver", why: [NOTHING_SENT] };
  const one = said.find(({ openLimit }) => openLimit !== undefined);
  const of = (key: "labels" | "reviewers" | "assignees") => said.flatMap((each) => each[key] ?? []);
  const options = {
    "open-limit": one?.openLimit ?? 10,
    ...Object.fromEntries(
      (["labels", "reviewers", "assignees"] as const).flatMap((key) => (of(key).length > 0 ? [[key, of(key)]] : [])),
    ),
  };
  const limit = one === undefined ? "at most ten open at once" : "as many open at once as before";
  return {
    name: "deliver",
    value: { "pull-request": options },
    why: [
      `Headgate sends what is named here and nothing else: pull requests, ${limit}; fixes of advisories need no place. Take this section away, and nothing is sent.`,
    ],
  };
}

const NOTHING_SENT =
  "Nothing is sent: no pull request, no mail, no webhook, until a section deliver names it. Until then Headgate looks and tells.";

function nextSteps(around: Surroundings): string[] {
  const { environment } = around;
  const place = placeOf(around);
  return [
    "headgate plan: what would be done, and why; it sends nothing.",
    "headgate doctor: what is missing, and how to get it.",
    ...(place === undefined || place.isOpen || place.forge.id === "github"
      ? []
      : [
          `Set ${place.forge.variable}: the repository itself and pull requests need it (docs/guides/${place.forge.id}.md).`,
        ]),
    ...(environment.github || place === undefined ? [] : [githubStep(place)]),
    ...(environment.mail ? ["Name who gets digests under deliver.e-mail: SMTP_URL is set."] : []),
    place?.isOpen === true
      ? "headgate run: the daemon; it opens pull requests, as deliver says."
      : "headgate run: the daemon with its dashboard; it sends nothing as long as deliver names nothing.",
  ];
}

function githubStep({ forge }: Place): string {
  return forge.id === "github"
    ? "Set GITHUB_TOKEN: release notes, trust facts and pull requests need it."
    : "Set GITHUB_TOKEN, without any permission: release notes and trust facts of upstreams on GitHub need it.";
}

const WIDTH = 80; // of a terminal: init shows the file

/** The proposal as the text of a file: each section with its reasons above it, and at the end what was not carried over. */
export function configText({ sections, left }: Proposal, day: string): string {
  const head = comment(
    `Proposed by headgate init on ${day}. Every option, with what it does: config/headgate.example.yaml.`,
  );
  const parts = sections.map(({ name, value, why }) => {
    const reasons = why.map((sentence) => comment(sentence)).join("\n");
    return value === undefined ? reasons : `${reasons}\n${stringify({ [name]: value }, { lineWidth: 0 }).trimEnd()}`;
  });
  const notes =
    left.length === 0
      ? []
      : [[comment("Not carried over:"), ...left.map(({ what, why }) => comment(`- ${what}: ${why}.`))].join("\n")];
  return `${[head, ...parts, ...notes].join("\n\n")}\n`;
}

function comment(text: string): string {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.replace(/\s+/g, " ").split(" ")) {
    if (line.length + word.length + 1 > WIDTH && line !== "#") {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** How many rules of each kind were carried over, for people: `3 that skip, 2 that group`. */
export function countRules(rules: readonly WrittenRule[]): string {
  const kinds = {
    "that skip": rules.filter((rule) => rule.skip === true),
    "with a range": rules.filter((rule) => rule.range !== undefined),
    "with a wait": rules.filter((rule) => rule.wait !== undefined),
    "that group": rules.filter((rule) => rule.group !== undefined),
    "with hours": rules.filter((rule) => rule.window !== undefined),
  };
  const counted = Object.entries(kinds).flatMap(([words, some]) =>
    some.length === 0 ? [] : [`${some.length} ${words}`],
  );
  return counted.length === 0 ? "none" : counted.join(", ");
}
