import { candidate, candidatesStarting } from "../../db/decisions/candidates.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { projectState } from "../../db/projects/projects.ts";
import type { Project } from "../../domain/project.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** A candidate that a person named, and the project it is for. */
export type NamedCandidate = { readonly stored: StoredCandidate; readonly project: Project };

/** Characters of an id that are enough, where only one begins so. */
const SHORTEST = 6;

const HOW =
  "`headgate plan` lists candidates with their ids, `headgate explain UPSTREAM` also those that were skipped.";

/** Finds the candidate whose id is given, or begins so. A `misconfigured` failure says why there is none, and how to list them. */
export async function findCandidate(flow: FlowContext, given: string): Promise<NamedCandidate | Failure> {
  const stored = await storedCandidate(flow, given);
  if (isFailure(stored)) return stored;
  const project = await projectCalled(flow, stored.project);
  return project === undefined
    ? new Failure("misconfigured", `${stored.id} is of ${stored.project}, which is not watched any more.`)
    : { stored, project };
}

/** The same, also of a project that nobody watches any more. */
export async function storedCandidate(flow: FlowContext, given: string): Promise<StoredCandidate | Failure> {
  const id = given.trim().toLowerCase();
  const exact = await candidate(flow.db, id);
  if (exact !== undefined) return exact;
  if (!/^[0-9a-z-]+$/.test(id)) return new Failure("misconfigured", `"${id}" is not the id of a candidate. ${HOW}`);
  if (id.length < SHORTEST)
    return new Failure("misconfigured", `${id} is too short: give at least ${SHORTEST} characters of the id. ${HOW}`);
  const [only, ...others] = await candidatesStarting(flow.db, id);
  if (only === undefined) return new Failure("misconfigured", `There is no candidate ${id}. ${HOW}`);
  if (others.length === 0) return only;
  const several = [only, ...others].map((one) => `${one.id} (${upstreamLabel(one.upstream)} ${one.to})`).join(", ");
  return new Failure("misconfigured", `${id} could be ${several}. Give more characters of the id.`);
}

/** The configured project; else one that `headgate plan PATH` made known. */
async function projectCalled(flow: FlowContext, id: string): Promise<Project | undefined> {
  const configured = flow.projects.find((project) => project.id === id);
  if (configured !== undefined) return configured;
  const known = await projectState(flow.db, id);
  if (known === undefined) return undefined;
  const { name, source, branch } = known;
  return { id, name, source, ignorePaths: [], ...(branch !== undefined && { branch }) };
}
