import { parse } from "yaml";
import { Failure, toFailure } from "../failure.ts";
import {
  combinations,
  durationOf,
  fields,
  groupName,
  type Imported,
  type LeftOver,
  QUIET,
  texts,
  type UpstreamsOf,
  type WrittenRule,
} from "./imported.ts";

/** Where Dependabot's configuration is. */
export const DEPENDABOT_FILES = [".github/dependabot.yml", ".github/dependabot.yaml"];

/** Kinds of upstreams by Dependabot's ecosystems. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ docker: "docker", "docker-compose": "docker", devcontainers: "docker", "github-actions": "githubactions" },
  ...{ pip: "pypi", uv: "pypi", npm: "npm", bun: "npm", gomod: "golang", cargo: "cargo", bundler: "gem" },
  ...{ maven: "maven", gradle: "maven", composer: "composer", gitsubmodule: "github", "pre-commit": "github" },
};

type Update = Readonly<Record<string, unknown>>;
type Leave = (what: string, why: string) => void;

/**
 * Reads ignore rules, groups, cooldowns and limits of a dependabot.yml
 * (https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference).
 */
export function importDependabot(text: string, file: string, upstreamsOf: UpstreamsOf): Imported | Failure {
  const config = readYaml(text, file);
  if (config instanceof Failure) return config;
  const left: LeftOver[] = [];
  const updates = (Array.isArray(config.updates) ? config.updates : []).map(fields);
  const rules = updates.flatMap((update) => {
    const name = `updates of ${update["package-ecosystem"]}`;
    const leave: Leave = (what, why) => left.push({ what: `${name}: ${what}`, why });
    const kind = KINDS[`${update["package-ecosystem"]}`];
    if (kind === undefined) {
      leave("all of it", "rules for this ecosystem have no kind here; its pins are found all the same");
      return [];
    }
    return toRules(update, kind, { file, upstreamsOf, leave });
  });
  const limits = updates.flatMap(({ "open-pull-requests-limit": limit }) => (typeof limit === "number" ? [limit] : []));
  const zones = updates.flatMap(({ schedule }) => texts(fields(schedule).timezone));
  const [timeZone] = zones;
  const limit = limits.reduce((sum, one) => sum + one, 0);
  if (updates.some(({ schedule }) => schedule !== undefined))
    left.push({
      what: "schedule.interval, day and time",
      why: "upstreams are asked all the time; a rule with a window says when pull requests may be opened",
    });
  return {
    rules,
    left,
    ignorePaths: [],
    ...(timeZone !== undefined && { timeZone }),
    ...(limit > 0 && { openLimit: limit }),
  };
}

type Context = { readonly file: string; readonly upstreamsOf: UpstreamsOf; readonly leave: Leave };

const CARRIED = [
  ...["package-ecosystem", "directory", "directories", "schedule", "ignore", "groups", "cooldown"],
  ...["open-pull-requests-limit", "labels", "reviewers", "assignees"],
];
const NOT_CARRIED: Readonly<Record<string, string>> = {
  allow: "everything that is pinned is watched; leave out the rest with rules that skip",
  registries: "logins come from NETRC, NPM_CONFIG_USERCONFIG and DOCKER_CONFIG",
  "commit-message": "titles and messages have one form here",
  "target-branch": "name the branch under watch[].branches",
  "versioning-strategy": "a range is moved as it is written",
  milestone: "write its number under deliver.pull-request.milestone",
};

function toRules(update: Update, kind: string, context: Context): WrittenRule[] {
  const { leave } = context;
  for (const key of Object.keys(update))
    if (!CARRIED.includes(key)) leave(key, NOT_CARRIED[key] ?? "has no counterpart here");
  if (update["open-pull-requests-limit"] === 0)
    leave("open-pull-requests-limit: 0", "security fixes alone cannot be asked for; a rule that holds is the nearest");
  const folders = [...texts(update.directory), ...texts(update.directories)].map((one) =>
    one.replace(/^\/+|\/+$/g, ""),
  );
  const path = folders.includes("") ? [] : folders.map((folder) => `${folder}/**`);
  const everywhere = { kind: [kind], path };
  return [
    ...ignored(update, everywhere, context),
    ...grouped(update, everywhere, context),
    ...cooled(update, everywhere, context),
    ...delivered(update, everywhere),
  ];
}

type Everywhere = { readonly kind: readonly string[]; readonly path: readonly string[] };

