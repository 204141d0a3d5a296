import { basename, resolve } from "node:path";
import { DAY, type Instant, plus, toInstant } from "../../domain/instant.ts";
import { type Component, type Problem, toComponents } from "../../domain/pin.ts";
import { VERSION } from "../../domain/product.ts";
import { type ReportedProject, type ReportMaterial, toReportedComponent } from "../../domain/report.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { commitAt, readCommitTree } from "../../lib/trees/commit.ts";
import { readLocalTree } from "../../lib/trees/local.ts";
import { type AskAdvisories, checkoutAdvisories } from "../advisories/checkout-advisories.ts";
import { readPins } from "./read-pins.ts";
import { updatesBetween } from "./updates-between.ts";

/** How far back updates go when nobody says: a month. */
export const PERIOD = 30 * DAY;

/**
 * What reports say of a checkout without a store: its pins, offline. With `advisories`, also what OSV says of them; with
 * `since`, what moved between two of its commits; each is a date, a tag or a commit.
 */
export async function checkoutMaterial(
  path: string,
  asked: {
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    /** Absent: the report is not about advisories. */
    readonly advisories?: AskAdvisories;
  },
  now: Instant,
): Promise<ReportMaterial | Failure> {
  const tree = await readLocalTree(path);
  if (isFailure(tree)) return tree;
  const { pins, problems } = await readPins(tree, []);
  const id = basename(resolve(path)) || "project";
  const components = toComponents(id, pins);
  const updates =
    asked.since === undefined ? [] : await updatesOf({ path, id, present: components }, asked.since, asked.until);
  if (isFailure(updates)) return updates;
  const { advisories, unlisted, notChecked } =
    asked.advisories === undefined ? NOTHING : await checkoutAdvisories(components, asked.advisories, now);
  const project: ReportedProject = {
    id,
    ...(tree.commit !== undefined && { commit: tree.commit }),
    ...(tree.branch !== undefined && { branch: tree.branch }),
    components: components.map(toReportedComponent),
    ...{ alerts: [], ending: [], updates, standings: [], advisories, unlisted },
    notChecked: [...problems.map(toUnchecked), ...notChecked],
  };
  const until = toInstant(asked.until) ?? now;
  const period = { from: toInstant(asked.since) ?? plus(until, -PERIOD), until };
  return { at: now, version: VERSION, origin: "checkout", period, projects: [project] };
}

const NOTHING = { advisories: [], unlisted: [], notChecked: [] };

function toUnchecked({ path, line, message }: Problem) {
  return { subject: line === undefined ? path : `${path}:${line}`, reason: message };
}

async function updatesOf(
  { path, id, present }: { readonly path: string; readonly id: string; readonly present: readonly Component[] },
  since: string,
  until: string | undefined,
) {
  const before = await componentsAt(path, id, since);
  if (isFailure(before)) return before;
  const after = until === undefined ? present : await componentsAt(path, id, until);
  return isFailure(after) ? after : updatesBetween(before, after);
}

async function componentsAt(path: string, id: string, when: string): Promise<readonly Component[] | Failure> {
  const commit = await commitAt(path, when);
  if (isFailure(commit)) return commit;
  const tree = await readCommitTree(path, commit);
  return isFailure(tree) ? tree : toComponents(id, (await readPins(tree, [])).pins);
}
