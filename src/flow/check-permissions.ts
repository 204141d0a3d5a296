import type { HealthLine } from "../domain/health-line.ts";
import { isFailure } from "../lib/failure.ts";
import type { RepositoryName } from "../lib/forge.ts";
import { type CredentialKind, type Grant, readGrants } from "../lib/github/grants.ts";
import { PERMISSION_USES, type PermissionUse } from "../lib/github/permissions.ts";
import type { FlowContext } from "./context.ts";

/** Repositories that are asked about; a fine-grained token takes up to six requests for each. */
const MOST = 50;
/** Repositories that a line names. */
const NAMED = 5;

type Told = { readonly name: string; readonly kind: CredentialKind; readonly grants: readonly Grant[] };

/**
 * One line for each permission that this configuration makes use of, in the words of docs/threat-model.md: whether the
 * credential has it is known, inferred, or cannot be known. What the configuration does not use is named in one line.
 */
export async function checkPermissions(flow: FlowContext): Promise<HealthLine[]> {
  const { github } = flow;
  const watched = repositoriesOf(flow);
  if (github === undefined || watched.length === 0) return [];
  const told: Told[] = [];
  const lines: HealthLine[] = [];
  for (const repository of watched.slice(0, MOST)) {
    const name = `${repository.owner}/${repository.name}`;
    const read = await readGrants(github, repository);
    if (isFailure(read))
      lines.push({ subject: `GitHub permissions in ${name}`, state: "broken", message: read.message });
    else told.push({ name, ...read });
  }
  if (watched.length > MOST) {
    const message = `only the first ${MOST} of ${watched.length} repositories were asked about`;
    lines.push({ subject: "GitHub permissions", state: "lacking", message });
  }
  const used = PERMISSION_USES.filter((use) => isUsed(use, flow));
  if (told.length > 0) lines.push(...used.map((use) => permissionLine(use, told, flow.urls.github.web)));
  const unused = PERMISSION_USES.filter((use) => !used.includes(use)).map(nameOf);
  if (unused.length === 0) return lines;
  return [
    ...lines,
    { subject: "GitHub permissions not used by this configuration", state: "ok", message: unused.join(", ") },
  ];
}

function permissionLine(use: PermissionUse, told: readonly Told[], web: string): HealthLine {
  const answers = told.flatMap(({ name, kind, grants }) =>
    grants.filter((grant) => grant.use === use).map((grant) => ({ name, kind, grant })),
  );
  const missing = answers.filter(({ grant }) => grant.given === false);
  const unknown = answers.filter(({ grant }) => grant.given === undefined);
  const subject = `GitHub permission ${nameOf(use)}`;
  const [first] = missing.length > 0 ? missing : unknown.length > 0 ? unknown : answers;
  const where = list((missing.length > 0 ? missing : unknown.length > 0 ? unknown : answers).map(({ name }) => name));
  const because = first?.grant.because ?? "";
  const mend = `Without it: ${use.without}. Mend it at ${settingsOf(first?.kind, web)}`;
  if (missing.length > 0) {
    const state = ESSENTIAL.includes(`${use.permission} ${use.level}`) ? "broken" : "lacking";
    return {
      subject,
      state,
      message: `${first?.grant.certainty}: not given in ${where} (${because}); needed for ${use.for}. ${mend}`,
    };
  }
  if (unknown.length > 0)
    return {
      subject,
      state: "unknown",
      message: `cannot know in ${where} (${because}); needed for ${use.for}. ${mend}`,
    };
  return { subject, state: "ok", message: `${first?.grant.certainty}: given in ${where} (${because}), for ${use.for}` };
}

/** Without these, what the configuration asks for does not work at all. */
const ESSENTIAL = ["contents read", "contents write", "pull_requests write"];

function nameOf({ title, level }: PermissionUse): string {
  return `${title}: ${level}`;
}

function list(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}

/** Where permissions of a credential are changed. */
function settingsOf(kind: CredentialKind | undefined, web: string): string {
  if (kind === "app") return `${web}/settings/apps (then accept the change where the App is installed)`;
  return kind === "classic" ? `${web}/settings/tokens` : `${web}/settings/personal-access-tokens`;
}

function repositoriesOf({ projects }: FlowContext): RepositoryName[] {
  const names = new Map<string, RepositoryName>();
  for (const { source } of projects) {
    if (source.kind === "github") names.set(`${source.owner}/${source.name}`.toLowerCase(), source);
  }
  return [...names.values()];
}

/** Whether the configuration has anything done that takes the permission. */
function isUsed({ permission, level }: PermissionUse, { deliver, policy }: FlowContext): boolean {
  if (level === "read" && permission !== "members") return true;
  const options = deliver["pull-request"] as PullRequestOptions | undefined;
  if (options === undefined) return false;
  const wishes = policy.rules.flatMap(({ deliver: wish }) => wish ?? []);
  const some = (lists: readonly (readonly string[] | undefined)[]) => lists.some((names = []) => names.length > 0);
  if (permission === "statuses") return options.status !== false;
  if (permission === "members")
    return some([options["team-reviewers"], ...wishes.map(({ teamReviewers }) => teamReviewers)]);
  if (permission === "issues")
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
