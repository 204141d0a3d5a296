import { basename, resolve } from "node:path";
import type { Project, ProjectSource } from "../domain/project.ts";
import type { Written } from "./shape.ts";

/** The projects of one entry under `watch`: one for each branch. */
export function toProjects(entry: Written["watch"][number]): Project[] {
  const name = nameOf(entry);
  const [, owner = "", repository = ""] = /^(.*)\/(.*)$/.exec(entry.repository ?? "") ?? [];
  const source: ProjectSource =
    entry.path === undefined
      ? { kind: entry.forge, owner, name: repository }
      : { kind: "path", path: resolve(entry.path) };
  const branches = entry.branches ?? [undefined];
  return branches.map((branch, index) => ({
    id: index === 0 || branch === undefined ? name : `${name}@${branch}`,
    name,
    source,
    ...(branch !== undefined && { branch }),
    ignorePaths: entry.ignore,
  }));
}

/** What an entry under `watch` is called: as it is written there, or as its folder or repository is. */
export function nameOf(entry: Written["watch"][number]): string {
  const path = entry.repository ?? resolve(entry.path ?? ".");
  return entry.name ?? (basename(path).replace(/[^A-Za-z0-9._-]+/g, "-") || "project");
}
