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
  windowOf,
} from "./imported.ts";

/** Where Renovate looks for its configuration (https://docs.renovatebot.com/configuration-options/), in its order. */
export const RENOVATE_FILES = [
  ...["renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5"],
  ...[".gitlab/renovate.json", ".gitlab/renovate.json5", ".renovaterc", ".renovaterc.json", ".renovaterc.json5"],
];

/** Reads the rules of a Renovate configuration (JSON or JSON5). `unreadable` when it is neither. */
export function importRenovate(text: string, file: string, upstreamsOf: UpstreamsOf): Imported | Failure {
  const config = readJson5(text, file);
  if (config instanceof Failure) return config;
  const left: LeftOver[] = [];
  const leave = (what: string, why: string) => left.push({ what, why });
  const ignored = texts(config.ignoreDeps).flatMap(upstreamsOf);
  const rules = [
    ...scheduled(config.schedule, leave), // first: later rules win
    ...ignored.map((upstream): WrittenRule => ({ match: { upstream }, skip: true, reason: `ignoreDeps of ${file}` })),
    ...(Array.isArray(config.packageRules) ? config.packageRules : []).flatMap((rule: unknown, index) =>
      toRules(fields(rule), `packageRules[${index}]`, { file, upstreamsOf, leave }),
    ),
  ];
  const presets = texts(config.extends);
  if (presets.length > 0)
    leave(`extends ${presets.join(", ")}`, "presets are not read: write what of them you rely on as rules");
  for (const [option, why] of Object.entries(NOT_CARRIED)) if (config[option] !== undefined) leave(option, why);
  const wait = durationOf(`${config.minimumReleaseAge ?? config.stabilityDays ?? ""}`);
  const branches = texts(config.baseBranchPatterns ?? config.baseBranches);
  return {
    rules,
    left,
    ignorePaths: texts(config.ignorePaths),
    ...(typeof config.timezone === "string" && { timeZone: config.timezone }),
    ...(typeof config.prConcurrentLimit === "number" &&
      config.prConcurrentLimit > 0 && { openLimit: config.prConcurrentLimit }),
    ...(texts(config.labels).length > 0 && { labels: texts(config.labels) }),
    ...(texts(config.reviewers).length > 0 && { reviewers: texts(config.reviewers) }),
    ...(texts(config.assignees).length > 0 && { assignees: texts(config.assignees) }),
    ...(branches.length > 0 && branches.every((one) => /^[\w./-]+$/.test(one)) && { branches }),
    ...(wait !== undefined && { wait }),
  };
}

/** What has no counterpart here, and why not. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  enabledManagers: "every kind of file that is found is read; leave paths out with watch[].ignore",
  customManagers: "pins are found without annotations; check with `headgate pins` that these places are among them",
  regexManagers: "pins are found without annotations; check with `headgate pins` that these places are among them",
  lockFileMaintenance: "lock files are not made anew: no package manager is run here",
  vulnerabilityAlerts: "fixes of advisories skip the wait by themselves; response-times says by when they are due",
  automerge: "only rules merge by themselves: add auto-merge to those that may",
  hostRules: "logins come from NETRC, NPM_CONFIG_USERCONFIG and DOCKER_CONFIG",
  prHourlyLimit: "deliver.pull-request.open-limit bounds how many are open at once",
  dependencyDashboard: "the dashboard and the digest show what it shows",
  postUpgradeTasks: "nothing of a repository is executed here",
  rangeStrategy: "a range is moved as it is written",
};

type Context = {
  readonly file: string;
  readonly upstreamsOf: UpstreamsOf;
  readonly leave: (what: string, why: string) => void;
};

/** Kinds of upstreams by Renovate's datasources and managers. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ docker: "docker", dockerfile: "docker", "docker-compose": "docker", kubernetes: "docker", helmv3: "helm" },
  ...{ pypi: "pypi", pip_requirements: "pypi", poetry: "pypi", pep621: "pypi", "pip-compile": "pypi", pipenv: "pypi" },
  ...{ npm: "npm", go: "golang", gomod: "golang", crate: "cargo", cargo: "cargo", rubygems: "gem", bundler: "gem" },
  ...{ maven: "maven", gradle: "maven", packagist: "composer", composer: "composer" },
  ...{ "github-tags": "github", "github-releases": "github", "git-submodules": "github", "pre-commit": "github" },
  ...{ "github-actions": "githubactions", "github-runners": "githubactions" },
};
const STEPS: Readonly<Record<string, string>> = {
  ...{ major: "major", minor: "minor", patch: "patch", digest: "digest", pin: "pin", pinDigest: "pin" },
};
const UNDERSTOOD = [
  ...["matchPackageNames", "matchDepNames", "matchPackagePrefixes", "matchDatasources", "matchManagers"],
  ...["matchUpdateTypes", "matchFileNames", "matchPaths"],
];

/** One of packageRules as rules of ours; none when it is narrower than we could say, because then it would match too much. */
function toRules(rule: Readonly<Record<string, unknown>>, where: string, context: Context): WrittenRule[] {
  const { leave, upstreamsOf, file } = context;
  const narrower = Object.keys(rule).filter((key) => /^(?:match|exclude)/.test(key) && !UNDERSTOOD.includes(key));
  if (narrower.length > 0) {
    leave(where, `${narrower.join(", ")} cannot be said here, and without it the rule would match too much`);
    return [];
  }
  const names = [...texts(rule.matchPackageNames), ...texts(rule.matchDepNames)];
  const written = [...texts(rule.matchDatasources), ...texts(rule.matchManagers)];
  const types = texts(rule.matchUpdateTypes);
  const odd = [
    ...names.filter((name) => name.startsWith("!") || name.startsWith("/")),
    ...written.filter((one) => KINDS[one] === undefined),
    ...types.filter((one) => STEPS[one] === undefined),
  ];
  if (odd.length > 0) {
    leave(where, `${odd.join(", ")} has no counterpart here`);
    return [];
  }
  const does = actionsOf(rule, where, context);
  if (Object.keys(does).length === 0) return [];
  const prefixes = texts(rule.matchPackagePrefixes).map((prefix) => `${prefix}*`);
  const matches = combinations({
    upstream: [...new Set([...names, ...prefixes].flatMap(upstreamsOf))],
    kind: [...new Set(written.map((one) => KINDS[one] ?? ""))],
    path: [...texts(rule.matchFileNames), ...texts(rule.matchPaths)],
    step: [...new Set(types.map((one) => STEPS[one] ?? ""))],
  });
  const reason = typeof rule.description === "string" ? rule.description : `${where} of ${file}`;
  const needsReason = does.skip === true || does.range !== undefined;
  return matches.map((match) => ({ match, ...does, ...(needsReason && { reason }) }));
}

