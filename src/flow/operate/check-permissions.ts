import type { HealthLine } from "../../domain/health-line.ts";
import type { ForgeId } from "../../domain/project.ts";
import { isFailure } from "../../lib/failure.ts";
import type { RepositoryName } from "../../lib/forge/branch.ts";
import type { Forge, WatchedForge } from "../../lib/forge/forge.ts";
import type { Grants, PermissionUse } from "../../lib/forge/grants.ts";
import type { FlowContext } from "../context.ts";

/** Repositories that are asked about; a fine-grained token of GitHub takes up to six requests for each. */
const MOST = 50;
/** Repositories that a line names. */
const NAMED = 5;

type Told = Grants & { readonly name: string };

/**
 * One line for each permission that this configuration makes use of, in the words of docs/threat-model.md: whether the
 * credential has it is known, inferred, or cannot be known. What the configuration does not use is named in one line.
 */
export async function checkPermissions(flow: FlowContext): Promise<HealthLine[]> {
  const lines: HealthLine[] = [];
  for (const [kind, watched] of repositoriesOf(flow)) {
    const { forge, ...profile } = flow.forges[kind];
    if (forge !== undefined) lines.push(...(await checkForge(flow, { ...profile, forge }, watched)));
  }
  return lines;
}

async function checkForge(
  flow: FlowContext,
  { forge, title, web, permissions }: WatchedForge & { readonly forge: Forge },
  watched: readonly RepositoryName[],
): Promise<HealthLine[]> {
  const told: Told[] = [];
  const lines: HealthLine[] = [];
  for (const repository of watched.slice(0, MOST)) {
    const name = `${repository.owner}/${repository.name}`;
    const read = await forge.readGrants(repository);
    if (isFailure(read))
      lines.push({ subject: `${title} permissions in ${name}`, state: "broken", message: read.message });
    else told.push({ name, ...read });
  }
  if (watched.length > MOST) {
    const message = `only the first ${MOST} of ${watched.length} repositories were asked about`;
    lines.push({ subject: `${title} permissions`, state: "lacking", message });
  }
  const used = permissions.filter((use) => isUsed(use, flow));
  if (told.length > 0)
    lines.push(
      ...used.map((use) => ({ subject: `${title} permission ${nameOf(use)}`, ...permissionState(use, told, web) })),
    );
  const unused = permissions.filter((use) => !used.includes(use)).map(nameOf);
  if (unused.length === 0) return lines;
  return [
    ...lines,
    { subject: `${title} permissions not used by this configuration`, state: "ok", message: unused.join(", ") },
  ];
}

function permissionState(use: PermissionUse, told: readonly Told[], web: string): Omit<HealthLine, "subject"> {
  const answers = told.flatMap(({ name, settings, grants }) =>
    grants.filter((grant) => grant.use === use).map((grant) => ({ name, settings, grant })),
  );
  const missing = answers.filter(({ grant }) => grant.given === false);
  const unknown = answers.filter(({ grant }) => grant.given === undefined);
  const shown = missing.length > 0 ? missing : unknown.length > 0 ? unknown : answers;
  const [first] = shown;
  const where = list(shown.map(({ name }) => name));
  const because = first?.grant.because ?? "";
  const mend = `Without it: ${use.without}. Mend it at ${web}${first?.settings}`;
  if (missing.length > 0) {
    const state = use.essential ? "broken" : "lacking";
    const message = `${first?.grant.certainty}: not given in ${where} (${because}); needed for ${use.for}. ${mend}`;
    return { state, message };
  }
  if (unknown.length > 0)
    return { state: "unknown", message: `cannot know in ${where} (${because}); needed for ${use.for}. ${mend}` };
  return { state: "ok", message: `${first?.grant.certainty}: given in ${where} (${because}), for ${use.for}` };
}

function nameOf({ title, level }: PermissionUse): string {
  return `${title}: ${level}`;
}

function list(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}

/** The watched repositories of each forge, each of them once. */
function repositoriesOf({ projects }: FlowContext): Map<ForgeId, RepositoryName[]> {
  const found = new Map<ForgeId, Map<string, RepositoryName>>();
  for (const { source } of projects) {
    if (source.kind === "path") continue;
    const names = found.get(source.kind) ?? new Map<string, RepositoryName>();
    found.set(source.kind, names.set(`${source.owner}/${source.name}`.toLowerCase(), source));
  }
  return new Map([...found].map(([kind, names]) => [kind, [...names.values()]]));
}

/** Whether the configuration has anything done that takes the permission. */
function isUsed({ part }: PermissionUse, { deliver, policy }: FlowContext): boolean {
  if (part === "reading") return true;
  const options = deliver["pull-request"] as PullRequestOptions | undefined;
  if (options === undefined) return false;
  const wishes = policy.rules.flatMap(({ deliver: wish }) => wish ?? []);
  const some = (lists: readonly (readonly string[] | undefined)[]) => lists.some((names = []) => names.length > 0);
  if (part === "status") return options.status !== false;
  if (part === "teams") return some([options["team-reviewers"], ...wishes.map(({ teamReviewers }) => teamReviewers)]);
  if (part === "labels")
    return (
      options.milestone !== undefined ||
      some([options.labels, options.assignees, ...wishes.flatMap(({ labels, assignees }) => [labels, assignees])])
    );
  return true;
}

/** The part of the channel's options that takes permissions; the channel validated them. */
type PullRequestOptions = {
  readonly status?: boolean;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly milestone?: number;
  readonly "team-reviewers"?: readonly string[];
};
