import { z } from "zod";
import { projectState, projectStates } from "../../../db/projects/projects.ts";
import { FORGE_IDS } from "../../../domain/project.ts";
import { Failure } from "../../../lib/failure.ts";
import { defineRoute } from "./route.ts";
import { instant, nothing, storedFailure } from "./schemas.ts";

const watched = z
  .object({
    id: z.string(),
    name: z.string(),
    source: z.union([
      z.object({ kind: z.literal("path"), path: z.string() }).readonly(),
      z.object({ kind: z.enum(FORGE_IDS), owner: z.string(), name: z.string() }).readonly(),
    ]),
    branch: z.string().optional(),
    commit: z.string().optional(),
    discoveredAt: instant.optional().describe("When its files were read last."),
    problems: z
      .array(z.object({ path: z.string(), line: z.int().optional(), message: z.string() }).readonly())
      .readonly()
      .describe("What of its files was not understood."),
    failure: storedFailure.optional(),
  })
  .meta({ id: "Project" });

/** The watched projects. There are few of them, so they have no pages. */
export const listProjects = defineRoute({
  ...{ id: "listProjects", method: "get", path: "/projects", tag: "projects" },
  summary: "The watched projects",
  parameters: nothing,
  query: nothing,
  answer: z.object({ items: z.array(watched) }),
  handle: async ({ db }) => ({ items: (await projectStates(db)).map(toWatched) }),
});

/** One of them. */
export const getProject = defineRoute({
  ...{ id: "getProject", method: "get", path: "/projects/{id}", tag: "projects" },
  summary: "One watched project",
  parameters: z.strictObject({ id: z.string() }),
  query: nothing,
  answer: watched,
  handle: async ({ db }, { path: { id } }) => {
    const found = await projectState(db, id);
    return found?.dueAt === undefined ? new Failure("not-found", `No project ${id} is watched.`) : toWatched(found);
  },
});

type State = Awaited<ReturnType<typeof projectStates>>[number];

function toWatched({ id, name, source, branch, commit, discoveredAt, problems, failure }: State) {
  return {
    ...{ id, name, source, problems },
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { commit }),
    ...(discoveredAt !== undefined && { discoveredAt }),
    ...(failure !== undefined && { failure }),
  };
}