const SETTLED = [...UNDERSTOOD, "description", "enabled", "allowedVersions", "minimumReleaseAge", "stabilityDays"];
const ALSO = [
  "groupName",
  "groupSlug",
  "schedule",
  "labels",
  "addLabels",
  "reviewers",
  "assignees",
  "automerge",
  "draftPR",
];

function actionsOf(
  rule: Readonly<Record<string, unknown>>,
  where: string,
  { leave }: Context,
): Omit<WrittenRule, "match" | "reason"> {
  for (const key of Object.keys(rule))
    if (![...SETTLED, ...ALSO].includes(key)) leave(`${where}.${key}`, NOT_CARRIED[key] ?? "has no counterpart here");
  const range = rangeOf(rule.allowedVersions, where, leave);
  const wait = durationOf(
    `${rule.minimumReleaseAge ?? (rule.stabilityDays === undefined ? "" : `${rule.stabilityDays} days`)}`,
  );
  const group = groupName(`${rule.groupSlug ?? rule.groupName ?? ""}`);
  const [window] = scheduled(rule.schedule, (what, why) => leave(`${where}.${what}`, why));
  const people = texts(rule.reviewers);
  const teams = people.flatMap((one) => (one.startsWith("team:") ? [one.slice("team:".length)] : []));
  const labels = [...texts(rule.labels), ...texts(rule.addLabels)];
  return {
    ...(rule.enabled === false && { skip: true as const }),
    ...(range !== undefined && { range }),
    ...(wait !== undefined && { wait }),
    ...(group !== undefined && { group }),
    ...(window?.window !== undefined && { window: window.window }),
    ...(labels.length > 0 && { labels }),
    ...(people.length > teams.length && { reviewers: people.filter((one) => !one.startsWith("team:")) }),
    ...(teams.length > 0 && { "team-reviewers": teams }),
    ...(texts(rule.assignees).length > 0 && { assignees: texts(rule.assignees) }),
    ...(rule.automerge === true && { "auto-merge": "squash" as const }),
    ...(rule.draftPR === true && { draft: true }),
  };
}

function rangeOf(value: unknown, where: string, leave: Context["leave"]): string | undefined {
  if (typeof value !== "string") return undefined;
  if (/^[<>=~^!\s\d.,|x*a-z-]+$/i.test(value) && /\d/.test(value)) return value;
  leave(`${where}.allowedVersions`, `"${value}" is a pattern; write a range such as <9`);
  return undefined;
}

/** Hours at which pull requests may be opened, as one rule for all that it is written beside. */
function scheduled(value: unknown, leave: Context["leave"]): WrittenRule[] {
  const said = texts(value).filter((text) => text !== "at any time");
  if (said.length === 0) return [];
  const windows = said.map(windowOf);
  const [only] = windows;
  if (said.length === 1 && only !== undefined) return [{ match: {}, window: only }];
  leave(`schedule ${said.join("; ")}`, "write it as a window of days and hours, such as Mon-Fri 08:00-17:00");
  return [];
}

/** JSON5 without its comments is YAML's flow style, which a maintained parser reads. */
function readJson5(text: string, file: string): Readonly<Record<string, unknown>> | Failure {
  const bare = text.replace(
    /("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g,
    (_, quoted: string) => quoted ?? "",
  );
  try {
    return fields(parse(bare, QUIET));
  } catch (error) {
    return toFailure(error, "unreadable", `${file} is not JSON`);
  }
}