function ignored(update: Update, everywhere: Everywhere, { upstreamsOf, file, leave }: Context): WrittenRule[] {
  const entries = (Array.isArray(update.ignore) ? update.ignore : []).map(fields);
  return entries.flatMap((entry): WrittenRule[] => {
    const name = `${entry["dependency-name"] ?? "*"}`;
    const upstream = name === "*" ? [] : upstreamsOf(name);
    const step = texts(entry["update-types"]).map(stepOf);
    const versions = texts(entry.versions ?? entry.version);
    const reason = `ignore of ${name} in ${file}`;
    if (versions.length > 0) {
      const range = allBut(versions);
      if (range === undefined)
        leave(`ignore ${name}: ${versions.join(", ")}`, "write the versions you want as a range, such as <9");
      return range === undefined
        ? []
        : combinations({ ...everywhere, upstream, step: [] }).map((match) => ({ match, range, reason }));
    }
    if (name === "*" && step.length === 0) {
      leave("ignore *", "everything of this ecosystem is ignored: leave its files out with watch[].ignore");
      return [];
    }
    return combinations({ ...everywhere, upstream, step }).map((match) => ({ match, skip: true as const, reason }));
  });
}

function stepOf(type: string): string {
  return type.replace("version-update:semver-", "");
}

const OPPOSITES: Readonly<Record<string, string>> = { ">=": "<", ">": "<=", "<": ">=", "<=": ">", "=": "!=", "": "!=" };

/** The range that is left when these are ignored; undefined when no comparators say it. */
function allBut(versions: readonly string[]): string | undefined {
  const parts = versions.map((text) => {
    const [, operator = "", bound] = /^([<>]=?|=|)\s*(\d[\w.-]*)$/.exec(text.trim()) ?? [];
    const opposite = OPPOSITES[operator];
    return bound === undefined || opposite === undefined || /[x*]/.test(bound) ? undefined : `${opposite}${bound}`;
  });
  return parts.some((part) => part === undefined) ? undefined : parts.join(" ");
}

function grouped(update: Update, everywhere: Everywhere, { upstreamsOf, leave }: Context): WrittenRule[] {
  return Object.entries(fields(update.groups)).flatMap(([name, value]) => {
    const group = groupName(name);
    const { patterns, "update-types": types, ...rest } = fields(value);
    const narrower = Object.keys(rest).filter((key) => key !== "applies-to");
    if (group === undefined || narrower.length > 0) {
      leave(
        `group ${name}`,
        `${narrower.join(", ") || "its name"} cannot be said here, and without it it would hold too much`,
      );
      return [];
    }
    const upstream = texts(patterns)
      .filter((one) => one !== "*")
      .flatMap(upstreamsOf);
    const step = texts(types);
    return combinations({ ...everywhere, upstream, step }).map((match) => ({ match, group }));
  });
}

function cooled(update: Update, everywhere: Everywhere, { upstreamsOf, leave }: Context): WrittenRule[] {
  const { include, exclude, ...days } = fields(update.cooldown);
  if (exclude !== undefined) leave("cooldown.exclude", "write a later rule with wait: 0 for these: later rules win");
  const upstream = texts(include)
    .filter((one) => one !== "*")
    .flatMap(upstreamsOf);
  return Object.entries(days).flatMap(([key, value]) => {
    const wait = durationOf(`${value} days`);
    const step = key === "default-days" ? [] : [/^semver-(major|minor|patch)-days$/.exec(key)?.[1] ?? ""];
    if (wait === undefined || step.includes("")) return [];
    return combinations({ ...everywhere, upstream, step }).map((match) => ({ match, wait }));
  });
}

function delivered(update: Update, everywhere: Everywhere): WrittenRule[] {
  const { labels, reviewers, assignees } = update;
  const people = texts(reviewers);
  const teams = people.flatMap((one) => (one.includes("/") ? [one.slice(one.indexOf("/") + 1)] : []));
  const does = {
    ...(texts(labels).length > 0 && { labels: texts(labels) }),
    ...(people.length > teams.length && { reviewers: people.filter((one) => !one.includes("/")) }),
    ...(teams.length > 0 && { "team-reviewers": teams }),
    ...(texts(assignees).length > 0 && { assignees: texts(assignees) }),
  };
  if (Object.keys(does).length === 0) return [];
  return combinations({ ...everywhere, upstream: [], step: [] }).map((match) => ({ match, ...does }));
}

function readYaml(text: string, file: string): Readonly<Record<string, unknown>> | Failure {
  try {
    return fields(parse(text, QUIET));
  } catch (error) {
    return toFailure(error, "unreadable", `${file} is not YAML`);
  }
}
